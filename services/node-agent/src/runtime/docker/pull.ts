/**
 * Pulls an image. A pull without progress is given up after a minute (the image pull progress deadline of
 * kubelet's own runtime for Docker): a registry that hangs must not hold up those who wait behind it.
 */
import type Docker from 'dockerode';
import type { Clock, Millis, Timer } from '@drydock/ports';
import type { RegistryCredential } from '../../pod-lifecycle/registry-keyring.ts';
import { RuntimeError } from '../runtime.ts';
import { toRuntimeError } from './errors.ts';

const progressMillisMax: Millis = 60_000;

/** @throws RuntimeError */
export async function pullImage(
  docker: Docker,
  clock: Clock,
  {
    image,
    credential,
  }: { readonly image: string; readonly credential?: RegistryCredential | undefined },
): Promise<void> {
  const stalled = new AbortController();
  let timer: Timer | undefined;
  const rewind = () => {
    timer?.cancel();
    timer = clock.setTimer(progressMillisMax, () => stalled.abort());
  };
  rewind();
  try {
    const options = { ...authOf(credential), abortSignal: stalled.signal };
    const progress = await docker.pull(withTag(image), options);
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(
        progress,
        (error) => (error === null ? resolve() : reject(error)),
        rewind,
      );
    });
  } catch (error) {
    if (!stalled.signal.aborted) throw toRuntimeError(error);
    throw new RuntimeError('FAILED', `pulling image "${image}" made no progress for 1m0s`, error);
  } finally {
    timer?.cancel();
  }
}

function authOf(credential: RegistryCredential | undefined): object {
  if (credential === undefined) return {};
  const { username, password, serverAddress } = credential;
  return { authconfig: { username, password, serveraddress: serverAddress } };
}

/** Without a tag the engine would fetch every tag of the repository. */
function withTag(image: string): string {
  return /(:[^/]+|@[^/]+)$/.test(image) ? image : `${image}:latest`;
}
