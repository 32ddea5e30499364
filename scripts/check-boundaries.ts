/**
 * The package boundaries, checked on every import in the repository.
 *
 * 1. Imports go downward only: a package may import the packages of lower rank (see `rank`).
 * 2. Services and tools never import each other.
 * 3. Another package is imported by its name, and only what its `exports` names; no relative path
 *    leaves a package.
 * 4. What is imported is declared in the importing package's package.json.
 * 5. The pure tier (tsconfig.pure.json) reads no clock and no randomness but its ports.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Lower ranks know nothing of higher ones. */
const rank: Record<string, number> = {
  ports: 0,
  proto: 0,
  spdy: 0,
  api: 1,
  rpc: 1,
  process: 1,
  testing: 1,
  client: 2,
};
const serviceRank = 10;

interface Package {
  readonly name: string;
  readonly folder: string;
  readonly rank: number;
  readonly exports: ReadonlySet<string>;
  readonly dependencies: ReadonlySet<string>;
}

interface Manifest {
  name: string;
  exports?: Record<string, string>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const rootManifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const shared = Object.keys(rootManifest.devDependencies ?? {});

const packages: Package[] = globSync(
  ['proto', 'packages/*', 'services/*', 'tools/*', 'tests'].map((glob) => `${glob}/package.json`),
  { cwd: root },
).map((path) => {
  const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
  const short = manifest.name.replace('@drydock/', '');
  return {
    name: manifest.name,
    folder: dirname(path),
    rank: rank[short] ?? serviceRank,
    exports: new Set(Object.keys(manifest.exports ?? {})),
    dependencies: new Set([
      ...Object.keys(manifest.dependencies ?? {}),
      ...Object.keys(manifest.devDependencies ?? {}),
      ...shared,
    ]),
  };
});
const byName = new Map(packages.map((one) => [one.name, one]));

const problems: string[] = [];
const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g;

function checkImport(from: Package, file: string, specifier: string | undefined): void {
  if (specifier === undefined) return;
  const where = `${file}: import of '${specifier}'`;
  if (specifier.startsWith('node:')) return;
  if (specifier.startsWith('.')) {
    const target = relative(root, resolve(root, dirname(file), specifier));
    if (!target.startsWith(`${from.folder}/`)) {
      problems.push(`${where} leaves its package; import the other package by its name`);
    }
    return;
  }
  const parts = specifier.split('/');
  const name = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
  if (!from.dependencies.has(name)) {
    problems.push(`${where} is not declared in ${from.folder}/package.json`);
  }
  const target = byName.get(name);
  if (target === undefined) return;
  const subpath = specifier === name ? '.' : `.${specifier.slice(name.length)}`;
  if (!target.exports.has(subpath)) problems.push(`${where} is not among the exports of ${name}`);
  const isTest = file.endsWith('.test.ts') || from.folder === 'tests';
  if (!isTest && target.rank >= from.rank) {
    problems.push(`${where} goes upward or sideways: ${from.folder} may not know ${target.folder}`);
  }
}

for (const one of packages) {
  const files = globSync(`${one.folder}/**/*.ts`, { cwd: root }).filter(
    (path) => !path.includes('node_modules') && !path.includes('/generated/'),
  );
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const match of text.matchAll(importPattern)) {
      checkImport(one, file, match[1] ?? match[2] ?? match[3]);
    }
  }
}

const pure = JSON.parse(
  readFileSync(join(root, 'tsconfig.pure.json'), 'utf8').replace(/^\s*\/\/.*$/gm, ''),
) as { include: string[] };
for (const folder of pure.include) {
  if (folder.endsWith('.d.ts')) continue;
  for (const file of globSync(folder.endsWith('.ts') ? folder : `${folder}/**/*.ts`, {
    cwd: root,
  })) {
    if (file.endsWith('.test.ts') || file.includes('/generated/')) continue;
    const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*$/gm, '');
    const impure = /\bnew Date\(\)|\bDate\.now\b|\bMath\.random\b|\bperformance\.now\b/.exec(code);
    if (impure !== null) problems.push(`${file}: the pure tier may not use ${impure[0]}`);
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  console.error(`${problems.length} breaches of the package boundaries`);
  process.exit(1);
}
console.log(`boundaries: ${packages.length} packages hold`);
