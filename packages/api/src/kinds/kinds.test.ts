/** What holds for every kind, and the strategies that differ. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { convertObject, decodeObject } from '../decode.ts';
import { deepCopy } from '../equality.ts';
import { formatFieldError } from '../field-error.ts';
import { groupVersion } from '../kind.ts';
import type { KindDefinition } from '../kind.ts';
import type { KubernetesObject } from '../object.ts';
import {
  configMaps,
  deployments,
  findKind,
  findResource,
  kinds,
  namespaces,
  nodes,
  pods,
  replicaSets,
  secrets,
  services,
} from '../registry.ts';
import { beforeCreate, beforePartUpdate, beforeStatusUpdate, beforeUpdate } from '../strategy.ts';
import { sampleRequest } from '../testing/certificate-requests.ts';
import { typedValue } from '../testing/typed-values.ts';

const wallTime = Date.UTC(2026, 10, 21, 8);
const context = { uid: 'u1', wallTime, randomBelow: () => 0 };

/** The smallest valid object of each kind. */
const samples: Readonly<Record<string, object>> = {
  ConfigMap: { data: { a: 'b' } },
  Endpoints: { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] },
  CertificateSigningRequest: {
    spec: { request: sampleRequest, signerName: 'example.com/signer', usages: ['client auth'] },
  },
  Event: { involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' } },
  LimitRange: { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } },
  Namespace: {},
  Node: {},
  PersistentVolumeClaim: {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
  PersistentVolume: {
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage: '1Gi' },
      hostPath: { path: '/data' },
    },
  },
  Pod: { spec: { containers: [{ name: 'c', image: 'i' }] } },
  PodTemplate: { template: { spec: { containers: [{ name: 'c', image: 'i' }] } } },
  ReplicationController: { spec: { template: workload().spec.template } },
  ResourceQuota: { spec: { hard: { pods: '10' } } },
  Secret: { stringData: { a: 'b' } },
  ServiceAccount: {},
  Service: { spec: { ports: [{ port: 80 }], selector: { app: 'web' } } },
  ControllerRevision: { data: {} },
  DaemonSet: workload(),
  Deployment: workload(),
  ReplicaSet: workload(),
  StatefulSet: workload(),
  CronJob: { spec: { schedule: '@daily', jobTemplate: job() } },
  Job: job(),
  ClusterRoleBinding: { roleRef: { kind: 'ClusterRole', name: 'view' } },
  ClusterRole: { rules: [{ verbs: ['get'], nonResourceURLs: ['/metrics'] }] },
  RoleBinding: {
    roleRef: { kind: 'Role', name: 'r' },
    subjects: [{ kind: 'ServiceAccount', name: 'default' }],
  },
  Role: { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] },
  Lease: { spec: { holderIdentity: 'me' } },
  EndpointSlice: { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }] },
  IngressClass: { spec: { controller: 'example.com/ingress' } },
  Ingress: { spec: { defaultBackend: { service: { name: 'web', port: { number: 80 } } } } },
  NetworkPolicy: { spec: { podSelector: {} } },
  CSIDriver: { spec: {} },
  CSINode: { spec: { drivers: [] } },
  CSIStorageCapacity: { storageClassName: 'fast' },
  StorageClass: { provisioner: 'example.com/disks' },
  VolumeAttachment: {
    spec: { attacher: 'example.com', nodeName: 'n', source: { persistentVolumeName: 'v' } },
  },
  HorizontalPodAutoscaler: {
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 3 },
  },
  PodDisruptionBudget: { spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } } },
  PriorityClass: { value: 1000 },
};

function workload() {
  return {
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      },
    },
  };
}

function job() {
  const spec = { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' };
  return { spec: { template: { spec } } };
}

function create<T extends KubernetesObject>(kind: KindDefinition<T>, body?: object): T {
  const metadata = kind.namespaced ? { name: 'x', namespace: 'default' } : { name: 'x' };
  const content = { metadata, ...(body ?? samples[kind.kind]) };
  const { object } = decodeObject(JSON.stringify(content), kind, { fieldValidation: 'Strict' });
  kind.setDefaults(object);
  const errors = beforeCreate(kind, object, context);
  expect(errors.map(formatFieldError)).toEqual([]);
  object.metadata.resourceVersion = '1';
  return object;
}

/** Any apiVersion but the right one would be refused before anything else is looked at. */
function withoutIdentity(value: Record<string, unknown>): Record<string, unknown> {
  const { apiVersion: _apiVersion, kind: _kind, ...rest } = value;
  return rest;
}

const update = <T extends KubernetesObject>(kind: KindDefinition<T>, object: T, old: T) =>
  beforeUpdate(kind, object, old).map(formatFieldError);

describe.each(kinds.map((kind) => [kind.kind, kind] as const))('%s', (_name, kind) => {
  test('is found by its resource and by its kind', () => {
    expect(findResource(kind.group, kind.resource)).toBe(kind);
    expect(findKind(groupVersion(kind), kind.kind)).toBe(kind);
  });

  test('its smallest object is valid, and defaults set twice change nothing', () => {
    const object = create(kind);
    const again = deepCopy(object);
    kind.setDefaults(again);
    expect(again).toEqual(object);
    expect(object.metadata).toMatchObject({ uid: 'u1', creationTimestamp: '2026-11-21T08:00:00Z' });
  });

  test('has a cell for each column, none of them undefined', () => {
    const cells = kind.cells(create(kind), wallTime + 5000);
    expect(cells).toHaveLength(kind.columns.length);
    expect(cells).not.toContain(undefined);
    expect(kind.cells(create(kind), wallTime + 5000).join(' ')).toContain('x');
  });

  test('an update that changes nothing is valid and keeps the generation', () => {
    const old = create(kind);
    const object = deepCopy(old);
    expect(update(kind, object, old)).toEqual([]);
    expect(object).toEqual(old);
  });

  test('an update cannot rename, re-create or move an object', () => {
    const old = create(kind);
    const object = deepCopy(old);
    object.metadata.name = 'y';
    object.metadata.uid = 'other';
    expect(update(kind, object, old)).toEqual(
      expect.arrayContaining([
        'metadata.name: Invalid value: "y": field is immutable',
        'metadata.uid: Invalid value: "other": field is immutable',
      ]),
    );
  });

  test('whatever a client sends is judged, shown and selected without a crash', () => {
    const words = ['a', 'web', '', '10.0.0.1', 'None', 'kubernetes.io/tls', 'http', 'cpu'];
    fc.assert(
      fc.property(typedValue(kind.schema, { words }), (value) => {
        const { object } = convertObject({ value: withoutIdentity(value), duplicates: [] }, kind);
        kind.setDefaults(object);
        const errors = beforeCreate(kind, object, context);
        expect(errors.map(formatFieldError).join()).not.toContain('[object Object]');
        const changed = deepCopy(object);
        changed.metadata.labels = { a: 'b' };
        beforeUpdate(kind, changed, object);
        beforeStatusUpdate(kind, changed, object);
        for (const part of Object.keys(kind.partUpdates)) {
          beforePartUpdate(kind, part, { object: changed, old: object });
        }
        expect(kind.cells(object, wallTime)).toHaveLength(kind.columns.length);
        for (const read of Object.values(kind.fieldSelectors)) {
          expect(typeof read(object)).toBe('string');
        }
      }),
      { numRuns: 30 },
    );
  });

  test('a field selector may name its name', () => {
    expect(kind.fieldSelectors['metadata.name']!(create(kind))).toBe('x');
  });

  test('metadata must be sound', () => {
    const object = create(kind);
    object.metadata.labels = { 'bad key': 'v' };
    object.metadata.finalizers = ['loose'];
    object.metadata.ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name: '', uid: 'u' }];
    const errors = kind.validate(object).map(formatFieldError);
    expect(errors.some((one) => one.startsWith('metadata.labels: Invalid value: "bad key"'))).toBe(
      true,
    );
    expect(errors).toContain(
      'metadata.finalizers[0]: Invalid value: "loose": name is neither a standard finalizer name nor is it fully qualified',
    );
    expect(errors).toContain('metadata.ownerReferences.name: Invalid value: "": must not be empty');
  });
});

describe('status and generation', () => {
  test('a Deployment counts changes of its spec and annotations, and keeps its status', () => {
    const old = create(deployments);
    expect(old.metadata.generation).toBe(1);
    old.status.readyReplicas = 1;
    const object = deepCopy(old);
    object.spec.replicas = 5;
    object.status.readyReplicas = 99;
    expect(update(deployments, object, old)).toEqual([]);
    expect(object.metadata.generation).toBe(2);
    expect(object.status.readyReplicas).toBe(1);
    const annotated = deepCopy(old);
    annotated.metadata.annotations = { a: 'b' };
    update(deployments, annotated, old);
    expect(annotated.metadata.generation).toBe(2);
  });

  test('a ReplicaSet counts changes of its spec only', () => {
    const old = create(replicaSets);
    const annotated = deepCopy(old);
    annotated.metadata.annotations = { a: 'b' };
    update(replicaSets, annotated, old);
    expect(annotated.metadata.generation).toBe(1);
    const scaled = deepCopy(old);
    scaled.spec.replicas = 5;
    update(replicaSets, scaled, old);
    expect(scaled.metadata.generation).toBe(2);
  });

  test('a status update changes the status and nothing else', () => {
    const old = create(deployments);
    const object = deepCopy(old);
    object.spec.replicas = 7;
    object.metadata.labels = { sneaky: 'yes' };
    object.metadata.resourceVersion = '2';
    object.status.observedGeneration = 1;
    expect(beforeStatusUpdate(deployments, object, old)).toEqual([]);
    expect(object.spec).toEqual(old.spec);
    expect(object.metadata).toEqual({ ...old.metadata, resourceVersion: '2' });
    expect(object.status).toEqual({ observedGeneration: 1 });
  });

  test('a new pod is Pending with its quality of service, whatever the client says', () => {
    const pod = create(pods, { ...samples['Pod'], status: { phase: 'Running', podIP: '1.2.3.4' } });
    expect(pod.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });

  test('a gated pod says that it is', () => {
    const pod = create(pods, {
      spec: { containers: [{ name: 'c', image: 'i' }], schedulingGates: [{ name: 'a.b/c' }] },
    });
    expect(pod.status.conditions).toMatchObject([{ reason: 'SchedulingGated', status: 'False' }]);
  });

  test('what a client leaves out of an update is inherited', () => {
    const old = create(pods);
    const object = deepCopy(old);
    delete object.metadata.uid;
    delete object.metadata.creationTimestamp;
    expect(update(pods, object, old)).toEqual([]);
    expect(object.metadata.uid).toBe('u1');
  });

  test('a deleted object takes no new finalizers', () => {
    const old = create(configMaps);
    old.metadata.deletionTimestamp = '2026-11-21T08:00:00Z';
    const object = deepCopy(old);
    object.metadata.finalizers = ['example.com/late'];
    expect(update(configMaps, object, old)).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/late"}',
    ]);
  });
});

describe('namespaces', () => {
  test('carry their name as a label and the finalizer of the namespace controller', () => {
    const namespace = create(namespaces);
    expect(namespace.metadata.labels).toEqual({ 'kubernetes.io/metadata.name': 'x' });
    expect(namespace.spec.finalizers).toEqual(['kubernetes']);
    expect(namespace.status.phase).toBe('Active');
  });
});

describe('services', () => {
  test('keep their addresses and node ports when an update does not mention them', () => {
    const old = create(services, {
      spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30_001 }], selector: { app: 'a' } },
    });
    old.spec.clusterIP = '10.96.0.5';
    old.spec.clusterIPs = ['10.96.0.5'];
    const object = deepCopy(old);
    delete object.spec.clusterIP;
    delete object.spec.clusterIPs;
    delete object.spec.ports![0]!.nodePort;
    expect(update(services, object, old)).toEqual([]);
    expect(object.spec).toEqual(old.spec);
  });

  test('never change their address', () => {
    const old = create(services);
    old.spec.clusterIP = '10.96.0.5';
    old.spec.clusterIPs = ['10.96.0.5'];
    const object = deepCopy(old);
    object.spec.clusterIP = '10.96.0.6';
    object.spec.clusterIPs = ['10.96.0.6'];
    expect(update(services, object, old)).toEqual([
      'spec.clusterIPs[0]: Invalid value: []string{"10.96.0.6"}: may not change once set',
    ]);
  });
});

describe('configuration', () => {
  test('text of a Secret becomes base64 in UTF-8, and overrides data', () => {
    const secret = create(secrets, { data: { a: 'eA==' }, stringData: { a: 'é', b: 'c' } });
    expect(secret.data).toEqual({ a: 'w6k=', b: 'Yw==' });
    expect(secret).not.toHaveProperty('stringData');
  });

  test('an immutable ConfigMap stays as it is', () => {
    const old = create(configMaps, { data: { a: 'b' }, immutable: true });
    const object = deepCopy(old);
    object.data = { a: 'c' };
    delete object.immutable;
    expect(update(configMaps, object, old)).toEqual([
      'immutable: Forbidden: field is immutable when `immutable` is set',
      'data: Forbidden: field is immutable when `immutable` is set',
    ]);
  });

  test('1 MiB is the limit', () => {
    const big = create(configMaps);
    big.data = { a: 'x'.repeat(1024 * 1024 + 1) };
    expect(configMaps.validate(big).map(formatFieldError)).toEqual([
      '[]: Too long: may not be more than 1048576 bytes',
    ]);
  });
});

describe('nodes', () => {
  test('show their roles, and that new pods are kept away', () => {
    const node = create(nodes);
    node.metadata.labels = { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'db' };
    node.spec.unschedulable = true;
    node.status.conditions = [{ type: 'Ready', status: 'Unknown' }];
    expect(nodes.cells(node, wallTime).slice(0, 4)).toEqual([
      'x',
      'NotReady,SchedulingDisabled',
      'db,worker',
      '0s',
    ]);
  });

  test('keep the podCIDR that they were given', () => {
    const old = create(nodes, { spec: { podCIDR: '10.244.1.0/24' } });
    const object = deepCopy(old);
    object.spec.podCIDR = '10.244.2.0/24';
    object.spec.podCIDRs = ['10.244.2.0/24'];
    expect(update(nodes, object, old)).toEqual([
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
    ]);
  });
});
