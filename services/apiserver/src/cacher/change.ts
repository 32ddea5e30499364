/** One change of one object, and the bytes that tell watchers of it: made once, sent to all of them. */
import type { StoredObject } from '../storage/stored-object.ts';
import type { Selection } from './selection.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

const closing = Buffer.from('}\n');

/** `{"type":"ADDED","object":...}` and a newline, as REST streams it. */
export function watchLine(type: ChangeType | 'BOOKMARK' | 'ERROR', json: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`{"type":"${type}","object":`), json, closing]);
}

/** Exactly one of `object` and `previous` may be undefined. */
export class Change {
  readonly revision: number;
  readonly object: StoredObject | undefined;
  readonly previous: StoredObject | undefined;
  #gone: StoredObject | undefined;
  /** Bytes that watchers share, by what they are. Most changes are watched by few or none. */
  #shared: Map<string, Buffer> | undefined;

  constructor(
    revision: number,
    object: StoredObject | undefined,
    previous: StoredObject | undefined,
  ) {
    this.revision = revision;
    this.object = object;
    this.previous = previous;
  }

  /** What the change is to someone who sees only a selection; undefined when it is nothing to them. */
  typeFor(selection: Selection): ChangeType | undefined {
    const now = this.object !== undefined && selection.matches(this.object);
    const before = this.previous !== undefined && selection.matches(this.previous);
    if (now) return before ? 'MODIFIED' : 'ADDED';
    return before ? 'DELETED' : undefined;
  }

  /** The object to show: after the change, or what was before under the revision of its end. */
  shown(type: ChangeType): StoredObject {
    if (type !== 'DELETED') return this.object!;
    this.#gone ??= this.previous!.at(this.revision);
    return this.#gone;
  }

  /** A line of a REST watch. */
  line(type: ChangeType): Buffer {
    return this.#share(`line ${type}`, () => watchLine(type, this.shown(type).json));
  }

  /** The same as a message of the component API. */
  message(type: ChangeType, encode: () => Buffer): Buffer {
    return this.#share(`message ${type}`, encode);
  }

  #share(what: string, make: () => Buffer): Buffer {
    this.#shared ??= new Map();
    let bytes = this.#shared.get(what);
    if (bytes === undefined) {
      bytes = make();
      this.#shared.set(what, bytes);
    }
    return bytes;
  }

  /** Frees the shared bytes once those who were watching have them. */
  forgetShared(): void {
    this.#shared = undefined;
  }

  /** Bytes that keeping this change costs, roughly. */
  get bytes(): number {
    return (
      200 +
      (this.object?.json.length ?? 0) +
      (this.object === undefined ? (this.previous?.json.length ?? 0) : 0)
    );
  }
}
