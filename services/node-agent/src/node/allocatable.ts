/**
 * What pods may ask for of a node (kubelet's node allocatable): what it has, less what is reserved for the
 * system and for Kubernetes' own processes, less what eviction keeps free. Pure.
 */
import { quantityMilliValue, quantityValue } from '@drydock/api';
import type { Signal } from '../eviction/signals.ts';
import { unitsOf, type Threshold } from '../eviction/thresholds.ts';

/** In thousandths of a CPU, bytes and numbers. */
export interface NodeResourcesAmounts {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  readonly pods: number;
  /** By resource name, say hugepages-2Mi; in bytes. */
  readonly hugepages: Readonly<Record<string, number>>;
}

export interface Reserved {
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** `cpu=100m`, `memory=200Mi`, `ephemeral-storage=1Gi`. @throws Error that names the flag */
export function parseReserved(flag: string, pairs: readonly string[]): Reserved {
  const found: Record<string, string> = {};
  for (const pair of pairs) {
    const [name = '', value] = pair.split('=');
    if (value === undefined || value === '') {
      throw new Error(`${flag}: expected resource=quantity, got "${pair}"`);
    }
    if (!reservable.has(name)) {
      throw new Error(
        `${flag}: cannot reserve "${name}" resource; one of ${[...reservable].join(', ')}`,
      );
    }
    if (quantityValue(value) < 0)
      throw new Error(`${flag}: ${name} must not be negative: ${value}`);
    found[name] = value;
  }
  return {
    cpuMillis: quantityMilliValue(found['cpu'] ?? '0'),
    memoryBytes: quantityValue(found['memory'] ?? '0'),
    diskBytes: quantityValue(found['ephemeral-storage'] ?? '0'),
  };
}

const reservable = new Set(['cpu', 'memory', 'ephemeral-storage', 'pid']);

export function allocatableOf(
  capacity: NodeResourcesAmounts,
  reserved: readonly Reserved[],
  thresholds: readonly Threshold[],
): NodeResourcesAmounts {
  const sum = (of: (one: Reserved) => number) =>
    reserved.reduce((total, one) => total + of(one), 0);
  const kept = (signal: Signal, whole: number) => {
    const hard = thresholds.find((one) => one.signal === signal && one.graceMillis === undefined);
    return hard === undefined ? 0 : unitsOf(hard.amount, whole);
  };
  const { memoryBytes, diskBytes, hugepages } = capacity;
  const inHugepages = Object.values(hugepages).reduce((total, bytes) => total + bytes, 0);
  return {
    ...capacity,
    cpuMillis: Math.max(0, capacity.cpuMillis - sum((one) => one.cpuMillis)),
    memoryBytes: Math.max(
      0,
      memoryBytes -
        inHugepages -
        sum((one) => one.memoryBytes) -
        kept('memory.available', memoryBytes),
    ),
    diskBytes: Math.max(
      0,
      diskBytes - sum((one) => one.diskBytes) - kept('nodefs.available', diskBytes),
    ),
  };
}
