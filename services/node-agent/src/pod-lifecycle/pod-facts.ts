/** Questions about a pod, its spec and what the runtime has of it. */
import type { Container, EphemeralContainer, Pod } from '@drydock/api';
import type { ContainerStatus, PodIdentity, SandboxStatus } from '../runtime/runtime.ts';

export interface PodRuntime {
  readonly sandboxes: readonly SandboxStatus[];
  readonly containers: readonly ContainerStatus[];
}

export const nothingRuns: PodRuntime = { sandboxes: [], containers: [] };

export function identityOf(pod: Pod): PodIdentity {
  const { namespace = '', name, uid = '' } = pod.metadata;
  return { namespace, name, uid };
}

/** As upstream's texts name a pod: `web-1_default(8a7f...)`. */
export function describePod({ namespace, name, uid }: PodIdentity): string {
  return `${name}_${namespace}(${uid})`;
}

/** A sidecar: an init container that goes on running beside the others. */
export const isSidecar = (container: Container) => container.restartPolicy === 'Always';

export const initContainersOf = (pod: Pod): readonly Container[] => pod.spec.initContainers ?? [];

/** What `kubectl debug` adds to a pod: started once, whatever the others do, and never again. */
export const ephemeralContainersOf = (pod: Pod): readonly EphemeralContainer[] =>
  pod.spec.ephemeralContainers ?? [];

/** Every container of a pod, by any of its lists. */
export const allContainersOf = (pod: Pod): readonly Container[] => [
  ...initContainersOf(pod),
  ...pod.spec.containers,
  ...ephemeralContainersOf(pod),
];

/** The newest sandbox of the node's present boot. */
export function currentSandbox(runtime: PodRuntime, bootId: string): SandboxStatus | undefined {
  return runtime.sandboxes
    .filter((sandbox) => sandbox.bootId === bootId)
    .toSorted((a, b) => b.attempt - a.attempt || b.createdAt - a.createdAt)[0];
}

/** Instances of one container, the newest first. */
export function instancesOf(runtime: PodRuntime, name: string): readonly ContainerStatus[] {
  return runtime.containers
    .filter((container) => container.name === name)
    .toSorted((a, b) => b.attempt - a.attempt || b.createdAt - a.createdAt);
}

/** The agent may start an exited container again. */
export function mayRestart(pod: Pod, container: Container, exitCode: number): boolean {
  if (isSidecar(container)) return true;
  const policy = pod.spec.restartPolicy ?? 'Always';
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** Names the parts of a container's spec that may change under a running pod: its image. */
export function specHashOf(container: Container): string {
  const text = JSON.stringify([container.name, container.image]);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** An init container that has done its work: it succeeded, or is a sidecar that has started. */
export function isInitialized(
  container: Container,
  instance: ContainerStatus | undefined,
  isStarted: (instance: ContainerStatus) => boolean,
): boolean {
  if (instance === undefined) return false;
  if (isSidecar(container)) return instance.state === 'running' && isStarted(instance);
  return instance.state === 'exited' && instance.exitCode === 0;
}

/** The pod is over: it never runs again, whatever becomes of its node. */
export const isTerminalPhase = ({ status }: Pod): boolean =>
  status.phase === 'Succeeded' || status.phase === 'Failed';
