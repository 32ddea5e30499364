/**
 * Makes the TypeScript of the wire contracts: types for the component API and the CRI (by proto-loader's own
 * generator), the tables of the component API's codecs, and etcd's codecs (by proto/etcd/generate.ts).
 */
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { contractTable } from '../proto/drydock/contract-table.ts';
import { generatedFile, readSource } from './generated-file.ts';

const root = resolve(import.meta.dirname, '..');

/** What proto/contract.ts makes of messages is what these options say. */
const loaderOptions = [
  '--longs=Number',
  '--enums=String',
  '--defaults',
  '--oneofs',
  '--keepCase=false',
  '--grpcLib=@grpc/grpc-js',
  '--importFileExtension=.ts',
  '--includeDirs=.',
];

function componentTypes(): void {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-gen-'));
  try {
    const contracts = globSync(['cri/*.proto', 'drydock/*.proto'], {
      cwd: join(root, 'proto'),
    }).sort();
    const program = join(root, 'node_modules/.bin/proto-loader-gen-types');
    execFileSync(program, [...loaderOptions, `--outDir=${folder}`, ...contracts], {
      cwd: join(root, 'proto'),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    for (const path of globSync('**/*.ts', { cwd: folder })) {
      generatedFile(`proto/generated/${path}`, readFileSync(join(folder, path), 'utf8'));
    }
    for (const path of contracts.filter((one) => one.startsWith('drydock/'))) {
      const table = contractTable(join(root, 'proto', path), path);
      const name = basename(path, '.proto');
      generatedFile(`proto/generated/${name}-contract.ts`, table);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Their generator writes in place, so the old texts are put back before the two are compared. */
function etcdCodecs(): void {
  const paths = ['etcd', 'descriptors', 'schemas'].map((one) => `proto/etcd/generated/${one}.ts`);
  const before = paths.map(readSource);
  execFileSync(process.execPath, [join(root, 'proto/etcd/generate.ts')], { stdio: 'inherit' });
  for (const [index, path] of paths.entries()) {
    const after = readSource(path);
    if (after === before[index]) continue;
    writeFileSync(join(root, path), before[index]);
    generatedFile(path, after);
  }
}

componentTypes();
etcdCodecs();
