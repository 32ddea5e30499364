/**
 * Images for containers that are about to start, by their pull policy (kubelet's image manager).
 *
 * 1. One pull at a time from each registry; equal pulls, with the same credentials, are one pull. One that
 *    hangs delays nobody who asks another.
 * 2. A failed pull backs off, 10 s doubling to 5 min, an image and a pod each for itself.
 * 3. `Always` asks the registry even when the image is present, and fails when none answers: so does
 *    upstream, and so a typo in a registry's name is not hidden by an old image.
 */
import type { Container, Pod } from '@drydock/api';
import type { Clock, Millis } from '@drydock/ports';
import { backOffLeft, nextBackOff, type BackOff } from '../pod-lifecycle/back-off.ts';
import { formatGoDuration } from '../pod-lifecycle/go-duration.ts';
import type { ImageStatus, RuntimeService } from '../runtime/runtime.ts';
import type { RegistryCredential } from '../pod-lifecycle/registry-keyring.ts';
import type { PodEvents } from './pod-events.ts';
import type { PullSecrets } from './pull-secrets.ts';

/** The container cannot start for want of its image; `reason` is its waiting reason. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly code = 'IMAGE';
  readonly reason: string;
  readonly retryAfterMillis: Millis | undefined;

  constructor(reason: string, message: string, retryAfterMillis?: Millis) {
    super(message);
    this.reason = reason;
    this.retryAfterMillis = retryAfterMillis;
  }
}

/** After a failed pull people first read why it failed, then for how long it waits. */
const lookAgainMillis: Millis = 2_000;

export interface Images {
  /** The image, which is there now. @throws ImageError */
  ensure(pod: Pod, container: Container, signal: AbortSignal): Promise<ImageStatus>;
  forget(uid: string): void;
}

interface Failure {
  readonly backOff: BackOff;
  readonly message: string;
  /** People are told of the waiting once, not at every look. */
  isTold: boolean;
}

export function createImages({
  runtime,
  pullSecrets,
  clock,
  events,
  onPulled,
}: {
  readonly runtime: RuntimeService;
  readonly pullSecrets: PullSecrets;
  readonly clock: Clock;
  readonly events: PodEvents;
  /** Notes what came by a pull, and whether an image of this name was there before. */
  readonly onPulled?: ((name: string, id: string, wasThere: boolean) => Promise<void>) | undefined;
}): Images {
  const failures = new Map<string, Failure>();
  const pulls = new Map<string, Promise<ImageStatus>>();
  /** The last pull of each registry. */
  const queues = new Map<string, Promise<unknown>>();

  const tellReason = (pod: Pod, container: Container, reason: string) =>
    events.record(pod, {
      type: 'Warning',
      reason: 'Failed',
      message: `Error: ${reason}`,
      container,
    });

  const pull = (
    image: string,
    credentials: readonly RegistryCredential[],
  ): Promise<ImageStatus> => {
    const key = JSON.stringify([image, credentials]);
    let running = pulls.get(key);
    if (running === undefined) {
      const registry = registryOf(image);
      const before = queues.get(registry) ?? Promise.resolve();
      running = before.then(() => pullWithAny(image, credentials));
      const ended = running.catch(() => undefined);
      queues.set(registry, ended);
      pulls.set(key, running);
      void ended.then(() => {
        pulls.delete(key);
        if (queues.get(registry) === ended) queues.delete(registry);
      });
    }
    return running;
  };

  /** The first credential that the registry takes counts; of several refusals the last is told. */
  const pullWithAny = async (
    image: string,
    [first, ...others]: readonly RegistryCredential[],
  ): Promise<ImageStatus> => {
    try {
      return await runtime.pullImage(image, first);
    } catch (error) {
      if (others.length === 0) throw error;
      return pullWithAny(image, others);
    }
  };

  const pullFor = async (
    { pod, container, wasThere }: { pod: Pod; container: Container; wasThere: boolean },
    image: string,
    signal: AbortSignal,
  ) => {
    const key = `${pod.metadata.uid ?? ''}/${image}`;
    const failed = failures.get(key);
    const left =
      failed === undefined
        ? 0
        : backOffLeft(failed.backOff, clock.now(), clock.now() - failed.backOff.setAt);
    if (failed !== undefined && left > 0) {
      const message = `Back-off pulling image "${image}"`;
      if (!failed.isTold) {
        failed.isTold = true;
        events.record(pod, { type: 'Normal', reason: 'BackOff', message, container });
        tellReason(pod, container, 'ImagePullBackOff');
      }
      throw new ImageError('ImagePullBackOff', `${message}: ErrImagePull: ${failed.message}`, left);
    }
    events.record(pod, {
      type: 'Normal',
      reason: 'Pulling',
      message: `Pulling image "${image}"`,
      container,
    });
    const begin = clock.now();
    try {
      const credentials = await pullSecrets.credentials(pod, image, signal);
      const pulled = await raceWith(signal, pull(image, credentials));
      await onPulled?.(image, pulled.id, wasThere);
      failures.delete(key);
      const took = formatGoDuration(Math.round(clock.now() - begin));
      events.record(pod, {
        type: 'Normal',
        reason: 'Pulled',
        message: `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${pulled.sizeBytes} bytes.`,
        container,
      });
      return pulled;
    } catch (error) {
      signal.throwIfAborted();
      const { message } = error as Error;
      const backOff = nextBackOff(failed?.backOff, clock.now(), 0);
      failures.set(key, { backOff, message, isTold: false });
      events.record(pod, {
        type: 'Warning',
        reason: 'Failed',
        message: `Failed to pull image "${image}": ${message}`,
        container,
      });
      tellReason(pod, container, 'ErrImagePull');
      throw new ImageError('ErrImagePull', message, lookAgainMillis);
    }
  };

  return {
    ensure: async (pod, container, signal) => {
      const image = container.image ?? '';
      if (!looksLikeImage(image)) {
        const message = `Failed to apply default image tag "${image}": couldn't parse image reference "${image}": invalid reference format`;
        events.record(pod, { type: 'Warning', reason: 'InspectFailed', message, container });
        tellReason(pod, container, 'InvalidImageName');
        throw new ImageError('InvalidImageName', message);
      }
      const policy = container.imagePullPolicy ?? 'IfNotPresent';
      const present = await runtime.imageStatus(image).catch((error: unknown) => {
        const message = `Failed to inspect image "${image}": ${(error as Error).message}`;
        events.record(pod, { type: 'Warning', reason: 'InspectFailed', message, container });
        tellReason(pod, container, 'ImageInspectError');
        throw new ImageError('ImageInspectError', message);
      });
      if (present === undefined && policy === 'Never') {
        const message = `Container image "${image}" is not present with pull policy of Never`;
        events.record(pod, { type: 'Warning', reason: 'ErrImageNeverPull', message, container });
        tellReason(pod, container, 'ErrImageNeverPull');
        throw new ImageError('ErrImageNeverPull', message);
      }
      if (present === undefined || policy === 'Always') {
        return pullFor({ pod, container, wasThere: present !== undefined }, image, signal);
      }
      events.record(pod, {
        type: 'Normal',
        reason: 'Pulled',
        message: `Container image "${image}" already present on machine`,
        container,
      });
      return present;
    },
    forget: (uid) => {
      for (const key of failures.keys()) if (key.startsWith(`${uid}/`)) failures.delete(key);
    },
  };
}

/** The host that an image names, as the engine reads it. */
function registryOf(image: string): string {
  const [first = '', ...more] = image.split('/');
  return more.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}

/** The grammar of image references, as far as a typing mistake goes. */
const looksLikeImage = (image: string) =>
  /^([a-z0-9.-]+(:\d+)?\/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/i.test(
    image,
  ) && !/[A-Z]/.test(image.replace(/[:@][^/]*$/, '').replace(/^[^/]*[.:][^/]*\//, ''));

async function raceWith<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
