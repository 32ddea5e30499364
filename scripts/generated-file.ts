/** Writes a generated file, or with `--check` compares it with what is on the disk. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const checkOnly = process.argv.includes('--check');

export function readSource(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** @param path relative to the repository's root */
export function generatedFile(path: string, text: string): void {
  const file = join(root, path);
  let current: string | undefined;
  try {
    current = readFileSync(file, 'utf8');
  } catch {
    current = undefined;
  }
  if (current === text) return;
  if (checkOnly) {
    console.error(`${path} is out of date: run \`node --run gen\` and commit the result`);
    process.exitCode = 1;
    return;
  }
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`wrote ${path}`);
}
