/** Pods and nodes for tests, with only what a test cares about. */
import type { Container, Node, NodeSpec, Pod, PodSpec } from '@drydock/api';

let uids = 0;

export interface PodShape {
  readonly requests?: Record<string, string>;
  readonly spec?: Partial<PodSpec>;
  /** The uid of the ReplicaSet that owns it. */
  readonly owner?: string;
  readonly labels?: Record<string, string>;
}

export function podNamed(name: string, shape: PodShape = {}): Pod {
  const container: Container = {
    name: 'main',
    image: 'demo:1',
    resources: { requests: shape.requests ?? {} },
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'default',
      uid: `pod-uid-${++uids}`,
      labels: shape.labels ?? {},
      ...(shape.owner === undefined
        ? {}
        : {
            ownerReferences: [
              {
                apiVersion: 'apps/v1',
                kind: 'ReplicaSet',
                name: shape.owner,
                uid: shape.owner,
                controller: true,
              },
            ],
          }),
    },
    spec: { containers: [container], ...shape.spec },
    status: { phase: 'Pending' },
  };
}

export interface NodeShape {
  readonly allocatable?: Record<string, string>;
  readonly labels?: Record<string, string>;
  readonly spec?: NodeSpec;
  readonly images?: readonly { readonly name: string; readonly sizeBytes: number }[];
}

export function nodeNamed(name: string, shape: NodeShape = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...shape.labels } },
    spec: shape.spec ?? {},
    status: {
      allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...shape.allocatable },
      images: (shape.images ?? []).map((image) => ({
        names: [image.name],
        sizeBytes: image.sizeBytes,
      })),
    },
  };
}
