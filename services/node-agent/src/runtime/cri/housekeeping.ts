/** What a node asks of its CRI runtime beside running containers (runtime/housekeeping.ts). */
import type { Clock } from '@drydock/ports';
import { criRuntimeService as service } from '@drydock/proto/cri';
import type { RuntimeHousekeeping } from '../housekeeping.ts';
import { connectCri } from './connection.ts';
import { unlessGone } from './errors.ts';
import { createImageCalls } from './images.ts';

export function createCriHousekeeping(
  { endpoint }: { readonly endpoint: string },
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): RuntimeHousekeeping {
  const connection = connectCri(endpoint, clock);
  signal.addEventListener('abort', () => connection.close(), { once: true });
  const { removeImage } = createImageCalls(connection);
  return {
    writtenBytes: async (containerId) => {
      const answer = await unlessGone(connection.call(service.ContainerStats, { containerId }));
      return answer === undefined
        ? undefined
        : (answer.stats?.writableLayer?.usedBytes?.value ?? 0);
    },
    imagesInUse: async () => {
      const { containers } = await connection.call(service.ListContainers, {});
      return new Set(containers.flatMap(({ image, imageRef }) => [image?.image ?? '', imageRef]));
    },
    removeImage,
    // Volumes in memory are folders here.
    keepVolumes: () => Promise.resolve(),
  };
}
