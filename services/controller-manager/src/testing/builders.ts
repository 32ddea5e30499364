/** Objects for tests, as the API server would answer with them. */
import {
  controllerReference,
  type Deployment,
  type Node,
  type ObjectMeta,
  type Pod,
  type PodStatus,
  type ReplicaSet,
  type Taint,
  type Toleration,
} from '@drydock/api';
import type { Moment } from '../moment.plan.ts';

const epoch = Date.parse('2026-01-01T00:00:00Z');

/** A moment some seconds after the epoch of the tests, on an unscaled clock. */
export function momentAt(seconds: number): Moment {
  const wallTime = epoch + seconds * 1000;
  return { wallTime, elapsedSince: (then) => Math.max(0, wallTime - then) };
}

export function timeAt(seconds: number): string {
  return new Date(epoch + seconds * 1000).toISOString().replace('.000Z', 'Z');
}

let lastUid = 0;
export function meta(name: string, more: Partial<ObjectMeta> = {}): ObjectMeta {
  lastUid += 1;
  const uid = `uid-${String(lastUid).padStart(6, '0')}`;
  return { name, namespace: 'default', uid, creationTimestamp: timeAt(0), generation: 1, ...more };
}

export function deploymentOf(
  name: string,
  spec: Partial<Deployment['spec']> & { readonly image?: string } = {},
): Deployment {
  const { image = 'app:1', ...rest } = spec;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: meta(name),
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image }] },
      },
      strategy: {
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' },
      },
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      ...rest,
    },
    status: {},
  };
}

export function withImage(deployment: Deployment, image: string): Deployment {
  const { template } = deployment.spec;
  return {
    ...deployment,
    metadata: { ...deployment.metadata, generation: (deployment.metadata.generation ?? 0) + 1 },
    spec: {
      ...deployment.spec,
      template: { ...template, spec: { ...template.spec, containers: [{ name: 'app', image }] } },
    },
  };
}

export function replicaSetOf(
  name: string,
  options: {
    readonly replicas: number;
    readonly available?: number;
    readonly image?: string;
    readonly annotations?: Record<string, string>;
    readonly owner?: Deployment;
    readonly created?: number;
  },
): ReplicaSet {
  const available = options.available ?? options.replicas;
  const app = options.owner?.metadata.name ?? name;
  const labels = { app, 'pod-template-hash': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: meta(name, {
      labels,
      creationTimestamp: timeAt(options.created ?? 0),
      ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
      ...(options.owner === undefined
        ? {}
        : { ownerReferences: [controllerReference(options.owner)] }),
    }),
    spec: {
      replicas: options.replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'app', image: options.image ?? 'app:1' }] },
      },
    },
    status: {
      replicas: options.replicas,
      readyReplicas: available,
      availableReplicas: available,
      observedGeneration: 1,
    },
  };
}

export function podOf(
  name: string,
  options: {
    readonly node?: string;
    readonly phase?: PodStatus['phase'];
    readonly ready?: boolean;
    readonly readySince?: number;
    readonly created?: number;
    readonly labels?: Record<string, string>;
    readonly owner?: ReplicaSet;
    readonly ip?: string;
    readonly deleted?: boolean;
    readonly restarts?: number;
    readonly annotations?: Record<string, string>;
    readonly tolerations?: Toleration[];
  } = {},
): Pod {
  const { ready = false, readySince = 0 } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta(name, {
      creationTimestamp: timeAt(options.created ?? 0),
      ...(options.labels === undefined ? {} : { labels: options.labels }),
      ...(options.annotations === undefined ? {} : { annotations: options.annotations }),
      ...(options.deleted === true ? { deletionTimestamp: timeAt(1) } : {}),
      ...(options.owner === undefined
        ? {}
        : { ownerReferences: [controllerReference(options.owner)] }),
    }),
    spec: {
      containers: [{ name: 'app', image: 'app:1' }],
      ...(options.node === undefined ? {} : { nodeName: options.node }),
      ...(options.tolerations === undefined ? {} : { tolerations: options.tolerations }),
    },
    status: {
      phase: options.phase ?? 'Running',
      conditions: [
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          lastTransitionTime: timeAt(readySince),
        },
      ],
      ...(options.ip === undefined ? {} : { podIP: options.ip, podIPs: [{ ip: options.ip }] }),
      containerStatuses: [
        {
          name: 'app',
          ready,
          restartCount: options.restarts ?? 0,
          image: 'app:1',
          imageID: '',
        },
      ],
    },
  };
}

export function nodeOf(
  name: string,
  options: {
    readonly ready?: 'True' | 'False' | 'Unknown' | 'absent';
    readonly heartbeat?: number;
    readonly taints?: Taint[];
    readonly labels?: Record<string, string>;
    readonly unschedulable?: boolean;
    readonly podCIDR?: string;
    readonly created?: number;
  } = {},
): Node {
  const { ready = 'True' } = options;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...meta(name, {
        labels: options.labels ?? {},
        creationTimestamp: timeAt(options.created ?? 0),
      }),
      namespace: '',
    },
    spec: {
      ...(options.taints === undefined ? {} : { taints: options.taints }),
      ...(options.unschedulable === undefined ? {} : { unschedulable: options.unschedulable }),
      ...(options.podCIDR === undefined
        ? {}
        : { podCIDR: options.podCIDR, podCIDRs: [options.podCIDR] }),
    },
    status:
      ready === 'absent'
        ? {}
        : {
            conditions: [
              {
                type: 'Ready',
                status: ready,
                reason: 'KubeletReady',
                message: 'kubelet is posting ready status',
                lastHeartbeatTime: timeAt(options.heartbeat ?? 0),
                lastTransitionTime: timeAt(0),
              },
            ],
          },
  };
}
