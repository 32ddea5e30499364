/**
 * A cluster as the commands see it, whether its parts are containers or processes on loopback.
 * A part is what can be killed: an etcd member, an apiserver, a node.
 */
import type { ClusterState, StateFolder } from '../state.ts';
import { CommandFailure } from '../terminal/failure.ts';

export interface Part {
  /** Say `etcd-1`. */
  readonly name: string;
  readonly running: boolean;
  /** Dead by itself, and started again and again. */
  readonly crashing: boolean;
  /** As the engine or the supervisor says it, say `Exited (137) 2 minutes ago`. */
  readonly detail: string;
}

export interface PartFailures {
  readonly name: string;
  /** Runs that ended by themselves with code 1 or 2, one after another; 0 for one that does well. */
  readonly failures: number;
}

export interface Cluster {
  readonly state: ClusterState;
  readonly folder: StateFolder;
  /** Every part, also the dead. */
  parts(): Promise<readonly Part[]>;
  /** How often each part failed of late. */
  failures(): Promise<readonly PartFailures[]>;
  /** The end of a part's log. */
  lastWords(part: string): Promise<string>;
  /** What /readyz of a part says: undefined when it is ready, else the reason. */
  unreadyReason(part: string): Promise<string | undefined>;
  /** All parts when none is named. */
  start(parts: readonly string[]): Promise<void>;
  stop(parts: readonly string[]): Promise<void>;
  /** Prints logs until they end or, when following, until interrupted. */
  logs(parts: readonly string[], options: LogOptions): Promise<number>;
  /** What `down` removes, one line each. */
  remains(): Promise<readonly string[]>;
  /** Removes all of it. */
  remove(): Promise<void>;
}

interface LogOptions {
  readonly follow: boolean;
  readonly tail: number | undefined;
}

/**
 * The order in which parts stop: the higher first. A leader gives its Lease back and a node says its
 * last words only while there is an apiserver, and an apiserver only while there is etcd.
 */
export function stopStage(part: string): number {
  if (part.startsWith('etcd-')) return 0;
  return part.startsWith('apiserver-') || part === 'load-balancer' ? 1 : 2;
}

export const stopStages: readonly number[] = [2, 1, 0];

export function noSuchPart(name: string, present: readonly Part[]): CommandFailure {
  return new CommandFailure(`the cluster has no part named ${name}`, {
    remedies: [`parts there are: ${present.map((part) => part.name).join(', ')}`],
    exitCode: 2,
  });
}
