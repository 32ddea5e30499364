/** What the parts of a cluster said about errors while a test ran: printed when that test fails. */
import type { Cluster } from './cluster.ts';
import { tryCommand } from './command.ts';

/** Of each part: the last lines, and so much of each. */
const linesMax = 12;
const lineLengthMax = 400;

/** `since` is a wall time, in milliseconds since the Unix epoch. */
export async function printErrors(cluster: Cluster, since: number): Promise<void> {
  const own = ['--filter', `label=drydock.part-of=${cluster.name}`];
  const output = await cluster.docker('ps', '--all', ...own, '--format', '{{.Names}}');
  for (const name of output.split('\n').filter((line) => line !== '')) {
    const { stdout, stderr } = await tryCommand('docker', [
      'logs',
      `--since=${since / 1_000}`,
      name,
    ]);
    const errors = `${stdout}${stderr}`.split('\n').filter(tellsOfAnError).slice(-linesMax);
    for (const line of errors) console.log(`${name}: ${line.slice(0, lineLengthMax)}`);
  }
}

/** Informers tell of the errors that they get over at level info. */
const tellsOfAnError = (line: string) =>
  /"level":"(warn|error|fatal)"|"err":/.test(line) || (line !== '' && !line.startsWith('{'));
