/**
 * What the runtime has, by pod: filled by relists, kept fresh by events and by what the agent itself
 * just did, so that nothing waits for a list on the way of a starting pod.
 *
 * 1. A relist that began before a change of a pod was made does not undo that change.
 */
import type { ContainerStatus, RuntimeService, SandboxStatus } from '../runtime/runtime.ts';
import { nothingRuns, type PodRuntime } from '../pod-lifecycle/pod-facts.ts';

interface Entry {
  readonly sandboxes: Map<string, SandboxStatus>;
  readonly containers: Map<string, ContainerStatus>;
  changes: number;
}

export interface RuntimeCache {
  get(uid: string): PodRuntime;
  uids(): readonly string[];
  putSandbox(sandbox: SandboxStatus): void;
  putContainer(container: ContainerStatus): void;
  remove(uid: string, id: string): void;
  /** Asks for one container anew. */
  refresh(uid: string, id: string): Promise<void>;
  /** Lists all, and answers with the pods that were not as remembered. */
  relist(): Promise<readonly string[]>;
  /** Addresses of live sandboxes: one that has stopped has no network any more. */
  addresses(): Set<string>;
}

export function createRuntimeCache(runtime: RuntimeService): RuntimeCache {
  const entries = new Map<string, Entry>();
  const entryOf = (uid: string): Entry => {
    let entry = entries.get(uid);
    if (entry === undefined) {
      entries.set(uid, (entry = { sandboxes: new Map(), containers: new Map(), changes: 0 }));
    }
    return entry;
  };
  const touch = (uid: string): Entry => {
    const entry = entryOf(uid);
    entry.changes++;
    return entry;
  };

  return {
    get: (uid) => {
      const entry = entries.get(uid);
      return entry === undefined
        ? nothingRuns
        : { sandboxes: [...entry.sandboxes.values()], containers: [...entry.containers.values()] };
    },
    uids: () =>
      [...entries].flatMap(([uid, entry]) =>
        entry.sandboxes.size + entry.containers.size > 0 ? [uid] : [],
      ),
    putSandbox: (sandbox) => void touch(sandbox.pod.uid).sandboxes.set(sandbox.id, sandbox),
    putContainer: (container) => {
      const entry = touch(container.pod.uid);
      const known = entry.containers.get(container.id);
      // An answer that was overtaken by the news of its death.
      if (known?.state === 'exited' && container.state !== 'exited') return;
      entry.containers.set(container.id, withMessageOf(known, container));
    },
    remove: (uid, id) => {
      const entry = touch(uid);
      entry.sandboxes.delete(id);
      entry.containers.delete(id);
    },
    refresh: async (uid, id) => {
      const entry = touch(uid);
      const sandbox = entry.sandboxes.get(id);
      if (sandbox !== undefined) {
        const [found] = (await runtime.listPodSandbox({ podUid: uid })).filter(
          (one) => one.id === id,
        );
        if (found === undefined) entry.sandboxes.delete(id);
        else entry.sandboxes.set(id, found);
        return;
      }
      const status = await runtime.containerStatus(id);
      if (status === undefined) entry.containers.delete(id);
      else entry.containers.set(id, withMessageOf(entry.containers.get(id), status));
    },
    relist: async () => {
      const begun = new Map([...entries].map(([uid, entry]) => [uid, entry.changes]));
      const [sandboxes, containers] = await Promise.all([
        runtime.listPodSandbox(),
        runtime.listContainers(),
      ]);
      const changed = new Set<string>();
      const isOvertaken = (uid: string) =>
        entries.has(uid) && entries.get(uid)!.changes !== begun.get(uid);
      const found = new Map<string, Entry>();
      const foundOf = (uid: string): Entry => {
        let entry = found.get(uid);
        if (entry === undefined) {
          found.set(uid, (entry = { sandboxes: new Map(), containers: new Map(), changes: 0 }));
        }
        return entry;
      };
      for (const sandbox of sandboxes) foundOf(sandbox.pod.uid).sandboxes.set(sandbox.id, sandbox);
      for (const one of containers) foundOf(one.pod.uid).containers.set(one.id, one);
      for (const uid of new Set([...entries.keys(), ...found.keys()])) {
        if (isOvertaken(uid)) continue;
        const old = entries.get(uid);
        const fresh = found.get(uid);
        if (fresh === undefined) entries.delete(uid);
        else {
          for (const [id, one] of fresh.containers) {
            fresh.containers.set(id, withMessageOf(old?.containers.get(id), one));
          }
          fresh.changes = old?.changes ?? 0;
          entries.set(uid, fresh);
        }
        if (fingerprint(old) !== fingerprint(fresh)) changed.add(uid);
      }
      return [...changed];
    },
    addresses: () => {
      const all = [...entries.values()].flatMap((entry) => [...entry.sandboxes.values()]);
      return new Set(
        all.flatMap(({ state, address }) => (state === 'ready' ? (address ?? []) : [])),
      );
    },
  };
}

/** Last words are collected once; the runtime does not know them. */
function withMessageOf(
  known: ContainerStatus | undefined,
  fresh: ContainerStatus,
): ContainerStatus {
  return known?.terminationMessage === undefined
    ? fresh
    : { ...fresh, terminationMessage: known.terminationMessage };
}

function fingerprint(entry: Entry | undefined): string {
  if (entry === undefined) return '';
  return [...entry.sandboxes.values(), ...entry.containers.values()]
    .map((one) => `${one.id} ${one.state}`)
    .toSorted()
    .join(',');
}
