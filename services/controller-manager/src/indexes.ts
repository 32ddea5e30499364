/** The indexes over shared informers that several controllers use. */
import { controllerOf, type KubernetesObject, type Pod } from '@drydock/api';
import type { Informer } from '@drydock/client';

const byController = 'controller';
const byNode = 'node';

export interface ControllerIndex<T> {
  /** The objects that the owner controls, and those of its namespace that nobody does. */
  candidates(owner: KubernetesObject): readonly T[];
  ownedBy(uid: string): readonly T[];
}

export function indexByController<T extends KubernetesObject>(
  informer: Informer<T>,
): ControllerIndex<T> {
  informer.addIndex(byController, (object) => {
    const owner = controllerOf(object);
    return [owner === undefined ? orphansOf(object.metadata.namespace) : owner.uid];
  });
  const ownedBy = (uid: string) => informer.store.byIndex(byController, uid);
  return {
    ownedBy,
    candidates: (owner) => [
      ...ownedBy(owner.metadata.uid ?? ''),
      ...informer.store.byIndex(byController, orphansOf(owner.metadata.namespace)),
    ],
  };
}

const orphansOf = (namespace = '') => `orphans of ${namespace}`;

/** Pods by the node that they are assigned to. */
export function indexByNode(pods: Informer<Pod>): (nodeName: string) => readonly Pod[] {
  pods.addIndex(byNode, (pod) => [pod.spec.nodeName ?? '']);
  return (nodeName) => pods.store.byIndex(byNode, nodeName);
}
