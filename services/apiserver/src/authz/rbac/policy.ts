/**
 * All roles and bindings, indexed by whom they concern, so that a decision looks at the bindings of the
 * one who asks and at no others. Pure.
 *
 * 1. What no rule allows is not allowed; rules of all bindings add up.
 * 2. A ClusterRoleBinding counts everywhere, a RoleBinding in its namespace, whatever kind its role is.
 * 3. An aggregated ClusterRole is worth the rules that are stored in it: a controller puts them there.
 * 4. A binding to a role that is not there allows nothing, and a refusal says so.
 *
 * Source: upstream's rbac authorizer and rule resolver.
 */
import {
  goQuote,
  type ClusterRole,
  type ClusterRoleBinding,
  type PolicyRule,
  type Role,
  type RoleBinding,
  type RoleRef,
  type Subject as BoundSubject,
} from '@drydock/api';
import { wholeResource, type Decision, type RequestAttributes } from '../attributes.ts';
import { serviceAccountUser, type Subject } from '../subject.ts';
import { ruleAllows } from './rules.ts';

/** One binding, seen from one of its subjects. */
interface Grant {
  /** The binding, by which it is found again. */
  readonly binding: string;
  readonly roleRef: RoleRef;
  /** Of the binding; empty for the whole cluster. */
  readonly namespace: string;
  /** Made once: the answer when this grant decides. */
  readonly allowed: Decision;
}

/** The rules of a role, by the resource that they name. */
interface IndexedRole {
  readonly rules: readonly PolicyRule[];
  readonly byResource: ReadonlyMap<string, readonly PolicyRule[]>;
  /** Rules for paths, and those whose resources are patterns. */
  readonly others: readonly PolicyRule[];
}

/** Grants by the names of users and of groups. */
interface Grants {
  readonly users: Map<string, Grant[]>;
  readonly groups: Map<string, Grant[]>;
}

const noGrants: readonly Grant[] = [];
const noRules: readonly PolicyRule[] = [];

export interface RuleSet {
  readonly rules: readonly PolicyRule[];
  /** Why there may be more: roles that are bound and not there. */
  readonly problems: readonly string[];
  /** Not all that decides can be told as rules. */
  readonly isIncomplete: boolean;
}

const placeOf = (namespace: string, name: string) => `${namespace}/${name}`;

export class Policy {
  /** By namespace (empty for ClusterRoles) and name. */
  readonly #roles = new Map<string, IndexedRole>();
  readonly #bindings = new Map<string, readonly BoundSubject[]>();
  /** By namespace; empty for the whole cluster. */
  readonly #grants = new Map<string, Grants>();

  setRole(role: Role | ClusterRole): void {
    const { name, namespace = '' } = role.metadata;
    this.#roles.set(placeOf(namespace, name), indexRole(role.rules ?? []));
  }

  deleteRole(namespace: string, name: string): void {
    this.#roles.delete(placeOf(namespace, name));
  }

  setBinding(binding: RoleBinding | ClusterRoleBinding): void {
    const { name, namespace = '' } = binding.metadata;
    this.deleteBinding(namespace, name);
    const subjects = binding.subjects ?? [];
    this.#bindings.set(placeOf(namespace, name), subjects);
    for (const subject of subjects) {
      const names = this.#namesOf(namespace, subject);
      if (names === undefined) continue;
      const { list, key } = names;
      const grant = grantOf(binding, subject);
      const known = list.get(key);
      if (known === undefined) list.set(key, [grant]);
      else if (!known.some((one) => one.binding === grant.binding)) known.push(grant);
    }
  }

  deleteBinding(namespace: string, name: string): void {
    const binding = placeOf(namespace, name);
    for (const subject of this.#bindings.get(binding) ?? []) {
      const names = this.#namesOf(namespace, subject);
      if (names === undefined) continue;
      const { list, key } = names;
      const left = (list.get(key) ?? []).filter((grant) => grant.binding !== binding);
      if (left.length === 0) list.delete(key);
      else list.set(key, left);
    }
    this.#bindings.delete(binding);
  }

  decide(subject: Subject, attributes: RequestAttributes): Decision {
    const problems = new Set<string>();
    const whole = wholeResource(attributes);
    for (const grant of this.#grantsFor(subject, attributes.namespace)) {
      const role = this.#roleOf(grant.roleRef, grant.namespace);
      if (role === undefined) problems.add(missing(grant.roleRef));
      else if (
        (role.byResource.get(whole) ?? noRules).some((rule) => ruleAllows(rule, attributes)) ||
        role.others.some((rule) => ruleAllows(rule, attributes))
      ) {
        return grant.allowed;
      }
    }
    const texts = [...problems];
    if (texts.length === 0) return { allowed: false, reason: '' };
    const aggregate = texts.length === 1 ? texts[0]! : `[${texts.join(', ')}]`;
    return { allowed: false, reason: `RBAC: ${aggregate}` };
  }

  /** All that someone may do in a namespace, or cluster-wide with an empty one. */
  rulesFor(subject: Subject, namespace: string): RuleSet {
    const rules: PolicyRule[] = [];
    const problems = new Set<string>();
    const seen = new Set<string>();
    for (const grant of this.#grantsFor(subject, namespace)) {
      if (seen.has(grant.binding)) continue;
      seen.add(grant.binding);
      const role = this.#roleOf(grant.roleRef, grant.namespace);
      if (role === undefined) problems.add(missing(grant.roleRef));
      else rules.push(...role.rules);
    }
    return { rules, problems: [...problems], isIncomplete: problems.size > 0 };
  }

  /** What a binding in a namespace (empty: of the cluster) gives. Undefined: there is no such role. */
  rulesOf(roleRef: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
    return this.#roleOf(roleRef, namespace)?.rules;
  }

  #roleOf({ kind, name }: RoleRef, namespace: string): IndexedRole | undefined {
    return this.#roles.get(placeOf(kind === 'Role' ? namespace : '', name));
  }

  *#grantsFor({ user, groups }: Subject, namespace: string): Generator<Grant> {
    for (const scope of namespace === '' ? [''] : ['', namespace]) {
      const grants = this.#grants.get(scope);
      if (grants === undefined) continue;
      yield* grants.users.get(user) ?? noGrants;
      for (const group of groups) yield* grants.groups.get(group) ?? noGrants;
    }
  }

  /** The list that a subject's grants are in, and under which name; undefined for an unknown kind. */
  #namesOf(namespace: string, { kind, name, namespace: own }: BoundSubject) {
    let grants = this.#grants.get(namespace);
    if (grants === undefined) {
      grants = { users: new Map(), groups: new Map() };
      this.#grants.set(namespace, grants);
    }
    switch (kind) {
      case 'User':
        return { list: grants.users, key: name };
      case 'Group':
        return { list: grants.groups, key: name };
      case 'ServiceAccount': {
        const user = serviceAccountUser({ namespace: own || namespace, name });
        return { list: grants.users, key: user };
      }
      default:
        return undefined;
    }
  }
}

function indexRole(rules: readonly PolicyRule[]): IndexedRole {
  const byResource = new Map<string, PolicyRule[]>();
  const others: PolicyRule[] = [];
  for (const rule of rules) {
    const resources = new Set(rule.resources ?? []);
    const isPattern = [...resources].some((one) => one.startsWith('*'));
    if (isPattern || resources.size === 0) {
      others.push(rule);
      continue;
    }
    for (const resource of resources) {
      const known = byResource.get(resource);
      if (known === undefined) byResource.set(resource, [rule]);
      else known.push(rule);
    }
  }
  return { rules, byResource, others };
}

function grantOf(binding: RoleBinding | ClusterRoleBinding, subject: BoundSubject): Grant {
  const { name, namespace = '' } = binding.metadata;
  const { roleRef } = binding;
  const place = namespace === '' ? name : `${name}/${namespace}`;
  const whom =
    subject.kind === 'ServiceAccount'
      ? `${subject.name}/${subject.namespace || namespace}`
      : subject.name;
  const reason = `RBAC: allowed by ${binding.kind} ${goQuote(place)} of ${roleRef.kind} ${goQuote(roleRef.name)} to ${subject.kind} ${goQuote(whom)}`;
  return {
    binding: placeOf(namespace, name),
    roleRef,
    namespace,
    allowed: { allowed: true, reason },
  };
}

const missing = ({ kind, name }: RoleRef) =>
  `${kind.toLowerCase()}.rbac.authorization.k8s.io ${goQuote(name)} not found`;
