import { styleText } from 'node:util';
import { expect, test } from 'vitest';
import { renderTable } from './table.ts';

test('columns are aligned three spaces apart, and lines end without spaces', () => {
  expect(
    renderTable(
      ['NAME', 'STATE'],
      [
        ['etcd-1', 'running'],
        ['n', ''],
      ],
    ),
  ).toBe('NAME     STATE\netcd-1   running\nn');
});

test('colours take no room', () => {
  const options = { validateStream: false };
  const colored = styleText('green', 'ok', options);
  const [, row] = renderTable(['STATE', 'NEXT'], [[colored, 'x']]).split('\n');
  expect(row).toBe(`${colored}      x`);
});
