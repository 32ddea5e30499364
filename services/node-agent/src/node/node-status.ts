/** The Node object that an agent keeps: pure, in kubelet's words and order. */
import {
  formatTime,
  quantityFromBytes,
  quantityFromMilli,
  type Node,
  type NodeCondition,
  type NodeStatus,
} from '@drydock/api';

import type { Pressure } from '../eviction/signals.ts';
import type { NodeResourcesAmounts } from './allocatable.ts';

export interface MachineFacts {
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly maxPods: number;
  readonly kernelVersion: string;
  readonly osImage: string;
  readonly architecture: string;
  readonly machineId: string;
  readonly bootId: string;
  readonly address: string;
  readonly kubeletPort: number;
  readonly runtimeVersion: string;
  readonly images: readonly { readonly names: readonly string[]; readonly sizeBytes: number }[];
  /** Most images that the status tells of; below zero: all. Absent: 50. */
  readonly imagesMax?: number;
  /** In bytes, by resource name: `hugepages-2Mi`. */
  readonly hugepages?: Readonly<Record<string, number>>;
  /** What pods may ask for; absent: all that there is. */
  readonly allocatable?: NodeResourcesAmounts;
  readonly pressures?: readonly Pressure[];
}

export interface NodeStatusInput {
  readonly nodeName: string;
  readonly facts: MachineFacts;
  /** Why the node is not ready; none: it is. */
  readonly problems: readonly string[];
  readonly former: NodeStatus | undefined;
  readonly wallTime: number;
}

/** What `kubectl get nodes` shows as the version. */
const kubeletVersion = 'v1.32.4-drydock';
const imagesMaxByDefault = 50;
/** Of one image, as upstream's. */
const imageNamesMax = 5;

/** What there is, in the units in which it is given away. */
export const capacityOf = (facts: Omit<MachineFacts, 'bootId' | 'runtimeVersion' | 'images'>) => ({
  cpuMillis: facts.cpuCount * 1000,
  memoryBytes: Math.floor(facts.memoryBytes / 1024) * 1024,
  diskBytes: Math.floor(facts.diskBytes / 1024) * 1024,
  pods: facts.maxPods,
  hugepages: facts.hugepages ?? {},
});

const resourceList = (amounts: NodeResourcesAmounts): Record<string, string> => ({
  cpu: quantityFromMilli(amounts.cpuMillis),
  'ephemeral-storage': quantityFromBytes(amounts.diskBytes),
  ...Object.fromEntries(
    Object.entries(amounts.hugepages).map(([name, bytes]) => [name, quantityFromBytes(bytes)]),
  ),
  memory: quantityFromBytes(amounts.memoryBytes),
  pods: String(amounts.pods),
});

export function nodeStatus({ nodeName, facts, ...input }: NodeStatusInput): NodeStatus {
  const capacity = capacityOf(facts);
  const { imagesMax = imagesMaxByDefault, pressures = [] } = facts;
  return {
    capacity: resourceList(capacity),
    allocatable: resourceList(facts.allocatable ?? capacity),
    conditions: conditionsOf({ ...input, pressures }),
    addresses: [
      { type: 'InternalIP', address: facts.address },
      { type: 'Hostname', address: nodeName },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: facts.kubeletPort } },
    nodeInfo: {
      machineID: facts.machineId,
      systemUUID: facts.machineId,
      bootID: facts.bootId,
      kernelVersion: facts.kernelVersion,
      osImage: facts.osImage,
      containerRuntimeVersion: facts.runtimeVersion,
      kubeletVersion,
      kubeProxyVersion: kubeletVersion,
      operatingSystem: 'linux',
      architecture: facts.architecture,
    },
    images: facts.images
      .filter((image) => image.names.length > 0)
      .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
      .slice(0, imagesMax < 0 ? undefined : imagesMax)
      .map(({ names, sizeBytes }) => ({ names: namesOf(names), sizeBytes })),
  };
}

/** Digests before tags, as upstream's. */
const namesOf = (names: readonly string[]): string[] =>
  names
    .toSorted((a, b) => Number(b.includes('@')) - Number(a.includes('@')))
    .slice(0, imageNamesMax);

type Verdict = Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>;

interface PressureWords {
  readonly type: Pressure;
  /** Reason and message while there is pressure, and while there is none. */
  readonly pressed: readonly [string, string];
  readonly calm: readonly [string, string];
}

const pressureWords: readonly PressureWords[] = [
  {
    type: 'MemoryPressure',
    pressed: ['KubeletHasInsufficientMemory', 'kubelet has insufficient memory available'],
    calm: ['KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  },
  {
    type: 'DiskPressure',
    pressed: ['KubeletHasDiskPressure', 'kubelet has disk pressure'],
    calm: ['KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  },
  {
    type: 'PIDPressure',
    pressed: ['KubeletHasInsufficientPID', 'kubelet has insufficient PID available'],
    calm: ['KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  },
];

function pressureVerdict(words: PressureWords, pressures: readonly Pressure[]): Verdict {
  const isPressed = pressures.includes(words.type);
  const [reason, message] = isPressed ? words.pressed : words.calm;
  return { type: words.type, status: isPressed ? 'True' : 'False', reason, message };
}

function conditionsOf(
  input: Omit<NodeStatusInput, 'nodeName' | 'facts'> & { readonly pressures: readonly Pressure[] },
): NodeCondition[] {
  const { problems, former, wallTime, pressures } = input;
  const ready: Verdict =
    problems.length === 0
      ? {
          type: 'Ready',
          status: 'True',
          reason: 'KubeletReady',
          message: 'kubelet is posting ready status',
        }
      : {
          type: 'Ready',
          status: 'False',
          reason: 'KubeletNotReady',
          message: problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`,
        };
  const now = formatTime(wallTime);
  const pressed = pressureWords.map((words) => pressureVerdict(words, pressures));
  const ours = [...pressed, ready].map((verdict): NodeCondition => {
    const before = former?.conditions?.find((one) => one.type === verdict.type);
    const since = before?.status === verdict.status ? before.lastTransitionTime : undefined;
    return { ...verdict, lastHeartbeatTime: now, lastTransitionTime: since ?? now };
  });
  return ours;
}

/** Two statuses that differ in their heartbeats only say the same. */
export function saysTheSame(a: NodeStatus | undefined, b: NodeStatus): boolean {
  if (a === undefined) return false;
  const withoutBeats = (status: NodeStatus) => {
    const conditions = b.conditions!.map(({ type }) => {
      const { lastHeartbeatTime: _beat, ...rest } =
        status.conditions?.find((one) => one.type === type) ?? ({ type } as NodeCondition);
      return sorted(rest);
    });
    const { capacity, allocatable, addresses, daemonEndpoints, nodeInfo, images } = status;
    return JSON.stringify(
      [conditions, capacity, allocatable, addresses, daemonEndpoints, nodeInfo, images].map(sorted),
    );
  };
  return withoutBeats(a) === withoutBeats(b);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, field]) => [key, sorted(field)]),
  );
}

/** Labels that every node has, and those that its owner gave it. */
export function nodeLabels(
  nodeName: string,
  architecture: string,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    'beta.kubernetes.io/arch': architecture,
    'beta.kubernetes.io/os': 'linux',
    'kubernetes.io/arch': architecture,
    'kubernetes.io/hostname': nodeName,
    'kubernetes.io/os': 'linux',
    ...given,
  };
}

export interface NodeEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** What has changed between two statuses, as events. */
export function nodeEvents(
  nodeName: string,
  former: Pick<Node, 'status'> | undefined,
  next: NodeStatus,
): NodeEvent[] {
  const events: NodeEvent[] = [];
  const before = former?.status;
  const bootId = next.nodeInfo!.bootID;
  const known = before?.nodeInfo?.bootID ?? '';
  if (known !== '' && known !== bootId) {
    events.push({
      type: 'Warning',
      reason: 'Rebooted',
      message: `Node ${nodeName} has been rebooted, boot id: ${bootId}`,
    });
  }
  for (const { type, status } of next.conditions ?? []) {
    const was = before?.conditions?.find((one) => one.type === type)?.status;
    const reason = transitionReason(type, status);
    if (was === status || reason === undefined) continue;
    events.push({ type: 'Normal', reason, message: `Node ${nodeName} status is now: ${reason}` });
  }
  return events;
}

/** With pressure, and without. */
const pressureReasons: Readonly<Record<string, readonly [string, string]>> = {
  MemoryPressure: ['NodeHasInsufficientMemory', 'NodeHasSufficientMemory'],
  DiskPressure: ['NodeHasDiskPressure', 'NodeHasNoDiskPressure'],
  PIDPressure: ['NodeHasInsufficientPID', 'NodeHasSufficientPID'],
};

function transitionReason(type: string, status: string): string | undefined {
  if (type === 'Ready') return status === 'True' ? 'NodeReady' : 'NodeNotReady';
  return pressureReasons[type]?.[status === 'True' ? 0 : 1];
}
