/**
 * What every namespace has from the start: a `default` ServiceAccount, and the CA that pods need to
 * trust the API server (upstream's serviceaccounts_controller.go and rootcacertpublisher).
 */
import type { ConfigMap, Namespace, ServiceAccount } from '@drydock/api';
import { isEqualJson } from '../equality.plan.ts';

export const defaultServiceAccountName = 'default';
export const rootCaName = 'kube-root-ca.crt';

const descriptionAnnotation = 'kubernetes.io/description';
const description =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

export type NamespaceDefaultsAction =
  | { readonly kind: 'createServiceAccount'; readonly serviceAccount: ServiceAccount }
  | { readonly kind: 'createConfigMap' | 'updateConfigMap'; readonly configMap: ConfigMap };

export function plan(snapshot: {
  readonly namespace: Namespace;
  readonly serviceAccount: ServiceAccount | undefined;
  readonly rootCaConfigMap: ConfigMap | undefined;
  /** PEM; undefined when none was configured. */
  readonly rootCa: string | undefined;
}): NamespaceDefaultsAction[] {
  const { namespace, serviceAccount, rootCaConfigMap, rootCa } = snapshot;
  if (namespace.metadata.deletionTimestamp !== undefined) return [];
  const actions: NamespaceDefaultsAction[] = [];
  const inNamespace = { namespace: namespace.metadata.name };
  if (serviceAccount === undefined) {
    const metadata = { ...inNamespace, name: defaultServiceAccountName };
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
    actions.push({ kind: 'createServiceAccount', serviceAccount: account });
  }
  if (rootCa === undefined) return actions;
  const data = { 'ca.crt': rootCa };
  const annotations = { [descriptionAnnotation]: description };
  if (rootCaConfigMap === undefined) {
    const metadata = { ...inNamespace, name: rootCaName, annotations };
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
    actions.push({ kind: 'createConfigMap', configMap });
  } else if (!isEqualJson(rootCaConfigMap.data, data)) {
    const own = rootCaConfigMap.metadata;
    const metadata = { ...own, annotations: { ...own.annotations, ...annotations } };
    actions.push({ kind: 'updateConfigMap', configMap: { ...rootCaConfigMap, metadata, data } });
  }
  return actions;
}
