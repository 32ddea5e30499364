/**
 * An object as it is kept: JSON bytes, parsed only when someone must look inside.
 *
 * 1. In etcd the JSON has no resourceVersion, as upstream stores it; the version is the key's
 *    mod_revision. In memory the bytes are those that clients get, resourceVersion included, so that
 *    reading, listing and watching copy bytes and nothing else.
 * 2. `parse` gives a fresh object each time: its caller may change it. `shared` does not.
 * 3. What selectors ask about (labels and a few fields) is read once and kept.
 */
import type { KindDefinition, KubernetesObject } from '@drydock/api';
import { deepEqual, groupVersion } from '@drydock/api';
import type { ResourceKey } from './keys.ts';

export interface Attributes {
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** The fields that a field selector may name. */
  readonly fields: Readonly<Record<string, string>>;
}

const stems = new WeakMap<KindDefinition, Buffer>();

/** How the JSON of every object of a kind begins, up to the inside of its metadata. */
function stemOf(kind: KindDefinition): Buffer {
  let stem = stems.get(kind);
  if (stem === undefined) {
    stem = Buffer.from(`{"kind":"${kind.kind}","apiVersion":"${groupVersion(kind)}","metadata":{`);
    stems.set(kind, stem);
  }
  return stem;
}

/**
 * The bytes for etcd: kind, apiVersion and metadata first, and no resourceVersion.
 * @param owners its managedFields as JSON, where the object has none
 */
export function encodeForStorage(object: KubernetesObject, owners?: string): Buffer {
  let text = `{"kind":"${object.kind}","apiVersion":"${object.apiVersion}","metadata":`;
  text += encodeMetadata(object.metadata, owners);
  // One field after the other: a copy without the first three would cost as much as printing it.
  for (const [name, value] of Object.entries(object)) {
    if (name === 'kind' || name === 'apiVersion' || name === 'metadata') continue;
    if (value !== undefined) text += `,${JSON.stringify(name)}:${JSON.stringify(value)}`;
  }
  return Buffer.from(`${text}}`);
}

function encodeMetadata(
  metadata: KubernetesObject['metadata'],
  owners: string | undefined,
): string {
  const { resourceVersion, selfLink } = metadata;
  const isStored = resourceVersion === undefined && selfLink === undefined;
  const text = JSON.stringify(
    isStored ? metadata : { ...metadata, resourceVersion: undefined, selfLink: undefined },
  );
  // Every object has a name, so that there is something before them.
  return owners === undefined ? text : `${text.slice(0, -1)},"managedFields":${owners}}`;
}

/** The stored bytes as clients see them. Undefined for what is not an object of this kind. */
function withResourceVersion(
  kind: KindDefinition,
  value: Uint8Array,
  revision: number,
): Buffer | undefined {
  const stem = stemOf(kind);
  const stored = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  if (stored.length > stem.length && stored.compare(stem, 0, stem.length, 0, stem.length) === 0) {
    // What a dry run made has no version.
    const version = revision === 0 ? '' : `"resourceVersion":"${revision}",`;
    // Slow allocation has its own memory: a small slice of a shared slab would pin all of it.
    const bytes = Buffer.allocUnsafeSlow(stored.length + version.length);
    stem.copy(bytes);
    bytes.write(version, stem.length, 'latin1');
    stored.copy(bytes, stem.length + version.length, stem.length);
    return bytes;
  }
  return rewrite(kind, stored, revision);
}

/** For values that another program wrote with its own order of fields. */
function rewrite(kind: KindDefinition, stored: Buffer, revision: number): Buffer | undefined {
  try {
    const object = JSON.parse(stored.toString()) as KubernetesObject;
    if (typeof object.metadata?.name !== 'string') return undefined;
    object.kind = kind.kind;
    object.apiVersion = groupVersion(kind);
    return withResourceVersion(kind, encodeForStorage(object), revision);
  } catch {
    return undefined;
  }
}

export class StoredObject {
  readonly kind: KindDefinition;
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  /** As clients get it. */
  readonly json: Buffer;
  #attributes: Attributes | undefined;
  #shared: KubernetesObject | undefined;

  private constructor(key: ResourceKey, revision: number, json: Buffer) {
    this.kind = key.kind;
    this.key = key.key;
    this.namespace = key.namespace;
    this.name = key.name;
    this.revision = revision;
    this.json = json;
  }

  /** From bytes in etcd, which are copied. Undefined when they are not an object of the kind. */
  static fromStorage(
    key: ResourceKey,
    value: Uint8Array,
    revision: number,
  ): StoredObject | undefined {
    const json = withResourceVersion(key.kind, value, revision);
    return json === undefined ? undefined : new StoredObject(key, revision, json);
  }

  /** The same object under another revision, as the event of a deletion shows it. */
  at(revision: number): StoredObject {
    const stem = stemOf(this.kind);
    const after = this.json.indexOf(',', stem.length) + 1;
    const version = `"resourceVersion":"${revision}",`;
    const json = Buffer.allocUnsafeSlow(stem.length + version.length + this.json.length - after);
    stem.copy(json);
    json.write(version, stem.length, 'latin1');
    this.json.copy(json, stem.length + version.length, after);
    const copy = new StoredObject(this, revision, json);
    copy.#attributes = this.#attributes;
    return copy;
  }

  /** The same object in the shape of another version, whose kind this is. */
  as(kind: KindDefinition, shape: KubernetesObject): StoredObject {
    const { key, namespace, name, revision } = this;
    const json = Buffer.from(JSON.stringify(shape));
    return new StoredObject({ kind, key, namespace, name }, revision, json);
  }

  /** Whether these bytes for etcd would change nothing, whatever the order of their fields. */
  holds(stored: Buffer): boolean {
    const stem = stemOf(this.kind).length;
    const after = this.json.indexOf(',', stem) + 1;
    // Another order of the same fields has the same length, so most differences are seen at once.
    if (this.json.length - after !== stored.length - stem) return false;
    if (this.json.compare(stored, stem, stored.length, after, this.json.length) === 0) return true;
    const own = this.parse();
    delete own.metadata.resourceVersion;
    return deepEqual(own, JSON.parse(stored.toString()));
  }

  parse<T extends KubernetesObject = KubernetesObject>(): T {
    return JSON.parse(this.json.toString()) as T;
  }

  /**
   * Parsed once and kept: nobody may change it. For the small objects that every write asks about, such
   * as its namespace.
   */
  shared<T extends KubernetesObject = KubernetesObject>(): T {
    this.#shared ??= this.parse();
    return this.#shared as T;
  }

  /** What selectors ask about, from whoever has the object at hand. */
  knownBy(attributes: Attributes): this {
    this.#attributes = attributes;
    return this;
  }

  get attributes(): Attributes {
    if (this.#attributes === undefined) this.#attributes = attributesOf(this.kind, this.parse());
    return this.#attributes;
  }
}

export function attributesOf(kind: KindDefinition, object: KubernetesObject): Attributes {
  const fields: Record<string, string> = {};
  for (const [field, read] of Object.entries(kind.fieldSelectors)) {
    try {
      fields[field] = read(object);
    } catch {
      // Written past the API, without the parts that every valid object has: it is not selected.
      fields[field] = '';
    }
  }
  return { labels: object.metadata.labels, fields };
}
