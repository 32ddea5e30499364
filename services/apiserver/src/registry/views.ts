/**
 * Other versions of stored kinds, in front of the registry: what comes in is turned into the stored kind,
 * and what goes out is shown in the version that was asked for. Kinds without a view pass untouched.
 *
 * Converting costs a parse and a print an object; the stored version costs nothing.
 */
import { invalidError, type KindDefinition, type KubernetesObject } from '@drydock/api';
import { Change } from '../cacher/change.ts';
import type { Selection } from '../cacher/selection.ts';
import type { Watch, WatchItem } from '../cacher/watcher.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { Registry } from './registry.ts';
import type { Target } from './requests.ts';
import type { Changed } from './store.ts';

type View = NonNullable<KindDefinition['view']>;

/** The same place in the stored kind. */
const storedTarget = (target: Target, { of }: View): Target => ({
  ...target,
  kind: of,
  via: target.kind,
});

function shownIn(kind: KindDefinition, view: View) {
  return (stored: StoredObject): StoredObject => stored.as(kind, view.show(stored.parse()));
}

/** A selection that names the fields of a version, asked about stored objects. */
function onStored(selection: Selection, show: (stored: StoredObject) => StoredObject): Selection {
  if (!selection.isNarrow) return selection;
  const shown = new WeakMap<StoredObject, StoredObject>();
  return {
    ...selection,
    // The stored object has them by other names.
    fields: [],
    matches: (stored) => {
      let object = shown.get(stored);
      if (object === undefined) {
        object = show(stored);
        shown.set(stored, object);
      }
      return selection.matches(object);
    },
  };
}

function* mapped<T, R>(items: Iterable<T>, convert: (item: T) => R): Iterable<R> {
  for (const item of items) yield convert(item);
}

function shownItem(item: WatchItem, show: (stored: StoredObject) => StoredObject): WatchItem {
  if (item.kind === 'object') return { kind: 'object', object: show(item.object) };
  if (item.kind === 'bookmark') return item;
  const { revision, object, previous } = item.change;
  const change = new Change(revision, object && show(object), previous && show(previous));
  return { ...item, change };
}

function shownWatch(watch: Watch, show: (stored: StoredObject) => StoredObject): Watch {
  return {
    next: async () => (await watch.next())?.map((item) => shownItem(item, show)),
    tellProgress: () => watch.tellProgress(),
    end: () => watch.end(),
  };
}

function storedNew(kind: KindDefinition, view: View, object: KubernetesObject): KubernetesObject {
  const errors = view.validateNew(object);
  if (errors.length > 0) throw invalidError(kind, object.metadata.name, errors);
  return view.store(object);
}

export function serveViews(registry: Registry): Registry {
  const shownChanged = (kind: KindDefinition, view: View, changed: Changed): Changed => ({
    ...changed,
    object: shownIn(kind, view)(changed.object),
  });
  return {
    get: async (target, freshness) => {
      const { view } = target.kind;
      if (view === undefined) return registry.get(target, freshness);
      const stored = await registry.get(storedTarget(target, view), freshness);
      return shownIn(target.kind, view)(stored);
    },
    list: async (kind, selection, freshness) => {
      if (kind.view === undefined) return registry.list(kind, selection, freshness);
      const show = shownIn(kind, kind.view);
      const list = await registry.list(kind.view.of, onStored(selection, show), freshness);
      return { ...list, objects: mapped(list.objects, show) };
    },
    listAt: async (kind, selection, ask) => {
      if (kind.view === undefined) return registry.listAt(kind, selection, ask);
      const show = shownIn(kind, kind.view);
      const page = await registry.listAt(kind.view.of, onStored(selection, show), ask);
      return { ...page, objects: page.objects.map(show) };
    },
    watch: async (kind, ask) => {
      if (kind.view === undefined) return registry.watch(kind, ask);
      const show = shownIn(kind, kind.view);
      const selection = onStored(ask.selection, show);
      return shownWatch(await registry.watch(kind.view.of, { ...ask, selection }), show);
    },
    create: async (target, object, write) => {
      const { kind } = target;
      if (kind.view === undefined) return registry.create(target, object, write);
      kind.setDefaults(object);
      const stored = storedNew(kind, kind.view, object);
      const created = await registry.create(storedTarget(target, kind.view), stored, write);
      return shownIn(kind, kind.view)(created);
    },
    update: async (target, ask, write) => {
      const { kind } = target;
      const { view } = kind;
      if (view === undefined) return registry.update(target, ask, write);
      const show = shownIn(kind, view);
      const { makeNew } = ask;
      const converted = {
        ...ask,
        make: async (current: StoredObject) => {
          const object = await ask.make(show(current));
          kind.setDefaults(object);
          return view.store(object);
        },
        ...(makeNew === undefined ? {} : { makeNew: () => storedNew(kind, view, makeNew()) }),
      };
      const { object, created } = await registry.update(
        storedTarget(target, view),
        converted,
        write,
      );
      return { object: show(object), created };
    },
    delete: async (target, ask, write) => {
      const { view } = target.kind;
      if (view === undefined) return registry.delete(target, ask, write);
      const changed = await registry.delete(storedTarget(target, view), ask, write);
      return shownChanged(target.kind, view, changed);
    },
    deleteAll: async (kind, selection, ask, write) => {
      if (kind.view === undefined) return registry.deleteAll(kind, selection, ask, write);
      const show = shownIn(kind, kind.view);
      const stored = onStored(selection, show);
      return (await registry.deleteAll(kind.view.of, stored, ask, write)).map(show);
    },
  };
}
