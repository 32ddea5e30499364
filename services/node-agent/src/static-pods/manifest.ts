/**
 * A file of the static-pod folder as a pod (kubelet's config/common.go): it is bound to this node, is named
 * after it, and is known by the hash of what it says.
 */
import { createHash } from 'node:crypto';
import {
  beforeCreate,
  decodeObject,
  formatFieldError,
  formatTime,
  pods,
  type Pod,
} from '@drydock/api';

const configHash = 'kubernetes.io/config.hash';
const configMirror = 'kubernetes.io/config.mirror';
const configSeen = 'kubernetes.io/config.seen';
const configSource = 'kubernetes.io/config.source';

export interface ManifestOptions {
  /** The file's path, which is part of the pod's identity. */
  readonly file: string;
  readonly nodeName: string;
  /** Milliseconds since the Unix epoch. */
  readonly seenAt: number;
}

/** @param text YAML or JSON. @throws Error that says what is wrong with it */
export function readManifest(text: string, { file, nodeName, seenAt }: ManifestOptions): Pod {
  const pod = decodeObject(text, pods, { syntax: 'yaml' }).object;
  pods.setDefaults(pod);
  const given = pod.metadata.uid ?? '';
  const uid =
    given === ''
      ? createHash('md5')
          .update(`host:${nodeName}file:${file}${JSON.stringify(pod)}`)
          .digest('hex')
      : given;
  const { name, namespace = '', annotations } = pod.metadata;
  if (name === '') throw new Error('metadata.name: Required value: a static pod needs a name');
  pod.metadata = {
    ...pod.metadata,
    name: `${name}-${nodeName.toLowerCase()}`,
    namespace: namespace === '' ? 'default' : namespace,
    annotations: {
      ...annotations,
      [configHash]: uid,
      [configSeen]: formatTime(seenAt),
      [configSource]: 'file',
    },
  };
  pod.spec.nodeName = nodeName;
  // So that nobody evicts it from a node in trouble, where it would only start again.
  const tolerations = pod.spec.tolerations ?? [];
  pod.spec.tolerations = [...tolerations, { operator: 'Exists', effect: 'NoExecute' }];
  const problems = beforeCreate(pods, pod, { uid, wallTime: seenAt, randomBelow: () => 0 });
  if (problems.length > 0)
    throw new Error(`invalid pod: ${problems.map(formatFieldError).join(', ')}`);
  return pod;
}

/** A pod of the API that shows a static one. */
export const isMirror = ({ metadata }: Pod) => metadata.annotations?.[configMirror] !== undefined;

/** What the API is given to show of a static pod. */
export function mirrorOf(pod: Pod, node: { readonly name: string; readonly uid: string }): Pod {
  const { name, namespace, labels, annotations = {} } = pod.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(labels === undefined ? {} : { labels }),
      annotations: { ...annotations, [configMirror]: annotations[configHash] ?? '' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', ...node, controller: true }],
    },
    spec: structuredClone(pod.spec),
    status: {},
  };
}

/** The mirror shows this very pod, and not what its file said before. */
export const mirrors = (mirror: Pod, pod: Pod): boolean =>
  mirror.metadata.annotations?.[configMirror] === pod.metadata.annotations?.[configHash];
