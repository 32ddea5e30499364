/** Figures as a Markdown table, and their place in a document. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { EtcdBenchmark } from './etcd.ts';

const grouped = (number: number) => Math.round(number).toLocaleString('en-US');
const millis = (number: number) => `${number < 10 ? number.toFixed(2) : number.toFixed(1)} ms`;

export function etcdTable({ rows, memoryBytes }: EtcdBenchmark): string {
  const lines = [
    '| | Drydock, a second | etcd, a second | ratio | mean: Drydock | mean: etcd |',
    '|---|---:|---:|---:|---:|---:|',
    ...rows.map(({ title, ours, theirs }) => {
      const ratio = (ours.requestsPerSecond / theirs.requestsPerSecond).toFixed(2);
      const rates = `${grouped(ours.requestsPerSecond)} | ${grouped(theirs.requestsPerSecond)}`;
      return `| ${title} | ${rates} | ${ratio} | ${millis(ours.meanMillis)} | ${millis(theirs.meanMillis)} |`;
    }),
  ];
  const megabytes = (bytes: number) => `${grouped(bytes / 1024 ** 2)} MiB`;
  return `${lines.join('\n')}\n\nResident memory of the largest member afterwards: ${megabytes(memoryBytes.ours)} (Drydock), ${megabytes(memoryBytes.theirs)} (etcd).`;
}

/** Replaces what stands between the two marks of a name. @throws when they are not there. */
export function replaceSection(file: string, name: string, text: string): void {
  const begin = `<!-- ${name}: written by the benchmark -->`;
  const end = `<!-- end of ${name} -->`;
  const document = readFileSync(file, 'utf8');
  const from = document.indexOf(begin);
  const to = document.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has no section ${name}`);
  const body = `${begin}\n\n${text}\n\n`;
  writeFileSync(file, document.slice(0, from) + body + document.slice(to));
}
