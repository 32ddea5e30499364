/**
 * Prefers nodes that have a pod's images already, large ones more; an image that few nodes have counts
 * less, so that pods do not pile up on the node that pulled it first.
 */
import type { Snapshot } from '../../cache/cache.ts';
import { scoreMax, type Plugin } from '../../framework/plugin.ts';

interface State {
  readonly images: readonly string[];
  readonly snapshot: Snapshot;
}

const mebibyte = 1024 * 1024;
const sizeMin = 23 * mebibyte;
const sizeMaxPerContainer = 1000 * mebibyte;

/** As nodes report it: with a tag. */
function normalizedImageName(name: string): string {
  return name.lastIndexOf(':') <= name.lastIndexOf('/') && !name.includes('@')
    ? `${name}:latest`
    : name;
}

export const imageLocality: Plugin<State> = {
  name: 'ImageLocality',
  weight: 1,
  helpedBy: [],
  prepare: ({ pod }, snapshot) => {
    const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
    const images = containers.map(({ image }) => normalizedImageName(image ?? ''));
    const isSomewhere = images.some((image) => snapshot.imageSpread(image) > 0);
    return isSomewhere ? { images, snapshot } : 'skip';
  },
  score: (_pod, node, { images, snapshot }) => {
    let sum = 0;
    for (const image of images) {
      const size = node.images.get(image);
      if (size === undefined) continue;
      sum += Math.floor((size * snapshot.imageSpread(image)) / snapshot.nodes.length);
    }
    const sizeMax = sizeMaxPerContainer * images.length;
    const within = Math.min(Math.max(sum, sizeMin), sizeMax);
    return Math.floor((scoreMax * (within - sizeMin)) / (sizeMax - sizeMin));
  },
};
