/**
 * The thread that works on passwords: bcrypt is slow by intent, a tenth of a second at the default cost.
 * Not in Node's own pool, whose few threads the log's syncs need.
 */
import { randomBytes } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { compareSync, encodeBase64, hashSync } from 'bcryptjs';
import type { PasswordOrder, PasswordReport } from './password-protocol.ts';

const port = parentPort!;
const saltBytes = 16;

/** The version mark is the original's own, so that its tools see nothing unknown. */
function saltOf(cost: number): string {
  const salt = encodeBase64(randomBytes(saltBytes), saltBytes);
  return `$2a$${String(cost).padStart(2, '0')}$${salt}`;
}

function obey(order: PasswordOrder): PasswordReport {
  const { id, password } = order;
  try {
    return order.kind === 'hash'
      ? { id, kind: 'hash', hash: hashSync(password, saltOf(order.cost)) }
      : { id, kind: 'compare', isEqual: compareSync(password, order.hash) };
  } catch (error) {
    return { id, kind: 'failed', message: (error as Error).message };
  }
}

port.on('message', (order: PasswordOrder) => port.postMessage(obey(order)));
