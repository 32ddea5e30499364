/** The CA that pods need to trust the API server, in every namespace (upstream's rootcacertpublisher). */
import type { ConfigMap, Namespace } from '@drydock/api';
import { isEqualJson } from '../equality.plan.ts';

export const rootCaName = 'kube-root-ca.crt';

const descriptionAnnotation = 'kubernetes.io/description';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

export interface RootCaAction {
  readonly kind: 'create' | 'update';
  readonly configMap: ConfigMap;
}

export function plan(snapshot: {
  readonly namespace: Namespace;
  readonly configMap: ConfigMap | undefined;
  /** PEM. */
  readonly rootCa: string;
}): RootCaAction | undefined {
  const { namespace, configMap, rootCa } = snapshot;
  if (namespace.metadata.deletionTimestamp !== undefined) return undefined;
  const data = { 'ca.crt': rootCa };
  const annotations = { [descriptionAnnotation]: description };
  if (configMap === undefined) {
    const metadata = { namespace: namespace.metadata.name, name: rootCaName, annotations };
    return { kind: 'create', configMap: { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } };
  }
  const own = configMap.metadata;
  const isDescribed = own.annotations?.[descriptionAnnotation] === description;
  if (isEqualJson(configMap.data, data) && isDescribed) return undefined;
  const metadata = { ...own, annotations: { ...own.annotations, ...annotations } };
  return { kind: 'update', configMap: { ...configMap, metadata, data } };
}
