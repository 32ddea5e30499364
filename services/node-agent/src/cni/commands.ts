/** The system's network tools, in this process's network namespace or in that of another. */
import { runCommand } from '@drydock/process';

/** Lines for `ip -batch`; `pid` names a process in the namespace that is meant. */
export async function ipBatch(lines: readonly string[], pid?: number): Promise<void> {
  if (lines.length === 0) return;
  const input = `${lines.join('\n')}\n`;
  if (pid === undefined) await runCommand('ip', ['-batch', '-'], input);
  else await runCommand('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', '-batch', '-'], input);
}

export async function ipJson<T>(args: readonly string[]): Promise<readonly T[]> {
  const output = await runCommand('ip', ['-json', ...args]);
  return output.trim() === '' ? [] : (JSON.parse(output) as T[]);
}

export const applyRules = (rules: string) => runCommand('nft', ['-f', '-'], rules);
