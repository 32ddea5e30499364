/**
 * Whether a request is allowed: the one place that both doors, the reviews and the registry ask.
 *
 * 1. The order is upstream's: system:masters, then what a node may do as a node, then the roles. The
 *    first that allows decides; nobody forbids.
 * 2. Until the default roles are stored, a request that needs a role waits for them, and is told that
 *    the server is not ready when they do not come: 403 would be believed. Paths that are no resources
 *    are judged by the default roles meanwhile, so that health can be asked for.
 */
import { findResource, serviceUnavailableError, type PolicyRule, type RoleRef } from '@drydock/api';
import type { Clock, Logger, Millis } from '@drydock/ports';
import { nodeRole } from '../bootstrap/policy/component-roles.ts';
import { defaultPolicy } from '../bootstrap/policy/policy.ts';
import type { Cacher } from '../cacher/cacher.ts';
import { refusalFor, type Decision, type RequestAttributes } from './attributes.ts';
import { createNodeAuthorizer, nodeNameOf } from './node/node-authorizer.ts';
import { NodePods, feedNodePods } from './node/node-pods.ts';
import { feedPolicy } from './rbac/policy-feed.ts';
import { Policy, type RuleSet } from './rbac/policy.ts';
import { isMaster, type Subject } from './subject.ts';

export interface Authorizer {
  /** By what is known now. */
  decide(subject: Subject, attributes: RequestAttributes): Decision;
  /** @throws ApiError Forbidden, or ServiceUnavailable while the roles are not known */
  authorize(subject: Subject, attributes: RequestAttributes): Promise<void>;
  /** All that roles allow someone in a namespace, or cluster-wide with an empty one. */
  rulesFor(subject: Subject, namespace: string): RuleSet;
  /** What a binding in a namespace gives; undefined when its role is not there. */
  rulesOf(roleRef: RoleRef, namespace: string): readonly PolicyRule[] | undefined;
  readonly isOpen: boolean;
  /** The roles are stored. */
  open(): void;
}

export interface AuthorizerOptions {
  readonly cacher: Cacher;
  readonly clock: Clock;
  readonly log: Logger;
}

const openMillisMax: Millis = 3_000;
const allowed: Decision = { allowed: true, reason: '' };

export function createAuthorizer({ cacher, clock, log }: AuthorizerOptions): Authorizer {
  const policy = new Policy();
  const pods = new NodePods();
  feedPolicy(policy, cacher, log);
  feedNodePods(pods, cacher);
  const defaults = new Policy();
  for (const role of defaultPolicy.roles) defaults.setRole(role);
  for (const binding of defaultPolicy.bindings) defaults.setBinding(binding);
  const nodes = createNodeAuthorizer({
    pods,
    find: ({ group, resource }, namespace, name) => {
      const kind = findResource(group, resource);
      return kind === undefined ? undefined : cacher.of(kind).get(namespace, name)?.parse();
    },
    rules: nodeRole.rules ?? [],
  });
  const opening = Promise.withResolvers<void>();
  let isOpen = false;

  const decide = (subject: Subject, attributes: RequestAttributes): Decision => {
    if (isMaster(subject)) return allowed;
    const ofNode = nodes.decide(subject, attributes);
    if (ofNode?.allowed === true) return ofNode;
    const roles = !isOpen && attributes.resource === '' ? defaults : policy;
    const ofRoles = roles.decide(subject, attributes);
    if (ofRoles.allowed || ofNode === undefined) return ofRoles;
    const reasons = [ofNode.reason, ofRoles.reason].filter((reason) => reason !== '');
    return { allowed: false, reason: reasons.join('\n') };
  };

  const waitUntilOpen = async () => {
    const timer = new AbortController();
    const late = clock.sleep(openMillisMax, { signal: timer.signal }).then(
      () => false,
      () => false,
    );
    const inTime = await Promise.race([opening.promise.then(() => true), late]);
    timer.abort();
    if (!inTime) {
      throw serviceUnavailableError('the roles of the cluster are not stored yet');
    }
  };

  return {
    decide,
    authorize: async (subject, attributes) => {
      if (!isOpen && attributes.resource !== '' && !isMaster(subject)) await waitUntilOpen();
      const { allowed: isAllowed, reason } = decide(subject, attributes);
      if (!isAllowed) throw refusalFor(subject.user, attributes, reason);
    },
    rulesFor: (subject, namespace) => {
      const found = policy.rulesFor(subject, namespace);
      if (nodeNameOf(subject) === undefined) return found;
      const problem = 'node authorizer does not support user rule resolution';
      return { ...found, problems: [problem, ...found.problems], isIncomplete: true };
    },
    rulesOf: (roleRef, namespace) => policy.rulesOf(roleRef, namespace),
    get isOpen() {
      return isOpen;
    },
    open: () => {
      isOpen = true;
      opening.resolve();
    },
  };
}
