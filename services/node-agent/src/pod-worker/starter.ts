/**
 * Starts one container: its image, its volumes and references, then create and start.
 *
 * 1. Every failure is a StartFailure with the waiting reason that people see; nothing is left half
 *    done that the next try could not replace.
 */
import type { Container, Pod, Service } from '@drydock/api';
import type { ApiClient } from '@drydock/client';
import type { Clock, Millis } from '@drydock/ports';
import { containerConfig } from '../pod-lifecycle/container-config.ts';
import { ContainerConfigError, environmentOf } from '../pod-lifecycle/environment.ts';
import { ephemeralContainersOf, instancesOf } from '../pod-lifecycle/pod-facts.ts';
import type { SeccompSettings } from '../pod-lifecycle/profiles.ts';
import { serviceVariables } from '../pod-lifecycle/service-variables.ts';
import type {
  ContainerConfig,
  ImageStatus,
  RuntimeService,
  SandboxStatus,
} from '../runtime/runtime.ts';
import { VolumeError, type VolumeContext } from '../volumes/files.ts';
import type { Volumes } from '../volumes/volumes.ts';
import { fetchClaims } from './claims.ts';
import { ImageError, type Images } from './images.ts';
import type { PodEvents } from './pod-events.ts';
import { fetchReferences } from './references.ts';
import type { PodTokens } from './tokens.ts';

export interface NodeFacts {
  readonly address: string | undefined;
  readonly memoryBytes: number;
  /** Of the node's object. */
  readonly labels: Readonly<Record<string, string>>;
  /** What pods may ask for. */
  readonly allocatable: { readonly cpuMillis: number; readonly memoryBytes: number };
  readonly seccomp?: SeccompSettings | undefined;
}

/** Why a container is waiting. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
  readonly code = 'START';
  readonly reason: string;
  /** When to try again; undefined: with the next regular look. */
  readonly retryAfterMillis: Millis;

  constructor(reason: string, message: string, retryAfterMillis: Millis, cause: unknown) {
    super(message, { cause });
    this.reason = reason;
    this.retryAfterMillis = retryAfterMillis;
  }
}

/** Kubelet's pause before a pod whose sync failed is looked at again. */
const retryMillis: Millis = 10_000;
/** What a volume waits for may be there in a moment, or never: each pause is as long as all before. */
const mountRetryMillisMin: Millis = 500;
const mountRetryMillisMax: Millis = 122_000;

interface StartRequest {
  readonly pod: Pod;
  readonly container: Container;
  readonly attempt: number;
  readonly sandbox: SandboxStatus;
  readonly signal: AbortSignal;
}

export interface Starter {
  /** Answers with the container's id. @throws StartFailure, or the signal's reason */
  start(request: StartRequest): Promise<string>;
  /** Brings the files of a running pod to what its ConfigMaps and Secrets hold now. */
  refreshVolumes(request: Pick<StartRequest, 'pod' | 'sandbox' | 'signal'>): Promise<void>;
  /** The pod is gone, and what it held with it. */
  forget(uid: string): void;
}

export interface StarterPowers {
  readonly runtime: RuntimeService;
  readonly images: Images;
  readonly volumes: Volumes | undefined;
  readonly tokens: PodTokens;
  readonly events: PodEvents;
  readonly api: ApiClient;
  readonly clock: Clock;
  readonly services: () => readonly Service[];
  readonly nodeFacts: () => NodeFacts;
}

export function createStarter(powers: StarterPowers): Starter {
  const { runtime, images, volumes, tokens, events, api, clock } = powers;

  const prepareVolumes = async ({
    pod,
    sandbox,
    signal,
  }: Pick<StartRequest, 'pod' | 'sandbox' | 'signal'>): Promise<VolumeContext> => {
    const facts = powers.nodeFacts();
    // Without volumes there is nowhere for their files.
    const withVolumes = volumes !== undefined;
    const [lookUp, tokenFor] = await Promise.all([
      fetchReferences(api, pod, { withVolumes, signal }),
      withVolumes ? tokens.fetch(pod, signal) : () => new Error('this node has no volumes'),
    ]);
    const unmounted = (await volumes?.unmountedClaims(pod)) ?? [];
    const node = { name: pod.spec.nodeName ?? '', labels: facts.labels };
    const context = {
      pod,
      podIP: sandbox.address ?? facts.address,
      nodeAddress: facts.address,
      allocatable: facts.allocatable,
      lookUp,
      tokenFor,
      claims: await fetchClaims(api, { pod, volumes: unmounted, node, signal }),
    };
    await volumes?.prepare(context);
    return context;
  };

  const configure = async (request: StartRequest, image: ImageStatus): Promise<ContainerConfig> => {
    const { pod, container, attempt } = request;
    const { lookUp: bytes, ...context } = await prepareVolumes(request);
    const environment = environmentOf({
      ...context,
      container,
      serviceVariables: serviceVariables(powers.services(), {
        namespace: pod.metadata.namespace ?? '',
        enableServiceLinks: pod.spec.enableServiceLinks ?? true,
      }),
      lookUp: (kind, name) => {
        const data = bytes(kind, name);
        return data === undefined
          ? undefined
          : Object.fromEntries(
              Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString()]),
            );
      },
    });
    const mounts = await volumes?.mounts(pod, container, attempt, (name) => environment.get(name));
    return containerConfig({
      pod,
      container,
      attempt,
      environment,
      mounts: mounts ?? [],
      nodeMemoryBytes: powers.nodeFacts().memoryBytes,
      processNamespaceOf: await targetOf(pod, container),
      imageUser: image.user,
      seccomp: powers.nodeFacts().seccomp,
    });
  };

  /** The container that an ephemeral one names. @throws ContainerConfigError when it has never run */
  const targetOf = async (pod: Pod, container: Container): Promise<string | undefined> => {
    const name = ephemeralContainersOf(pod).find(
      (one) => one.name === container.name,
    )?.targetContainerName;
    if (name === undefined || name === '') return undefined;
    const containers = await runtime.listContainers({ podUid: pod.metadata.uid ?? '' });
    const target = instancesOf({ sandboxes: [], containers }, name)[0];
    if (target !== undefined) return target.id;
    throw new ContainerConfigError(`unable to find target container ${name}`);
  };

  const fail = (request: StartRequest, reason: string, error: unknown): StartFailure => {
    const { message } = error as Error;
    events.record(request.pod, {
      type: 'Warning',
      reason: 'Failed',
      message: `Error: ${message}`,
      container: request.container,
    });
    return new StartFailure(reason, message, retryMillis, error);
  };

  return {
    refreshVolumes: async (request) => {
      if (volumes !== undefined) await prepareVolumes(request);
    },
    forget: (uid) => tokens.forget(uid),
    start: async (request) => {
      const { pod, container, signal } = request;
      const { name } = container;
      let image: ImageStatus;
      try {
        image = await images.ensure(pod, container, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ImageError)) throw fail(request, 'ErrImagePull', error);
        const { reason, message, retryAfterMillis = retryMillis } = error;
        throw new StartFailure(reason, message, retryAfterMillis, error);
      }
      const config = await configure(request, image).catch((error: unknown) => {
        signal.throwIfAborted();
        if (error instanceof VolumeError) {
          const { message } = error;
          events.record(pod, { type: 'Warning', reason: 'FailedMount', message });
          const age = clock.elapsedSince(request.sandbox.createdAt);
          const pause = Math.min(mountRetryMillisMax, Math.max(mountRetryMillisMin, age));
          throw new StartFailure('ContainerCreating', '', pause, error);
        }
        if (!(error instanceof ContainerConfigError)) {
          throw new StartFailure('ContainerCreating', '', retryMillis, error);
        }
        throw fail(request, 'CreateContainerConfigError', error);
      });
      const id = await runtime.createContainer(request.sandbox, config).catch((error: unknown) => {
        throw fail(request, 'CreateContainerError', error);
      });
      events.record(pod, {
        type: 'Normal',
        reason: 'Created',
        message: `Created container: ${name}`,
        container,
      });
      await runtime.startContainer(id).catch((error: unknown) => {
        throw fail(request, 'RunContainerError', error);
      });
      events.record(pod, {
        type: 'Normal',
        reason: 'Started',
        message: `Started container ${name}`,
        container,
      });
      return id;
    },
  };
}
