/** Which container instance a request for logs means, or why none, in kubelet's words: pure. */
import type { ContainerStatus, Pod } from '@drydock/api';
import { allContainersOf } from '../pod-lifecycle/pod-facts.ts';

export type LogTarget =
  | { readonly kind: 'container'; readonly id: string }
  | { readonly kind: 'refused'; readonly message: string };

export function logTarget(
  pod: Pod,
  request: { readonly container: string; readonly previous: boolean },
): LogTarget {
  const { name } = pod.metadata;
  const container =
    request.container === '' && pod.spec.containers.length === 1
      ? pod.spec.containers[0]!.name
      : request.container;
  if (!allContainersOf(pod).some((one) => one.name === container)) {
    return refused(`container ${container} is not valid for pod ${name}`);
  }
  const statuses = [
    ...(pod.status.containerStatuses ?? []),
    ...(pod.status.initContainerStatuses ?? []),
    ...(pod.status.ephemeralContainerStatuses ?? []),
  ];
  const status = statuses.find((one) => one.name === container);
  if (status === undefined) {
    return refused(`container "${container}" in pod "${name}" is not available`);
  }
  return request.previous ? previousOf(status, name) : currentOf(status, name);
}

const refused = (message: string): LogTarget => ({ kind: 'refused', message });

/** `docker://abc` names the container `abc`. */
function instance(containerId: string | undefined): LogTarget | undefined {
  const id = containerId?.split('://')[1];
  return id === undefined || id === '' ? undefined : { kind: 'container', id };
}

function previousOf({ name, lastState }: ContainerStatus, pod: string): LogTarget {
  return (
    instance(lastState?.terminated?.containerID) ??
    refused(`previous terminated container "${name}" in pod "${pod}" not found`)
  );
}

const imageReasons: Readonly<Record<string, string>> = {
  ErrImagePull: "image can't be pulled",
  ImagePullBackOff: 'trying and failing to pull image',
};

function currentOf(
  { name, state, lastState, containerID }: ContainerStatus,
  pod: string,
): LogTarget {
  const running = state?.running === undefined ? undefined : instance(containerID);
  const found =
    running ??
    instance(state?.terminated?.containerID) ??
    instance(lastState?.terminated?.containerID);
  if (found !== undefined) return found;
  const { reason = '' } = state?.waiting ?? {};
  return refused(
    `container "${name}" in pod "${pod}" is waiting to start: ${imageReasons[reason] ?? reason}`,
  );
}
