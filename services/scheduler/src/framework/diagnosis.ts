/** Why no node was found, in the words that `kubectl describe pod` shows. */
import type { Rejection } from './plugin.ts';

export interface Diagnosis {
  readonly nodeCount: number;
  /** What speaks against the pod on any node; undefined: nodes were looked at. */
  readonly podReason?: string;
  /** How many nodes gave each reason. */
  readonly reasons: ReadonlyMap<string, number>;
  readonly resolvableCount: number;
  /** Names of the plugins that rejected a node. */
  readonly rejectors: ReadonlySet<string>;
}

export interface DiagnosisBuilder {
  reject(plugin: string, rejection: Rejection): void;
  rejectEverywhere(plugin: string, reason: string): void;
  build(nodeCount: number): Diagnosis;
}

export function createDiagnosis(): DiagnosisBuilder {
  const reasons = new Map<string, number>();
  const rejectors = new Set<string>();
  let resolvableCount = 0;
  let podReason: string | undefined;
  return {
    rejectEverywhere: (plugin, reason) => {
      rejectors.add(plugin);
      podReason = reason;
    },
    reject: (plugin, rejection) => {
      rejectors.add(plugin);
      if (rejection.resolvable) resolvableCount++;
      for (const reason of rejection.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    },
    build: (nodeCount) => ({
      nodeCount,
      reasons,
      resolvableCount,
      rejectors,
      ...(podReason === undefined ? {} : { podReason }),
    }),
  };
}

const histogram = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. preemption: ...` */
export function describeFailure(diagnosis: Diagnosis): string {
  const { nodeCount, reasons, resolvableCount, podReason } = diagnosis;
  if (nodeCount === 0) return 'no nodes available to schedule pods';
  const head = `0/${nodeCount} nodes are available`;
  const preemption = new Map<string, number>();
  if (resolvableCount > 0) {
    preemption.set('No preemption victims found for incoming pod', resolvableCount);
  }
  if (resolvableCount < nodeCount) {
    preemption.set('Preemption is not helpful for scheduling', nodeCount - resolvableCount);
  }
  return `${head}: ${podReason ?? histogram(reasons)}. preemption: ${head}: ${histogram(preemption)}.`;
}
