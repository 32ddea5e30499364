/**
 * Typed access to the component API.
 *
 * 1. Every failure is an ApiError (see errors.ts), or the reason of the caller's signal.
 * 2. Every call has a deadline on the cluster clock. A call that runs into it, or finds its server
 *    unavailable, leaves that server: the next call goes to another one.
 * 3. Reads are repeated on another server within their deadline. Writes are repeated only when no
 *    connection carried them; whether any other write took effect is for its caller to find out.
 */
import type {
  KubernetesObject,
  ObjectMeta,
  Pod,
  TokenRequest,
  TokenRequestSpec,
} from '@drydock/api';
import type { Clock, Millis, Random } from '@drydock/ports';
import { objectApi, type ApiObject, type ListRequest, type Reference } from '@drydock/proto/api';
import { StatusCode, toRpcError, type ChannelSet, type Method } from '@drydock/rpc';
import { nothingHappened, toApiError, type CallSubject } from './errors.ts';
import type { Resource } from './resources.ts';
import { watchEvents, type WatchEvent } from './watch.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Cluster milliseconds; default 10,000, and 60,000 for lists. */
  readonly timeoutMillis?: Millis | undefined;
}

/** Which object; no namespace for those of the cluster. */
export interface ObjectName {
  readonly namespace?: string | undefined;
  readonly name: string;
}

/** What a create may leave to the client (apiVersion, kind) and to the server (name, uid, status, ...). */
export type NewObject<T extends KubernetesObject> = Omit<
  T,
  'apiVersion' | 'kind' | 'metadata' | 'status'
> & {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Partial<ObjectMeta>;
  readonly status?: unknown;
};

export interface Selection {
  /** All namespaces if not given. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface ListOptions extends CallOptions {
  /**
   * `'consistent'` (the default) asks the store; `'any'` takes what the server's cache has, however
   * old; a number takes a cache at least that fresh.
   */
  readonly freshness?: 'consistent' | 'any' | number;
}

export interface ObjectList<T> {
  readonly items: T[];
  /** Watch from here to miss nothing. */
  readonly resourceVersion: number;
}

interface WatchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Events after this version; 0 begins with the present objects as ADDED. */
  readonly resourceVersion: number;
}

type PatchType = 'json' | 'merge' | 'strategic';

export interface PatchOptions extends CallOptions {
  readonly subresource?: string;
}

export interface DeleteOptions extends CallOptions {
  /** Deletes only the very object that the caller saw. */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly gracePeriodSeconds?: number | undefined;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan' | undefined;
}

export interface ApiClient {
  get<T extends KubernetesObject>(
    resource: Resource<T>,
    object: ObjectName,
    options?: CallOptions & { readonly freshness?: 'consistent' | number },
  ): Promise<T>;
  list<T extends KubernetesObject>(
    resource: Resource<T>,
    selection?: Selection,
    options?: ListOptions,
  ): Promise<ObjectList<T>>;
  /** The namespace is that of the object. */
  create<T extends KubernetesObject>(
    resource: Resource<T>,
    object: NewObject<T>,
    options?: CallOptions,
  ): Promise<T>;
  /** A conflict if the object's resourceVersion is not the current one. */
  update<T extends KubernetesObject>(
    resource: Resource<T>,
    object: T,
    options?: CallOptions,
  ): Promise<T>;
  updateStatus<T extends KubernetesObject>(
    resource: Resource<T>,
    object: T,
    options?: CallOptions,
  ): Promise<T>;
  patch<T extends KubernetesObject>(
    resource: Resource<T>,
    object: ObjectName,
    patch: { readonly type: PatchType; readonly value: unknown },
    options?: PatchOptions,
  ): Promise<T>;
  /** Resolves once the server has accepted the deletion; finalizers and grace may keep the object. */
  delete<T extends KubernetesObject>(
    resource: Resource<T>,
    object: ObjectName,
    options?: DeleteOptions,
  ): Promise<void>;
  /** Ends when the server or the signal ends it; throws ApiError when it fails. */
  watch<T extends KubernetesObject>(
    resource: Resource<T>,
    selection: Selection,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<T>>;
  /** Assigns a pod to a node; a conflict if it has one already. */
  bind(pod: Pod, nodeName: string, options?: CallOptions): Promise<void>;
  /** A token of a service account; its status holds the token. */
  requestToken(
    serviceAccount: ObjectName,
    spec: Partial<TokenRequestSpec>,
    options?: CallOptions,
  ): Promise<TokenRequest>;
}

export interface ApiClientPowers {
  readonly channels: ChannelSet;
  readonly clock: Clock;
  readonly random: Random;
}

const callTimeoutMillis: Millis = 10_000;
const listTimeoutMillis: Millis = 60_000;
const attemptsMax = 4;

const patchTypes = {
  json: 'JSON_PATCH',
  merge: 'MERGE_PATCH',
  strategic: 'STRATEGIC_MERGE_PATCH',
} as const;

export function createApiClient(powers: ApiClientPowers): ApiClient {
  const call = createCaller(powers);

  const write = async <T extends KubernetesObject>(
    method: typeof objectApi.Create,
    reference: Reference,
    object: object,
    options: CallOptions,
  ): Promise<T> => {
    const request = { reference, json: encode(object), dryRun: false };
    return decode<T>(await call(method, request, { ...options, repeat: 'if-nothing-happened' }));
  };

  return {
    get: async (resource, object, options = {}) => {
      const minimumResourceVersion = typeof options.freshness === 'number' ? options.freshness : 0;
      const request = { reference: referenceTo(resource, object), minimumResourceVersion };
      return decode(await call(objectApi.Get, request, { ...options, repeat: 'yes' }));
    },
    list: async (resource, selection = {}, options = {}) => {
      const response = await call(objectApi.List, listRequest(resource, selection, options), {
        signal: options.signal,
        timeoutMillis: options.timeoutMillis ?? listTimeoutMillis,
        repeat: 'yes',
      });
      return {
        items: response.items.map((bytes) => parse(bytes)),
        resourceVersion: response.resourceVersion,
      };
    },
    create: (resource, object, options = {}) => {
      const { namespace, name = '' } = object.metadata;
      const whole = {
        apiVersion: apiVersionOf(resource),
        kind: resource.kind,
        ...object,
      };
      return write(objectApi.Create, referenceTo(resource, { namespace, name }), whole, options);
    },
    update: (resource, object, options = {}) =>
      write(objectApi.Update, referenceTo(resource, object.metadata), object, options),
    updateStatus: (resource, object, options = {}) =>
      write(objectApi.Update, referenceTo(resource, object.metadata, 'status'), object, options),
    patch: async (resource, object, patch, options = {}) => {
      const request = {
        reference: referenceTo(resource, object, options.subresource),
        type: patchTypes[patch.type],
        patch: encode(patch.value),
        dryRun: false,
      };
      const repeat = 'if-nothing-happened' as const;
      return decode(await call(objectApi.Patch, request, { ...options, repeat }));
    },
    delete: async (resource, object, options = {}) => {
      const reference = referenceTo(resource, object);
      const request = { reference, optionsJson: deleteOptions(options) };
      await call(objectApi.Delete, request, { ...options, repeat: 'if-nothing-happened' });
    },
    watch: (resource, selection, options) =>
      watchEvents(powers.channels, resource, {
        reference: referenceTo(resource, { namespace: selection.namespace, name: '' }),
        labelSelector: selection.labelSelector ?? '',
        fieldSelector: selection.fieldSelector ?? '',
        resourceVersion: options.resourceVersion,
        signal: options.signal,
      }),
    bind: async (pod, nodeName, options = {}) => {
      const { namespace, name, uid } = pod.metadata;
      const reference = { ...referenceTo(podResource, pod.metadata), subresource: 'binding' };
      const binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: nodeName },
      };
      const request = { reference, json: encode(binding), dryRun: false };
      await call(objectApi.Create, request, { ...options, repeat: 'if-nothing-happened' });
    },
    requestToken: (serviceAccount, spec, options = {}) => {
      const { name, namespace } = serviceAccount;
      const request = {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        metadata: { name, namespace },
        spec,
      };
      const reference = referenceTo(serviceAccountResource, serviceAccount, 'token');
      return write(objectApi.Create, reference, request, options);
    },
  };
}

const serviceAccountResource = {
  group: '',
  version: 'v1',
  resource: 'serviceaccounts',
  namespaced: true,
};
const podResource = { group: '', version: 'v1', resource: 'pods', namespaced: true };

/** `v1` or `apps/v1`. */
export function apiVersionOf(resource: {
  readonly group: string;
  readonly version: string;
}): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
}

function referenceTo(
  resource: Pick<Resource<KubernetesObject>, 'group' | 'version' | 'resource' | 'namespaced'>,
  object: ObjectName,
  subresource = '',
): Reference {
  return {
    group: resource.group,
    version: resource.version,
    resource: resource.resource,
    namespace: resource.namespaced ? (object.namespace ?? '') : '',
    name: object.name,
    subresource,
  };
}

function listRequest(
  resource: Resource<KubernetesObject>,
  selection: Selection,
  { freshness = 'consistent' }: ListOptions,
): ListRequest {
  return {
    reference: referenceTo(resource, { namespace: selection.namespace, name: '' }),
    labelSelector: selection.labelSelector ?? '',
    fieldSelector: selection.fieldSelector ?? '',
    minimumResourceVersion: typeof freshness === 'number' ? freshness : 0,
    anyVersion: freshness === 'any',
  };
}

function deleteOptions(options: DeleteOptions): Buffer {
  const { uid, resourceVersion, gracePeriodSeconds, propagationPolicy } = options;
  return encode({
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    ...(uid === undefined && resourceVersion === undefined
      ? {}
      : { preconditions: { uid, resourceVersion } }),
    gracePeriodSeconds,
    propagationPolicy,
  });
}

const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const parse = <T>(bytes: Buffer): T => JSON.parse(bytes.toString()) as T;
const decode = <T>(object: ApiObject): T => parse<T>(object.json);

/** No answer came; CANCELLED is how a server that shuts down says it. */
const lostCodes: ReadonlySet<StatusCode> = new Set([
  StatusCode.UNAVAILABLE,
  StatusCode.DEADLINE_EXCEEDED,
  StatusCode.CANCELLED,
]);

interface RepeatOptions extends CallOptions {
  readonly repeat: 'yes' | 'if-nothing-happened';
}

type AnyRequest = { readonly reference?: Reference | null };

/** Calls with deadline, failover and repetition; see the invariants above. */
function createCaller({ channels, clock, random }: ApiClientPowers) {
  return async <Request extends AnyRequest, Response>(
    method: Method<Request, Response>,
    request: Request,
    options: RepeatOptions,
  ): Promise<Response> => {
    const { signal, repeat, timeoutMillis = callTimeoutMillis } = options;
    const deadline = clock.now() + timeoutMillis;
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      // A read leaves time for a second server when the first one hangs.
      const share = repeat === 'yes' && attempt === 1 ? 0.5 : 1;
      const endpoint = channels.endpoint;
      try {
        return await channels.unary(method, request, {
          timeoutMillis: Math.max(1, (deadline - clock.now()) * share),
          ...(signal === undefined ? {} : { signal }),
        });
      } catch (thrown) {
        signal?.throwIfAborted();
        const error = toApiError(thrown, subjectOf(request.reference));
        const { code } = toRpcError(error.cause);
        if (
          code !== StatusCode.UNAVAILABLE &&
          lostCodes.has(code) &&
          channels.endpoint === endpoint
        ) {
          channels.moveOn();
        }
        const failedToReach = lostCodes.has(code);
        const mayRepeat = repeat === 'yes' ? failedToReach : nothingHappened(error);
        const pause = attempt === 1 ? 0 : 50 * 2 ** attempt * (0.5 + random.float());
        const inTime = clock.now() + pause < deadline;
        if (!mayRepeat || attempt >= attemptsMax || !inTime) throw error;
        await clock.sleep(pause, signal === undefined ? {} : { signal });
      }
    }
  };
}

function subjectOf(reference: Reference | null | undefined): CallSubject {
  const { group = '', resource = '', name = '' } = reference ?? {};
  return { group, resource, name };
}
