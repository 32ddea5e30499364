/**
 * Makes a failing list of operations as short as it gets (Zeller's delta debugging), then takes parts
 * out of its transactions.
 */
import type { Operation, TxnOperation, TxnPart } from './operations.ts';

/** `fails` says whether a list still shows what is looked for. */
export async function shrink(
  operations: readonly Operation[],
  fails: (operations: readonly Operation[]) => Promise<boolean>,
): Promise<readonly Operation[]> {
  let smallest = await withoutChunks(operations, fails);
  for (let index = 0; index < smallest.length; index++) {
    const operation = smallest[index]!;
    if (operation.op !== 'txn') continue;
    const put = (txn: TxnOperation) => smallest.with(index, txn);
    const smaller = await shrinkTxn(operation, (txn) => fails(put(txn)));
    smallest = put(smaller);
  }
  return smallest;
}

/** Tries to leave out halves, then quarters, down to single elements. */
async function withoutChunks<T>(
  list: readonly T[],
  fails: (list: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let smallest = list;
  let size = Math.ceil(smallest.length / 2);
  while (size >= 1 && smallest.length > 0) {
    let removed = false;
    for (let at = 0; at < smallest.length;) {
      const candidate = smallest.toSpliced(at, size);
      if (await fails(candidate)) {
        smallest = candidate;
        removed = true;
      } else at += size;
    }
    if (size === 1 && !removed) break;
    size = size === 1 ? 1 : Math.ceil(size / 2);
  }
  return smallest;
}

async function shrinkTxn(
  txn: TxnOperation,
  fails: (txn: TxnOperation) => Promise<boolean>,
): Promise<TxnOperation> {
  let smallest = txn;
  for (const name of ['compare', 'success', 'failure'] as const) {
    const list: readonly unknown[] = smallest[name] ?? [];
    const kept = await withoutChunks(list, (some) => fails({ ...smallest, [name]: some }));
    smallest = { ...smallest, [name]: kept };
  }
  for (const name of ['success', 'failure'] as const) {
    for (const [index, part] of (smallest[name] ?? []).entries()) {
      if (part.op !== 'txn') continue;
      const put = (inner: TxnPart): TxnOperation => ({
        ...smallest,
        [name]: (smallest[name] ?? []).with(index, inner),
      });
      smallest = put(await shrinkTxn(part, (inner) => fails(put(inner))));
    }
  }
  return smallest;
}
