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

export function createPodEvents(recorder: Pick<EventRecorder, 'record'>): PodEvents {
  return {
    record: (pod, { type, reason, message, container }) => {
      const about = referenceTo(pod);
      const isInit = pod.spec.initContainers?.some((one) => one.name === container?.name) === true;
      const list = isInit ? 'initContainers' : 'containers';
      recorder.record(
        container === undefined
          ? about
          : { ...about, fieldPath: `spec.${list}{${container.name}}` },
        { type, reason, message },
      );
    },
  };
}
