/** An upstream kube-apiserver on the same etcd finds every object where it looks for it. */
import { describe, expect, test } from 'vitest';
import { kinds, type KindDefinition } from '@drydock/api';
import { createKeyParser, keyOf, listPrefix, resourcePrefix } from './keys.ts';

/** Upstream's prefixes, also of resources that are not served yet. */
const prefixes: Readonly<Record<string, string>> = {
  certificatesigningrequests: '/registry/certificatesigningrequests/',
  clusterrolebindings: '/registry/clusterrolebindings/',
  clusterroles: '/registry/clusterroles/',
  configmaps: '/registry/configmaps/',
  controllerrevisions: '/registry/controllerrevisions/',
  cronjobs: '/registry/cronjobs/',
  csidrivers: '/registry/csidrivers/',
  csinodes: '/registry/csinodes/',
  csistoragecapacities: '/registry/csistoragecapacities/',
  daemonsets: '/registry/daemonsets/',
  deployments: '/registry/deployments/',
  endpoints: '/registry/services/endpoints/',
  endpointslices: '/registry/endpointslices/',
  events: '/registry/events/',
  flowschemas: '/registry/flowschemas/',
  horizontalpodautoscalers: '/registry/horizontalpodautoscalers/',
  ingressclasses: '/registry/ingressclasses/',
  ingresses: '/registry/ingress/',
  jobs: '/registry/jobs/',
  leases: '/registry/leases/',
  limitranges: '/registry/limitranges/',
  mutatingwebhookconfigurations: '/registry/mutatingwebhookconfigurations/',
  namespaces: '/registry/namespaces/',
  networkpolicies: '/registry/networkpolicies/',
  nodes: '/registry/minions/',
  persistentvolumeclaims: '/registry/persistentvolumeclaims/',
  persistentvolumes: '/registry/persistentvolumes/',
  poddisruptionbudgets: '/registry/poddisruptionbudgets/',
  pods: '/registry/pods/',
  podtemplates: '/registry/podtemplates/',
  priorityclasses: '/registry/priorityclasses/',
  prioritylevelconfigurations: '/registry/prioritylevelconfigurations/',
  replicasets: '/registry/replicasets/',
  replicationcontrollers: '/registry/controllers/',
  resourcequotas: '/registry/resourcequotas/',
  rolebindings: '/registry/rolebindings/',
  roles: '/registry/roles/',
  runtimeclasses: '/registry/runtimeclasses/',
  secrets: '/registry/secrets/',
  serviceaccounts: '/registry/serviceaccounts/',
  services: '/registry/services/specs/',
  statefulsets: '/registry/statefulsets/',
  storageclasses: '/registry/storageclasses/',
  validatingadmissionpolicies: '/registry/validatingadmissionpolicies/',
  validatingadmissionpolicybindings: '/registry/validatingadmissionpolicybindings/',
  validatingwebhookconfigurations: '/registry/validatingwebhookconfigurations/',
  volumeattachments: '/registry/volumeattachments/',
};

describe('prefixes', () => {
  test.each(Object.entries(prefixes))('%s lie under %s', (resource, prefix) => {
    // Only the resource decides; these need not be served to be looked for.
    expect(resourcePrefix({ resource } as KindDefinition)).toBe(prefix);
  });

  test.each(kinds.map((kind) => [kind.resource, kind] as const))('%s: known', (resource) => {
    expect(prefixes).toHaveProperty(resource);
  });

  test('no prefix begins another, so a list of one kind never holds another', () => {
    const all = Object.values(prefixes);
    for (const prefix of all) {
      expect(all.filter((other) => other.startsWith(prefix))).toEqual([prefix]);
    }
  });
});

describe('keys', () => {
  const parse = createKeyParser(kinds);

  test.each(kinds.map((kind) => [kind.resource, kind] as const))('%s are read back', (_, kind) => {
    const namespace = kind.namespaced ? 'default' : '';
    const made = keyOf(kind, 'default', 'x');
    expect(made).toMatchObject({ kind, namespace, name: 'x' });
    expect(made.key.startsWith(listPrefix(kind, namespace))).toBe(true);
    expect(parse(made.key)).toEqual(made);
  });

  test.each([
    ['/other/pods/default/x'],
    ['/registry/pods'],
    ['/registry/unknown/x'],
    ['/registry/minions/default/x'],
    ['/registry/pods/x'],
    ['/registry/services/x/y'],
  ])('%s is no key', (key) => {
    expect(parse(key)).toBeUndefined();
  });
});
