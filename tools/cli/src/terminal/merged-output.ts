/** The output of several programs on one terminal, told apart by a name in front of each line. */
import { spawn, type ChildProcess } from 'node:child_process';

export interface OutputSource {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** Resolves with the worst exit code when all have ended. A single source has no name in front. */
export async function printMerged(sources: readonly OutputSource[]): Promise<number> {
  const width = Math.max(...sources.map((source) => source.name.length));
  const children = new Set<ChildProcess>();
  // One that follows a silent log would not notice by itself that nobody reads any more.
  process.once('exit', () => children.forEach((child) => child.kill()));
  const ends = sources.map(
    async (source) =>
      new Promise<number>((resolve) => {
        const child = spawn(source.command, source.args, { stdio: ['ignore', 'pipe', 'pipe'] });
        children.add(child);
        const prefix = sources.length === 1 ? '' : `${source.name.padEnd(width)} | `;
        for (const stream of [child.stdout, child.stderr]) printLines(stream, prefix);
        child.on('error', () => resolve(127));
        child.on('close', (code) => resolve(code ?? 0));
      }),
  );
  return Math.max(0, ...(await Promise.all(ends)));
}

function printLines(stream: NodeJS.ReadableStream, prefix: string): void {
  let partial = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const parts = (partial + chunk).split('\n');
    partial = parts.pop()!;
    if (parts.length === 0) return;
    process.stdout.write(`${parts.map((line) => prefix + line).join('\n')}\n`);
  });
  stream.on('end', () => {
    if (partial !== '') process.stdout.write(`${prefix}${partial}\n`);
  });
}
