/** Keeps a policy in step with the roles and bindings in the watch cache. */
import {
  ApiError,
  clusterRoleBindings,
  clusterRoles,
  decodeObject,
  roleBindings,
  roles,
  type KindDefinition,
  type KubernetesObject,
} from '@drydock/api';
import type { Logger } from '@drydock/ports';
import type { Cacher } from '../../cacher/cacher.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import type { Policy } from './policy.ts';

interface Steps<T> {
  readonly set: (object: T) => void;
  readonly remove: (namespace: string, name: string) => void;
}

export function feedPolicy(policy: Policy, cacher: Cacher, log: Logger): void {
  const follow = <T extends KubernetesObject>(kind: KindDefinition<T>, steps: Steps<T>) =>
    cacher.of(kind).observe((stored, previous) => {
      const object = stored === undefined ? undefined : read(kind, stored, log);
      const gone = stored ?? previous;
      if (object !== undefined) steps.set(object);
      else if (gone !== undefined) steps.remove(gone.namespace, gone.name);
    });
  const removeRole = (namespace: string, name: string) => policy.deleteRole(namespace, name);
  const removeBinding = (namespace: string, name: string) => policy.deleteBinding(namespace, name);
  follow(roles, { set: (role) => policy.setRole(role), remove: removeRole });
  follow(clusterRoles, { set: (role) => policy.setRole(role), remove: removeRole });
  follow(roleBindings, { set: (binding) => policy.setBinding(binding), remove: removeBinding });
  follow(clusterRoleBindings, {
    set: (binding) => policy.setBinding(binding),
    remove: removeBinding,
  });
}

/** What was written past the API and is no such object allows nothing. */
function read<T extends KubernetesObject>(
  kind: KindDefinition<T>,
  stored: StoredObject,
  log: Logger,
): T | undefined {
  try {
    return decodeObject(stored.json.toString(), kind, { fieldValidation: 'Ignore' }).object;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    log.error({ err: error, key: stored.key }, 'a role or binding in etcd is not readable');
    return undefined;
  }
}
