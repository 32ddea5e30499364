/**
 * Completes package-lock.json: `npm install` leaves out optional packages of other platforms when the
 * registry that it asked does not have them, and `npm ci` then refuses the lock everywhere. What is
 * added is what the depending package asks for; it is never fetched on a platform that it is not for.
 *
 *   node scripts/complete-lock.ts           after every `npm install` that changed the lock
 *   node scripts/complete-lock.ts --check   exit code 1 when something is missing
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Entry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
  libc?: string[];
}

const file = join(import.meta.dirname, '../package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Entry> };
const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];

const added: string[] = [];
for (const [path, { optionalDependencies, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies ?? {})) {
    if (lock.packages[`node_modules/${name}`] ?? lock.packages[`${path}/node_modules/${name}`])
      continue;
    const words = name.split(/[/-]/);
    const os = systems.find((one) => words.includes(one));
    const cpu = processors.find((one) => words.includes(one));
    // Only names that say their platform: anything else is missing for a reason of its own.
    if (os === undefined || cpu === undefined || !/^\d/.test(version)) continue;
    const libc = words.at(-1)!.startsWith('musl')
      ? 'musl'
      : words.at(-1)!.startsWith('gnu')
        ? 'glibc'
        : undefined;
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(dev === true ? { dev } : {}),
      ...(libc === undefined ? {} : { libc: [libc] }),
      optional: true,
      os: [os],
    };
    added.push(name);
  }
}
if (process.argv.includes('--check')) {
  if (added.length > 0) {
    console.error(
      `package-lock.json lacks ${added.length} packages of other platforms, say ${added[0]}`,
    );
    console.error('run: node scripts/complete-lock.ts');
    process.exit(1);
  }
} else if (added.length > 0) {
  const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(sorted);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`added ${added.length} packages of other platforms to package-lock.json`);
}
