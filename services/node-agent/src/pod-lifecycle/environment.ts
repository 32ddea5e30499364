/**
 * The environment of a container from its spec and the objects that it refers to (kubelet's
 * makeEnvironmentVariables).
 *
 * 1. Variables of services come first, then envFrom, then env in order; a later definition of a name
 *    wins and may refer to earlier ones.
 * 2. A reference that cannot be followed and is not optional stops the container from being created.
 */
import { quantityMilliValue, quantityValue, type Container, type Pod } from '@drydock/api';
import { expand } from './expansion.ts';

/** What a reference asks for: the data of a ConfigMap or Secret of the pod's namespace as text. */
type DataLookUp = (
  kind: 'configmap' | 'secret',
  name: string,
) => Readonly<Record<string, string>> | undefined;

export interface EnvironmentInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly podIP: string | undefined;
  readonly nodeAddress: string | undefined;
  readonly serviceVariables: Readonly<Record<string, string>>;
  readonly lookUp: DataLookUp;
  /** Stands in for limits that a container does not set. */
  readonly allocatable: { readonly cpuMillis: number; readonly memoryBytes: number };
}

/** The container cannot be created as its spec stands; `message` is shown to people. */
export class ContainerConfigError extends Error {
  override readonly name = 'ContainerConfigError';
  readonly code = 'CREATE_CONTAINER_CONFIG';
}

export function environmentOf(input: EnvironmentInput): Map<string, string> {
  const { container, lookUp } = input;
  const result = new Map(Object.entries(input.serviceVariables));
  for (const source of container.envFrom ?? []) {
    const kind = source.configMapRef === undefined ? 'secret' : 'configmap';
    const reference = source.configMapRef ?? source.secretRef;
    if (reference?.name === undefined) continue;
    const data = lookUp(kind, reference.name);
    if (data === undefined) {
      if (reference.optional === true) continue;
      throw new ContainerConfigError(`${kind} "${reference.name}" not found`);
    }
    for (const [key, value] of Object.entries(data)) {
      const name = (source.prefix ?? '') + key;
      if (isVariableName(name)) result.set(name, value);
    }
  }
  for (const variable of container.env ?? []) {
    const value =
      variable.valueFrom === undefined
        ? expand(variable.value ?? '', (name) => result.get(name))
        : followReference(variable.valueFrom, input);
    if (value !== undefined) result.set(variable.name, value);
  }
  return result;
}

/** Keys that are no names of variables are left out, as upstream leaves them out. */
const isVariableName = (name: string) => /^[ -<>-~]+$/.test(name);

type Source = NonNullable<NonNullable<Container['env']>[number]['valueFrom']>;

function followReference(source: Source, input: EnvironmentInput): string | undefined {
  if (source.fieldRef !== undefined) return podField(input, source.fieldRef.fieldPath);
  if (source.resourceFieldRef !== undefined) {
    const { resource, divisor, containerName } = source.resourceFieldRef;
    return containerResource(input, { resource, divisor, containerName });
  }
  const kind = source.configMapKeyRef === undefined ? 'secret' : 'configmap';
  const reference = source.configMapKeyRef ?? source.secretKeyRef;
  if (reference?.name === undefined) return undefined;
  const data = input.lookUp(kind, reference.name);
  const value = data?.[reference.key];
  if (value !== undefined || reference.optional === true) return value;
  if (data === undefined) throw new ContainerConfigError(`${kind} "${reference.name}" not found`);
  const label = kind === 'configmap' ? 'ConfigMap' : 'Secret';
  const { namespace = '' } = input.pod.metadata;
  throw new ContainerConfigError(
    `couldn't find key ${reference.key} in ${label} ${namespace}/${reference.name}`,
  );
}

/** The downward API: fields of the pod as text. */
export function podField(
  { pod, podIP, nodeAddress }: Pick<EnvironmentInput, 'pod' | 'podIP' | 'nodeAddress'>,
  fieldPath: string,
): string {
  const keyed = /^metadata\.(labels|annotations)\['([^']+)'\]$/.exec(fieldPath);
  if (keyed !== null) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]!] ?? '';
  switch (fieldPath) {
    case 'metadata.name':
      return pod.metadata.name;
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'metadata.labels':
      return formatMap(pod.metadata.labels);
    case 'metadata.annotations':
      return formatMap(pod.metadata.annotations);
    case 'spec.nodeName':
      return pod.spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return nodeAddress ?? '';
    case 'status.podIP':
    case 'status.podIPs':
      return podIP ?? '';
    default:
      throw new ContainerConfigError(`unsupported fieldPath: ${fieldPath}`);
  }
}

const formatMap = (map: Readonly<Record<string, string>> = {}) =>
  Object.keys(map)
    .toSorted()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');

/** A container's request or limit, in whole units of the divisor, rounded up. */
export function containerResource(
  { pod, container, allocatable }: Pick<EnvironmentInput, 'pod' | 'container' | 'allocatable'>,
  reference: {
    readonly resource: string;
    readonly divisor?: string | undefined;
    readonly containerName?: string | undefined;
  },
): string {
  const { containerName = '' } = reference;
  const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const named = containerName === '' ? container : all.find((one) => one.name === containerName);
  const [list, resource] = reference.resource.split('.') as ['limits' | 'requests', string];
  const quantity = named?.resources?.[list]?.[resource];
  const divisor = (reference.divisor ?? '0') === '0' ? '1' : reference.divisor!;
  if (resource === 'cpu') {
    const millis =
      quantity === undefined
        ? list === 'limits'
          ? allocatable.cpuMillis
          : 0
        : quantityMilliValue(quantity);
    return String(Math.ceil(millis / quantityMilliValue(divisor)));
  }
  const absent = list === 'limits' && resource === 'memory' ? allocatable.memoryBytes : 0;
  const value = quantity === undefined ? absent : quantityValue(quantity);
  return String(Math.ceil(value / quantityValue(divisor)));
}
