import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createImageLedger } from './image-ledger.ts';

it('a ledger knows after a restart what was pulled, and not what was there before', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'drydock-ledger-'));
  const path = join(folder.path, 'images.json');
  const ledger = createImageLedger(path);
  await Promise.all([
    ledger.note('web:1', 'sha256:a', false),
    ledger.note('owners:1', 'sha256:b', true),
    ledger.note('old:1', 'sha256:c', false),
  ]);
  // Pulled again, it is another image by the same name.
  await ledger.note('web:1', 'sha256:d', true);
  await ledger.forget('old:1');
  expect([...createImageLedger(path).pulled()]).toEqual([['web:1', 'sha256:d']]);
  expect(await readFile(path, 'utf8')).toContain('sha256:d');
});

it('a ledger that cannot be read claims nothing', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'drydock-ledger-'));
  const path = join(folder.path, 'images.json');
  await writeFile(path, '{"web:1": "sha');
  expect(createImageLedger(path).pulled().size).toBe(0);
});
