/**
 * What a scheduling plugin is: pure functions of a pod, a node and what the plugin worked out about
 * the pod before it looked at nodes.
 *
 * 0. `reject` says what speaks against the pod wherever it would run; then no node is looked at.
 * 1. `prepare` runs once a cycle; its result is handed to the other functions, and 'skip' takes the
 *    plugin out of this cycle.
 * 2. `filter` answers with what speaks against a node, in upstream's words, or undefined.
 * 3. `score` is any number, higher is better; `normalize` brings a cycle's scores into 0..100.
 */
import type { NodeView } from '../model/node-info.ts';
import type { PodInfo } from '../model/pod-info.ts';
import type { Snapshot } from '../cache/cache.ts';

export interface Rejection {
  /** One or more, each counted for itself. */
  readonly reasons: readonly string[];
  /** False when no removal of pods would change it. */
  readonly resolvable: boolean;
}

/** What happened in the cluster, as far as it may make a pod schedulable. */
export type ClusterEvent =
  | 'node-added'
  | 'node-changed'
  | 'assigned-pod-added'
  | 'assigned-pod-deleted'
  | 'storage-changed';

export interface Plugin<State = void> {
  readonly name: string;
  /** Share of the score; upstream's default. */
  readonly weight: number;
  /** Events after which a pod that this plugin rejected is worth another attempt. */
  readonly helpedBy: readonly ClusterEvent[];
  reject?(pod: PodInfo, snapshot: Snapshot): string | undefined;
  prepare(pod: PodInfo, snapshot: Snapshot): State | 'skip';
  filter?(pod: PodInfo, node: NodeView, state: State): Rejection | undefined;
  score?(pod: PodInfo, node: NodeView, state: State): number;
  /** In place. */
  normalize?(scores: number[]): void;
}

/** A plugin whose state only the plugin knows. */
export type AnyPlugin = Plugin<unknown>;

export const scoreMax = 100;

/** Scales scores so that the best has 100; reversed, so that the worst has none. */
export function normalizeToMax(scores: number[], { reverse }: { reverse: boolean }): void {
  const most = Math.max(0, ...scores);
  for (let index = 0; index < scores.length; index++) {
    const scaled = most === 0 ? 0 : Math.floor((scores[index]! * scoreMax) / most);
    scores[index] = reverse ? scoreMax - scaled : scaled;
  }
}
