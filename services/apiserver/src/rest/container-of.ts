/** Which container of a pod a request means, in upstream's words where it is none. Pure. */
import { badRequestError, type Pod } from '@drydock/api';

/** @throws ApiError 400 */
export function containerOf(pod: Pod, asked: string): string {
  const names = (list: readonly { name: string }[] | undefined) =>
    (list ?? []).map(({ name }) => name);
  const containers = names(pod.spec.containers);
  const initial = names(pod.spec.initContainers);
  if (asked === '') {
    if (containers.length === 1) return containers[0]!;
    const or = initial.length > 0 ? ` or one of the init containers: [${initial.join(' ')}]` : '';
    throw badRequestError(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${containers.join(' ')}]${or}`,
    );
  }
  const ephemeral = names(pod.spec.ephemeralContainers);
  if (![...containers, ...initial, ...ephemeral].includes(asked)) {
    throw badRequestError(`container ${asked} is not valid for pod ${pod.metadata.name}`);
  }
  return asked;
}
