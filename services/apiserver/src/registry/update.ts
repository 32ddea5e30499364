/**
 * Updates and patches: optimistic, against the object as it is now, repeated when it changes meanwhile
 * unless the client named a version.
 */
import {
  beforePartUpdate,
  beforeStatusUpdate,
  beforeUpdate,
  reasonOf,
  validateNamespaceFinalizers,
  type FieldError,
  type KindDefinition,
  type KubernetesObject,
  type Namespace,
  type Service,
} from '@drydock/api';
import { refusalFor } from '../authz/attributes.ts';
import { admitGrant } from '../authz/escalation.ts';
import { leaseFor } from '../storage/event-leases.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { admitWrite, mutateUpdate } from './admission/admission.ts';
import { admitCertificateWrite } from './admission/certificate-signers.ts';
import { admitNodeWrite } from './admission/node-restriction.ts';
import type { Create } from './create.ts';
import { isRemovedBy } from './deletion.ts';
import { checkVersion, placeObject, refuse } from './object-checks.ts';
import type { RegistryOptions } from './options.ts';
import { keepTimesOfOwners, ownersAfter, setOwners } from './owners.ts';
import { planRemoval } from './remove.ts';
import type { Target, UpdateAsk, UpdatePart, WriteOptions, Writing } from './requests.ts';
import { isService } from './services/addresses.ts';
import type { ChangePlan } from './store.ts';
import { warnOf } from './warnings.ts';

/** An apply meets an object that comes and goes this often. */
const applyAttemptsMax = 5;

export type Update = (
  target: Target,
  ask: UpdateAsk,
  options: WriteOptions,
) => Promise<{ object: StoredObject; created: boolean }>;

export function createUpdate(options: RegistryOptions, create: Create): Update {
  const { store, authorizer, clock, addresses, eventLeases, view } = options;

  /** A PUT that makes an object is a create to whoever judges it. */
  const requireCreate = ({ kind, namespace, name }: Target, { user }: WriteOptions): void => {
    const { group, resource } = kind;
    const place = { group, resource, subresource: '', namespace, name, path: '' };
    const attributes = { ...place, verb: 'create' };
    const { allowed, reason } = authorizer.decide(user, attributes);
    if (!allowed) throw refusalFor(user.user, attributes, reason);
  };

  const planUpdate = async (
    target: Target,
    current: StoredObject,
    ask: UpdateAsk,
    { write, bill, decidesOwners }: Writing,
  ): Promise<ChangePlan> => {
    const { kind } = target;
    const object = await ask.make(current);
    placeObject(target, object);
    const old = current.parse();
    if (ask.part === 'all') {
      const { namespace, name: requestName } = target;
      admitGrant(authorizer, write.user, { kind, namespace, requestName, object, old });
    }
    checkVersion(target, object, old);
    const wallTime = clock.wallTime();
    if (ask.part === 'finalize') {
      const finalizers = (object as Namespace).spec.finalizers ?? [];
      refuse(kind, object, validateNamespaceFinalizers(finalizers));
      const namespace = structuredClone(old) as Namespace;
      namespace.spec = finalizers.length === 0 ? {} : { finalizers };
      setOwners(
        namespace,
        ownersAfter(target, { old, object: namespace }, { part: 'finalize', write, wallTime }),
      );
      return isRemovedBy(namespace) ? { kind: 'remove' } : { kind: 'put', object: namespace };
    }
    if (ask.part === 'decided') return { kind: 'put', object };
    kind.setDefaults(object);
    const owners = decidesOwners
      ? object.metadata.managedFields
      : ownersAfter(target, { old, object }, { part: ask.part, write, wallTime });
    if (isService(kind) && ask.part === 'all') addresses.inherit(object as Service, old as Service);
    mutateUpdate(object, old, wallTime);
    refuse(kind, object, prepareUpdate(kind, ask.part, { object, old, wallTime }));
    if (ask.part === 'all') warnOf(kind, { object, old }, write);
    setOwners(object, owners);
    keepTimesOfOwners(object, old);
    const { part } = ask;
    admitNodeWrite(write.user, { target, object, old, part });
    admitCertificateWrite(authorizer, write.user, { target, object, old, part });
    if (ask.part === 'all') {
      admitWrite({ target, object, view }, old);
      await bill({ target, object, old, dryRun: write.dryRun });
    }
    if (isRemovedBy(object)) return planRemoval(object, addresses);
    if (!isService(kind) || ask.part !== 'all') return { kind: 'put', object };
    const attachment = await addresses.assign(object as Service, old as Service);
    return { kind: 'put', object, attachment };
  };

  return async (target, ask, write) => {
    const { decidesOwners = false } = ask;
    const writing = { write, bill: options.quotas.openBill(), decidesOwners };
    for (let attempt = 1; ; attempt += 1) {
      try {
        const changed = await store.change(
          target,
          (current) => planUpdate(target, current, ask, writing),
          { dryRun: write.dryRun, ...(await leaseFor(target.kind, eventLeases)) },
        );
        return { object: changed.object, created: false };
      } catch (error) {
        const creates = decidesOwners || target.kind.allowCreateOnUpdate;
        if (reasonOf(error) !== 'NotFound' || !creates || ask.makeNew === undefined) throw error;
      }
      requireCreate(target, write);
      try {
        return { object: await create(target, ask.makeNew(), writing), created: true };
      } catch (error) {
        // Someone else has created it meanwhile: there is something to apply to now.
        const isThere = decidesOwners && reasonOf(error) === 'AlreadyExists';
        if (!isThere || attempt >= applyAttemptsMax) throw error;
      }
    }
  };
}

function prepareUpdate(
  kind: KindDefinition,
  part: UpdatePart,
  change: {
    readonly object: KubernetesObject;
    readonly old: KubernetesObject;
    readonly wallTime: number;
  },
): FieldError[] {
  const { object, old, wallTime } = change;
  if (part === 'all') return beforeUpdate(kind, object, old);
  if (part === 'status') return beforeStatusUpdate(kind, object, old, { wallTime });
  return beforePartUpdate(kind, part, change);
}
