/**
 * The API of a test: objects in memory behind the client's interface, with as much of a server's
 * behaviour as an agent meets: resource versions, uid preconditions, graceful deletion.
 */
import {
  ApiError,
  applyStrategicMergePatch,
  findResource,
  type Event,
  type KubernetesObject,
  type Node,
  type ObjectReference,
  type Pod,
  type TokenRequestSpec,
} from '@drydock/api';
import type { ApiClient, EventRecorder, Resource } from '@drydock/client';

export interface TokenAsk {
  readonly serviceAccount: string;
  readonly spec: Partial<TokenRequestSpec>;
}

export interface ToyApi {
  readonly client: ApiClient;
  readonly recorder: EventRecorder;
  /** `reason: message` of what was recorded, in order. */
  readonly events: readonly string[];
  put(resource: string, object: KubernetesObject): void;
  pod(name: string): Pod | undefined;
  pods(): readonly Pod[];
  node(name: string): Node | undefined;
  /** What tokens were asked for, in order; the nth one is `token-n`. */
  readonly tokenRequests: readonly TokenAsk[];
  /** From now on tokens are refused with this message; undefined: given again. */
  refuseTokens(message: string | undefined): void;
  /** While it is away every call fails, and nothing changes. */
  isAway: boolean;
  /** As a user deletes a pod: the object stays until its agent lets it go. */
  deletePod(name: string, gracePeriodSeconds: number): void;
  /** Tells of every change of a pod, from now on. */
  onPod(handler: (pod: Pod, isGone: boolean) => void): void;
}

const failure = (code: number, reason: string, message: string) =>
  new ApiError({
    apiVersion: 'v1',
    kind: 'Status',
    metadata: {},
    status: 'Failure',
    code,
    reason,
    message,
  });

/** @param wallTime of tokens */
export function createToyApi(wallTime: () => number = Date.now): ToyApi {
  const objects = new Map<string, KubernetesObject>();
  const events: string[] = [];
  const tokenRequests: TokenAsk[] = [];
  let tokenRefusal: string | undefined;
  const handlers = new Set<(pod: Pod, isGone: boolean) => void>();
  let version = 0;

  const keyOf = (
    resource: string,
    { namespace = '', name }: { namespace?: string; name: string },
  ) => `${resource}/${namespace}/${name}`;
  const find = (resource: string, name: { namespace?: string | undefined; name: string }) => {
    const key = keyOf(resource, name as { namespace?: string; name: string });
    const object = objects.get(key);
    if (object === undefined) {
      throw failure(404, 'NotFound', `${resource} "${name.name}" not found`);
    }
    return { key, object };
  };
  const store = <T extends KubernetesObject>(resource: string, object: T): T => {
    const stored = structuredClone(object);
    stored.metadata.uid ??= `uid-${version}`;
    stored.metadata.resourceVersion = String(++version);
    objects.set(keyOf(resource, stored.metadata), stored);
    if (resource === 'pods') tell(stored as unknown as Pod, false);
    return stored;
  };
  const tell = (pod: Pod, isGone: boolean) => {
    for (const handler of handlers) handler(pod, isGone);
  };
  const client: Pick<ApiClient, 'get' | 'create' | 'update' | 'patch' | 'delete' | 'requestToken'> =
    {
      requestToken: async ({ namespace = '', name }, spec) => {
        await Promise.resolve();
        if (tokenRefusal !== undefined) throw failure(500, 'InternalError', tokenRefusal);
        tokenRequests.push({ serviceAccount: `${namespace}/${name}`, spec });
        const { audiences = [], expirationSeconds = 3_600 } = spec;
        const expiresAt = wallTime() + expirationSeconds * 1_000;
        return {
          apiVersion: 'authentication.k8s.io/v1',
          kind: 'TokenRequest',
          metadata: { name, namespace },
          spec: { audiences, expirationSeconds },
          status: {
            token: `token-${tokenRequests.length}`,
            expirationTimestamp: new Date(expiresAt).toISOString(),
          },
        };
      },
      get: async <T extends KubernetesObject>(
        { resource }: Resource<T>,
        name: { namespace?: string | undefined; name: string },
      ) => {
        await Promise.resolve();
        return structuredClone(find(resource, name).object) as T;
      },
      create: async <T extends KubernetesObject>({ resource }: Resource<T>, object: unknown) => {
        await Promise.resolve();
        const { metadata } = object as T;
        if (objects.has(keyOf(resource, metadata))) {
          throw failure(409, 'AlreadyExists', `${resource} "${metadata.name}" already exists`);
        }
        return store(resource, object as T);
      },
      update: async <T extends KubernetesObject>({ resource }: Resource<T>, object: T) => {
        await Promise.resolve();
        find(resource, object.metadata);
        return store(resource, object);
      },
      patch: async <T extends KubernetesObject>(
        { group, resource }: Resource<T>,
        name: { namespace?: string | undefined; name: string },
        { value }: { value: unknown },
      ) => {
        await Promise.resolve();
        const { object } = find(resource, name);
        const { uid } = (value as { metadata?: { uid?: string } }).metadata ?? {};
        if (uid !== undefined && uid !== object.metadata.uid) {
          throw failure(409, 'Conflict', 'Precondition failed: UID');
        }
        const { schema } = findResource(group, resource)!;
        return store(resource, applyStrategicMergePatch(object, value, schema) as T);
      },
      delete: async ({ resource }, name, { uid } = {}) => {
        await Promise.resolve();
        const { key, object } = find(resource, name);
        if (uid !== undefined && uid !== object.metadata.uid) {
          throw failure(409, 'Conflict', 'Precondition failed: UID');
        }
        objects.delete(key);
        if (resource === 'pods') tell(object as Pod, true);
      },
    };

  const guarded = Object.fromEntries(
    Object.entries(client).map(([verb, call]: [string, (...args: never[]) => Promise<unknown>]) => [
      verb,
      async (...args: never[]) => {
        if (toy.isAway) throw failure(503, 'ServiceUnavailable', 'the API is away');
        return call(...args);
      },
    ]),
  );
  const toy: ToyApi = {
    isAway: false,
    client: guarded as unknown as ApiClient,
    recorder: {
      record: (
        _about: KubernetesObject | ObjectReference,
        event: Pick<Event, 'reason' | 'message'>,
      ) => void events.push(`${event.reason}: ${event.message}`),
      flushed: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    },
    events,
    tokenRequests,
    refuseTokens: (message) => {
      tokenRefusal = message;
    },
    put: (resource, object) => void store(resource, object),
    pod: (name) => objects.get(`pods/default/${name}`) as Pod | undefined,
    pods: () =>
      [...objects].flatMap(([key, object]) => (key.startsWith('pods/') ? [object as Pod] : [])),
    node: (name) => objects.get(`nodes//${name}`) as Node | undefined,
    deletePod: (name, gracePeriodSeconds) => {
      const pod = structuredClone(objects.get(`pods/default/${name}`) as Pod);
      pod.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
      pod.metadata.deletionGracePeriodSeconds = gracePeriodSeconds;
      store('pods', pod);
    },
    onPod: (handler) => void handlers.add(handler),
  };
  return toy;
}
