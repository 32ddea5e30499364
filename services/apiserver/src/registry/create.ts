/** Creates: defaults, admission, the kind's preparation and validation, addresses, one transaction. */
import { randomUUID } from 'node:crypto';
import {
  alreadyExistsError,
  beforeCreate,
  conflictError,
  findResource,
  type KubernetesObject,
  type Namespace,
  type Node,
  type Service,
} from '@drydock/api';
import { admitGrant } from '../authz/escalation.ts';
import { leaseFor } from '../storage/event-leases.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { admitIntoNamespace, admitWrite, mutateNew, validateNew } from './admission/admission.ts';
import { admitCertificateWrite } from './admission/certificate-signers.ts';
import { admitMirrorPod } from './admission/mirror-pods.ts';
import { admitNodeWrite } from './admission/node-restriction.ts';
import { placeObject, refuse } from './object-checks.ts';
import type { RegistryOptions } from './options.ts';
import { ownNew } from './owners.ts';
import type { Target, Writing } from './requests.ts';
import { isService } from './services/addresses.ts';
import { warnOf } from './warnings.ts';

/** A generated name that is taken is generated anew this often. */
const nameAttemptsMax = 8;
const attachmentAttemptsMax = 50;

/** Addresses that were free when they were chosen have been taken since. */
class RetryCreate extends Error {}

export type Create = (
  target: Target,
  object: KubernetesObject,
  writing: Writing,
) => Promise<StoredObject>;

export function createCreate(options: RegistryOptions): Create {
  const { store, cacher, authorizer, clock, random, addresses, eventLeases, view } = options;
  const randomBelow = (bound: number) => random.between(0, bound - 1);

  const checkNamespace = async (target: Target): Promise<void> => {
    if (!target.kind.namespaced) return;
    const place = { kind: findResource('', 'namespaces')!, namespace: '', name: target.namespace };
    const found = store.cached(place) ?? (await store.read(place));
    admitIntoNamespace(target, found?.shared<Namespace>());
  };

  const nodeNamed = async (name: string): Promise<Node | undefined> => {
    const place = { kind: findResource('', 'nodes')!, namespace: '', name };
    return (store.cached(place) ?? (await store.read(place)))?.shared<Node>();
  };

  const create = async (
    asked: Target,
    object: KubernetesObject,
    { write, bill, decidesOwners }: Writing,
  ): Promise<StoredObject> => {
    const { kind } = asked;
    placeObject(asked, object);
    const generates = object.metadata.name === '' && !!object.metadata.generateName;
    kind.setDefaults(object);
    const owners = decidesOwners
      ? undefined
      : ownNew(asked, object, { write, wallTime: clock.wallTime() });
    // What admission asks about the rest of the cluster is in the cache.
    await cacher.waitFor(undefined);
    mutateNew({ target: asked, object, view }, write.user);
    const named = { ...asked, name: object.metadata.name };
    await checkNamespace(named);
    await options.serviceAccounts?.admit(named, object);
    const { namespace, name: requestName } = asked;
    const grant = { kind, namespace, requestName, object, old: undefined };
    admitGrant(authorizer, write.user, grant);
    const lease = write.dryRun ? {} : await leaseFor(kind, eventLeases);
    for (let attempt = 1; ; attempt += 1) {
      if (generates) object.metadata.name = '';
      const context = { uid: randomUUID(), wallTime: clock.wallTime(), randomBelow };
      refuse(kind, object, [...beforeCreate(kind, object, context), ...validateNew(object)]);
      warnOf(kind, { object, old: undefined }, write);
      const target = { ...asked, name: object.metadata.name };
      admitNodeWrite(write.user, { target, object, old: undefined, part: 'all' });
      await admitMirrorPod(write.user, { target, object }, nodeNamed);
      admitWrite({ target, object, view }, undefined);
      const certificate = { target, object, old: undefined, part: 'all' } as const;
      admitCertificateWrite(authorizer, write.user, certificate);
      await bill({ target, object, old: undefined, dryRun: write.dryRun });
      const attachment = isService(kind)
        ? await addresses.assign(object as Service, undefined)
        : undefined;
      const outcome = await store.create(target, object, {
        attachment,
        owners,
        dryRun: write.dryRun,
        ...lease,
      });
      if (outcome === 'exists' && !(generates && attempt < nameAttemptsMax)) {
        throw alreadyExistsError(kind, target.name);
      }
      if (outcome === 'retry' && attempt >= attachmentAttemptsMax) {
        throw conflictError(kind, target.name);
      }
      if (typeof outcome === 'object') return outcome;
      // Addresses that were chosen here are chosen anew; what the client chose must stay.
      if (outcome === 'retry' && isService(kind)) throw new RetryCreate();
    }
  };

  return async (
    target: Target,
    object: KubernetesObject,
    writing: Writing,
  ): Promise<StoredObject> => {
    const original = isService(target.kind) ? structuredClone(object) : undefined;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const wanted = attempt === 0 ? object : structuredClone(original!);
        return await create(target, wanted, writing);
      } catch (error) {
        if (!(error instanceof RetryCreate)) throw error;
        if (attempt >= attachmentAttemptsMax) throw conflictError(target.kind, target.name);
      }
    }
  };
}
