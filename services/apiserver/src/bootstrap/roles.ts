/**
 * Stores the default roles and bindings, and mends those that a version of this server has left behind.
 *
 * A restart finds all in order in its cache and writes nothing, so that it needs no quorum of etcd.
 */
import {
  ApiError,
  deepEqual,
  findKind,
  type ClusterRoleBinding,
  type KubernetesObject,
  type RoleBinding,
} from '@drydock/api';
import type { Registry } from '../registry/registry.ts';
import type { Target } from '../registry/requests.ts';
import { defaultPolicy } from './policy/policy.ts';
import { isProtected, reconcileBinding, reconcileRole } from './reconcile.ts';
import { systemWrite } from './system-user.ts';

/** Writes under way at once: a new cluster waits for more than a hundred of them. */
const workers = 16;
/** Two apiservers that start together meet at the same names. */
const attemptsMax = 3;

type Reconcile = (existing: KubernetesObject) => KubernetesObject | 'replace';

interface Task {
  readonly expected: KubernetesObject;
  readonly reconcile: Reconcile;
}

/** @returns the revision that holds all that was written; 0 when all was in order */
export async function ensureRoles(registry: Registry): Promise<number> {
  const tasks: Task[] = [
    ...defaultPolicy.roles.map((expected) => ({
      expected,
      reconcile: (existing: KubernetesObject) => reconcileRole(existing, expected),
    })),
    ...defaultPolicy.bindings.map((expected) => ({
      expected,
      reconcile: (existing: KubernetesObject) =>
        reconcileBinding(existing as ClusterRoleBinding | RoleBinding, expected),
    })),
  ];
  let written = 0;
  const work = async () => {
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      written = Math.max(written, await ensure(registry, task));
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return written;
}

async function ensure(registry: Registry, task: Task): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ensureOnce(registry, task);
    } catch (error) {
      const isRace =
        error instanceof ApiError && ['AlreadyExists', 'NotFound'].includes(error.reason);
      if (!isRace || attempt === attemptsMax) throw error;
    }
  }
}

async function ensureOnce(registry: Registry, { expected, reconcile }: Task): Promise<number> {
  const { name, namespace = '' } = expected.metadata;
  const kind = findKind(expected.apiVersion, expected.kind)!;
  const target: Target = { kind, namespace, name };
  const existing = await find(registry, target);
  const create = async () =>
    (await registry.create(target, structuredClone(expected), systemWrite())).revision;
  if (existing === undefined) return create();
  if (isProtected(existing)) return 0;
  const wanted = reconcile(existing);
  if (wanted === 'replace') {
    const { uid } = existing.metadata;
    const ask = {
      uid,
      gracePeriodSeconds: undefined,
      propagationPolicy: undefined,
      resourceVersion: undefined,
    };
    await registry.delete(target, ask, systemWrite());
    return create();
  }
  if (deepEqual(existing, wanted)) return 0;
  const make = () => structuredClone(wanted);
  return (await registry.update(target, { part: 'all', make }, systemWrite())).object.revision;
}

async function find(registry: Registry, target: Target): Promise<KubernetesObject | undefined> {
  try {
    return (await registry.get(target, 'any')).parse();
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') return undefined;
    throw error;
  }
}
