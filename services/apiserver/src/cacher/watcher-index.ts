/**
 * Who watches what: a change is offered to those whom it can concern, not to all. In a cluster of a
 * thousand nodes a thousand node-agents watch the pods of their own node, and a new pod is one's.
 *
 * 1. A watcher is in one place: by the name it asks for, else by the first field that must have one
 *    value, else by its namespace, else among those who see everything.
 * 2. A change is looked up by what the object is and by what it was: who saw it before must hear that it
 *    has left.
 */
import type { Change } from './change.ts';
import type { Selection } from './selection.ts';
import type { Watcher } from './watcher.ts';

/** A field, or one of two that every object has. */
type Facet = string;
const nameFacet = ' name';
const namespaceFacet = ' namespace';

export class WatcherIndex {
  readonly #all = new Set<Watcher>();
  readonly #unbound = new Set<Watcher>();
  readonly #bound = new Map<Facet, Map<string, Set<Watcher>>>();

  get size(): number {
    return this.#all.size;
  }

  [Symbol.iterator](): IterableIterator<Watcher> {
    return this.#all[Symbol.iterator]();
  }

  add(watcher: Watcher): void {
    this.#all.add(watcher);
    const place = placeOf(watcher.selection);
    if (place === undefined) {
      this.#unbound.add(watcher);
      return;
    }
    let values = this.#bound.get(place.facet);
    if (values === undefined) this.#bound.set(place.facet, (values = new Map()));
    const known = values.get(place.value);
    if (known === undefined) values.set(place.value, new Set([watcher]));
    else known.add(watcher);
  }

  delete(watcher: Watcher): void {
    this.#all.delete(watcher);
    const place = placeOf(watcher.selection);
    if (place === undefined) {
      this.#unbound.delete(watcher);
      return;
    }
    const values = this.#bound.get(place.facet);
    const known = values?.get(place.value);
    known?.delete(watcher);
    if (known?.size === 0) values!.delete(place.value);
    if (values?.size === 0) this.#bound.delete(place.facet);
  }

  /** Each of them once. */
  *concerned({ object, previous }: Change): Generator<Watcher> {
    yield* this.#unbound;
    for (const [facet, values] of this.#bound) {
      const now = object === undefined ? undefined : valueOf(object, facet);
      const before = previous === undefined ? undefined : valueOf(previous, facet);
      if (now !== undefined) yield* values.get(now) ?? [];
      if (before !== undefined && before !== now) yield* values.get(before) ?? [];
    }
  }
}

function placeOf({ name, namespace, fields }: Selection) {
  if (name !== undefined) return { facet: nameFacet, value: name };
  const field = fields.find(({ isEqual }) => isEqual);
  if (field !== undefined) return { facet: field.field, value: field.value };
  return namespace === '' ? undefined : { facet: namespaceFacet, value: namespace };
}

function valueOf(object: NonNullable<Change['object']>, facet: Facet): string | undefined {
  if (facet === nameFacet) return object.name;
  if (facet === namespaceFacet) return object.namespace;
  return object.attributes.fields[facet];
}
