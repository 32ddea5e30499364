/**
 * JSON patch (RFC 6902).
 *
 * 1. Either all operations apply or none: the document that was handed in is never changed.
 * 2. A patch that is no patch is a BadRequest; one that does not fit the document is a 422.
 */
import { ApiError, badRequestError } from '../errors.ts';
import { deepCopy, deepEqual } from '../equality.ts';
import { goKindOf, setOwn } from '../normalize.ts';
import { isMap } from './merge-patch.ts';

const operationCountMax = 10_000;

type Holder = Record<string, unknown> | unknown[];

/** The patch is well-formed but the document is not as it expects. Upstream does not say why. */
function unprocessable(): ApiError {
  return new ApiError({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'the server rejected our request due to an error in our request',
    reason: 'Invalid',
    details: {},
    code: 422,
  });
}

function parsePointer(pointer: unknown): string[] {
  if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/'))) {
    throw badRequestError(`error decoding patch: ${JSON.stringify(pointer)} is not a JSON pointer`);
  }
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function indexIn(key: string, limit: number): number {
  const index = /^(?:0|[1-9]\d{0,8})$/.test(key) ? Number(key) : Number.NaN;
  if (!(index < limit)) throw unprocessable();
  return index;
}

function child(holder: unknown, key: string): unknown {
  if (Array.isArray(holder)) return holder[indexIn(key, holder.length)];
  if (isMap(holder) && Object.hasOwn(holder, key)) return holder[key];
  throw unprocessable();
}

/** A document behind one pointer-sized root, so that the root itself can be replaced. */
class Document {
  #root: unknown;

  constructor(root: unknown) {
    this.#root = deepCopy(root);
  }

  get root(): unknown {
    return this.#root;
  }

  read(pointer: string): unknown {
    return parsePointer(pointer).reduce<unknown>(child, this.#root);
  }

  #holder(path: readonly string[]): Holder {
    const holder = path.slice(0, -1).reduce<unknown>(child, this.#root);
    if (Array.isArray(holder) || isMap(holder)) return holder;
    throw unprocessable();
  }

  add(pointer: string, value: unknown): void {
    const path = parsePointer(pointer);
    const key = path.at(-1);
    if (key === undefined) {
      this.#root = value;
      return;
    }
    const holder = this.#holder(path);
    if (!Array.isArray(holder)) setOwn(holder, key, value);
    else if (key === '-') holder.push(value);
    else holder.splice(indexIn(key, holder.length + 1), 0, value);
  }

  remove(pointer: string): unknown {
    const path = parsePointer(pointer);
    const key = path.at(-1);
    if (key === undefined) throw unprocessable();
    const holder = this.#holder(path);
    const old = child(holder, key);
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
    return old;
  }

  replace(pointer: string, value: unknown): void {
    const path = parsePointer(pointer);
    const key = path.at(-1);
    if (key === undefined) {
      this.#root = value;
      return;
    }
    const holder = this.#holder(path);
    child(holder, key);
    if (Array.isArray(holder)) holder[Number(key)] = value;
    else setOwn(holder, key, value);
  }
}

interface Operation {
  readonly op?: unknown;
  readonly path?: unknown;
  readonly from?: unknown;
  readonly value?: unknown;
}

function pointerOf(operation: Operation, key: 'path' | 'from'): string {
  const pointer = operation[key];
  parsePointer(pointer);
  return pointer as string;
}

function valueOf(operation: Operation): unknown {
  if (!Object.hasOwn(operation, 'value')) {
    throw badRequestError(`error decoding patch: ${String(operation.op)} needs a value`);
  }
  return deepCopy(operation.value);
}

function applyOperation(document: Document, operation: Operation): void {
  const path = pointerOf(operation, 'path');
  switch (operation.op) {
    case 'add':
      return document.add(path, valueOf(operation));
    case 'remove':
      document.remove(path);
      return undefined;
    case 'replace':
      return document.replace(path, valueOf(operation));
    case 'move': {
      const from = pointerOf(operation, 'from');
      if (path.startsWith(`${from}/`)) throw unprocessable();
      return document.add(path, document.remove(from));
    }
    case 'copy':
      return document.add(path, deepCopy(document.read(pointerOf(operation, 'from'))));
    case 'test':
      if (!deepEqual(document.read(path), operation.value ?? null)) throw unprocessable();
      return undefined;
    default:
      throw unprocessable();
  }
}

export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) {
    const why = `json: cannot unmarshal ${goKindOf(patch)} into Go value of type []handlers.jsonPatchOp`;
    throw badRequestError(`error decoding patch: ${why}`);
  }
  if (patch.length > operationCountMax) {
    throw new ApiError({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `The allowed maximum operations in a JSON patch is ${operationCountMax}, got ${patch.length}`,
      reason: 'RequestEntityTooLarge',
      code: 413,
    });
  }
  const work = new Document(document);
  for (const operation of patch as unknown[]) {
    if (!isMap(operation)) {
      const why = `json: cannot unmarshal ${goKindOf(operation)} into Go value of type handlers.jsonPatchOp`;
      throw badRequestError(`error decoding patch: ${why}`);
    }
    applyOperation(work, operation);
  }
  return work.root;
}
