/** Events about pods and their containers, with kubelet as their source. */
import { referenceTo, type Container, type Pod } from '@drydock/api';
import type { EventRecorder } from '@drydock/client';

interface PodEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  /** The container that it is about. */
  readonly container?: Pick<Container, 'name'>;
}

export interface PodEvents {
  /** Never waits and never fails: events are told as well as they can be. */
  record(pod: Pod, event: PodEvent): void;
}

const lists = ['containers', 'initContainers', 'ephemeralContainers'] as const;

export function createPodEvents(recorder: Pick<EventRecorder, 'record'>): PodEvents {
  return {
    record: (pod, { type, reason, message, container }) => {
      const about = referenceTo(pod);
      const list =
        lists.find((one) => pod.spec[one]?.some(({ name }) => name === container?.name)) ??
        'containers';
      recorder.record(
        container === undefined
          ? about
          : { ...about, fieldPath: `spec.${list}{${container.name}}` },
        { type, reason, message },
      );
    },
  };
}
