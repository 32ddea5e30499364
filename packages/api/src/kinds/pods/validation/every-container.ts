import type { Container, EphemeralContainer, PodSpec } from '../../../generated/types.ts';

interface Found {
  readonly container: Container | EphemeralContainer;
  /** Its path. */
  readonly at: string;
}

/** All containers of a pod, in the order in which upstream visits them. */
export function* containersOf(spec: PodSpec, field: string): Generator<Found> {
  const { initContainers = [], containers, ephemeralContainers = [] } = spec;
  for (const [index, container] of initContainers.entries()) {
    yield { container, at: `${field}.initContainers[${index}]` };
  }
  for (const [index, container] of containers.entries()) {
    yield { container, at: `${field}.containers[${index}]` };
  }
  for (const [index, container] of ephemeralContainers.entries()) {
    yield { container, at: `${field}.ephemeralContainers[${index}]` };
  }
}
