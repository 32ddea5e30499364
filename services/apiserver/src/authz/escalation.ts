/**
 * Nobody gives away more than he has: who writes a role needs its rules himself, who writes a binding
 * needs those of its role; or the verbs `escalate` and `bind` on the role. Pure.
 *
 * Source: upstream's policybased storage of the four kinds.
 */
import {
  deepEqual,
  forbiddenError,
  goQuote,
  notFoundError,
  type ClusterRole,
  type ClusterRoleBinding,
  type KindDefinition,
  type KubernetesObject,
  type PolicyRule,
  type Role,
  type RoleBinding,
} from '@drydock/api';
import type { Authorizer } from './authorizer.ts';
import { describeRules, goQuoteList, missingRules } from './rbac/coverage.ts';
import { isMaster, type Subject } from './subject.ts';

export interface GrantWrite {
  readonly kind: KindDefinition;
  readonly namespace: string;
  /** As the request names it: empty in a create. */
  readonly requestName: string;
  readonly object: KubernetesObject;
  /** Undefined for a new object. */
  readonly old: KubernetesObject | undefined;
}

type Power = Pick<Authorizer, 'decide' | 'rulesFor' | 'rulesOf'>;

const group = 'rbac.authorization.k8s.io';
const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** @throws ApiError Forbidden, or NotFound for a role that is not there */
export function admitGrant(power: Power, user: Subject, write: GrantWrite): void {
  if (write.kind.group !== group || isMaster(user)) return;
  if (write.old !== undefined && differsInOwnersOnly(write.object, write.old)) return;
  switch (write.kind.resource) {
    case 'roles':
    case 'clusterroles':
      admitRole(power, user, write);
      return;
    case 'rolebindings':
    case 'clusterrolebindings':
      admitBinding(power, user, write);
      return;
    default:
  }
}

/** What the garbage collector needs to write gives nobody anything. */
function differsInOwnersOnly(object: KubernetesObject, old: KubernetesObject): boolean {
  const without = ({ metadata, ...rest }: KubernetesObject) => {
    const { ownerReferences: _owners, finalizers: _finalizers, ...meta } = metadata;
    const { managedFields: _fields, ...others } = meta;
    return { ...rest, metadata: others };
  };
  return !deepEqual(object, old) && deepEqual(without(object), without(old));
}

function admitRole(power: Power, user: Subject, write: GrantWrite): void {
  const { kind, namespace, requestName, object, old } = write;
  const { allowed } = power.decide(user, {
    verb: 'escalate',
    group,
    resource: kind.resource,
    subresource: '',
    namespace,
    name: requestName,
    path: '',
  });
  if (allowed) return;
  requireHeld(power, user, { ...write, rules: (object as Role).rules ?? [] });
  if (!isAggregated(object) && !isAggregated(old)) return;
  // Whatever is labelled later would be gathered too.
  if (missingRules(power.rulesFor(user, namespace).rules, everything).length === 0) return;
  const why = 'must have cluster-admin privileges to use the aggregationRule';
  throw forbiddenError(kind, object.metadata.name, why);
}

const isAggregated = (role: ClusterRole | undefined): boolean =>
  (role?.aggregationRule?.clusterRoleSelectors ?? []).length > 0;

function admitBinding(power: Power, user: Subject, write: GrantWrite): void {
  const { namespace, object } = write;
  const { roleRef } = object as ClusterRoleBinding | RoleBinding;
  const resource = roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
  const { allowed } = power.decide(user, {
    verb: 'bind',
    group: roleRef.apiGroup,
    resource,
    subresource: '',
    namespace,
    name: roleRef.name,
    path: '',
  });
  if (allowed) return;
  const rules = power.rulesOf(roleRef, namespace);
  if (rules === undefined) throw notFoundError({ group, resource }, roleRef.name);
  requireHeld(power, user, { ...write, rules });
}

function requireHeld(
  power: Power,
  user: Subject,
  grant: GrantWrite & { readonly rules: readonly PolicyRule[] },
): void {
  const { kind, namespace, object, rules } = grant;
  const held = power.rulesFor(user, namespace);
  const missing = missingRules(held.rules, rules);
  if (missing.length === 0) return;
  const { problems } = held;
  const resolution = problems.length === 0 ? '' : `; resolution errors: [${problems.join(', ')}]`;
  const why = `user ${goQuote(user.user)} (groups=${goQuoteList(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${describeRules(missing)}${resolution}`;
  throw forbiddenError(kind, object.metadata.name, why);
}
