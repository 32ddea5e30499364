import { DowngradeAction, DowngradeRequest, DowngradeResponse } from '@drydock/proto/etcd';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createTestAsker,
  plainCall,
  startTestCore,
  type TestCore,
} from '../testing/member-core.ts';
import { createDowngradeHandler } from './downgrade.ts';

let member: TestCore;
beforeAll(async () => {
  member = await startTestCore();
});
afterAll(() => member[Symbol.asyncDispose]());

const { validate, enable, cancel } = DowngradeAction;

async function downgrade(action: DowngradeAction, version = ''): Promise<string> {
  const handle = createDowngradeHandler(member.core);
  const request = DowngradeRequest.encode({ action, version });
  const answer = await handle(request, plainCall, createTestAsker());
  if (!Buffer.isBuffer(answer)) return `${answer.code} ${answer.message}`;
  const { version: told, header } = DowngradeResponse.decode(answer);
  expect(header?.memberId).toBe(member.core.memberId);
  return told;
}

it('is possible to the version before, however that is written', async () => {
  for (const version of ['3.4', '3.4.0', '3.4.27', '3.4.0-rc.1']) {
    expect(await downgrade(validate, version)).toBe('3.5.0');
  }
  expect(member.core.state.downgradeTarget).toBeUndefined();
});

it('is refused to any other version, and to what is none', async () => {
  for (const version of ['3.3', '3.5.0', '3.6.0', '2.4']) {
    const words = '3 etcdserver: invalid downgrade target version';
    expect(await downgrade(enable, version)).toBe(words);
  }
  for (const version of ['', 'old', '3', '3.4.x']) {
    const words = '3 etcdserver: wrong downgrade target version format';
    expect(await downgrade(validate, version)).toBe(words);
  }
  expect(await downgrade(7 as DowngradeAction)).toBe('2 etcdserver: unknown method');
});

it('is agreed on once, and until it is cancelled', async () => {
  expect(await downgrade(cancel)).toBe('9 etcdserver: no inflight downgrade job');
  expect(await downgrade(enable, '3.4')).toBe('3.5.0');
  expect(member.core.state.downgradeTarget).toBe('3.4.0');
  const words = '9 etcdserver: cluster has a downgrade job in progress';
  expect(await downgrade(enable, '3.4')).toBe(words);
  expect(await downgrade(validate, '3.4')).toBe(words);
  expect(await downgrade(cancel)).toBe('3.5.0');
  expect(member.core.state.downgradeTarget).toBeUndefined();
});
