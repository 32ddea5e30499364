/** What `up` waits for, in the order in which it comes true. Each wait has a deadline and says why it failed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { get } from 'node:http';
import type { CommandFailure } from '../terminal/failure.ts';
import type { Step } from '../terminal/steps.ts';
import type { Cluster } from './parts.ts';
import type { RestClient } from './rest.ts';
import { askLeaders, askMembers, askNodes, list } from './view.ts';

/** `check` returns what is true now: done with a text for the step's line, or what is missing. */
export type Progress = { readonly done: string } | { readonly missing: string };

export interface WaitOptions {
  readonly what: string;
  readonly deadlineMillis: number;
  readonly pauseMillis?: number;
  /** Ends the wait before its deadline. */
  readonly hopeless?: () => Promise<CommandFailure | undefined>;
  /** Between two questions to `hopeless`, which starts processes; two seconds by default. */
  readonly hopelessPauseMillis?: number;
  /** What is thrown at the deadline. */
  readonly late: (sentence: string) => Promise<CommandFailure>;
}

export async function waitFor(
  step: Step,
  options: WaitOptions,
  check: () => Promise<Progress>,
): Promise<string> {
  const end = performance.now() + options.deadlineMillis;
  const hopelessPauseMillis = options.hopelessPauseMillis ?? 2_000;
  let nextQuestion = performance.now() + hopelessPauseMillis;
  for (;;) {
    const progress = await check().catch((error: Error) => ({ missing: error.message }));
    if ('done' in progress) return progress.done;
    step.note(progress.missing);
    if (performance.now() > end) {
      const seconds = Math.round(options.deadlineMillis / 1_000);
      throw await options.late(`${options.what}: not within ${seconds} s (${progress.missing})`);
    }
    if (performance.now() >= nextQuestion) {
      const failure = await options.hopeless?.();
      if (failure !== undefined) throw failure;
      nextQuestion = performance.now() + hopelessPauseMillis;
    }
    await sleep(options.pauseMillis ?? 150);
  }
}

/** All members answer and agree on a leader. */
export async function etcdHasLeader(cluster: Cluster): Promise<Progress> {
  const members = await askMembers(cluster);
  const silent = members.filter((one) => one.status === undefined).map((one) => one.name);
  if (silent.length > 0) return { missing: `no answer from ${silent.join(', ')}` };
  const leaders = new Set(members.map((one) => one.status!.leaderId));
  const [leaderId] = leaders;
  const leader = members.find((one) => one.status!.memberId === leaderId);
  if (leaders.size !== 1 || leader === undefined) return { missing: 'no leader yet' };
  return { done: `${members.length} members, ${leader.name} leads` };
}

export async function partsReady(cluster: Cluster, names: readonly string[]): Promise<Progress> {
  const reasons = await Promise.all(
    names.map(async (name) => ({ name, reason: await cluster.unreadyReason(name) })),
  );
  const unready = reasons.find((one) => one.reason !== undefined);
  if (unready !== undefined) return { missing: `${unready.name}: ${unready.reason}` };
  return { done: `${names.join(', ')} ready` };
}

export async function leadersElected(rest: RestClient): Promise<Progress> {
  const { scheduler, controllerManager } = await askLeaders(rest);
  if (!scheduler) return { missing: 'no scheduler leads yet' };
  if (!controllerManager) return { missing: 'no controller-manager leads yet' };
  return { done: `${shortHolder(scheduler)}, ${shortHolder(controllerManager)}` };
}

/** Holders are `host_uuid`. */
export function shortHolder(holder: string): string {
  return holder.split('_')[0] ?? holder;
}

export async function nodesReady(rest: RestClient, names: readonly string[]): Promise<Progress> {
  const nodes = await askNodes(rest);
  const ready = new Set(nodes.filter((node) => node.ready).map((node) => node.name));
  const missing = names.filter((name) => !ready.has(name));
  if (missing.length > 0) {
    return { missing: `${names.length - missing.length} of ${names.length} Ready` };
  }
  return { done: `${names.length} Ready` };
}

export async function deploymentAvailable(rest: RestClient, name: string): Promise<Progress> {
  const deployments = await list(rest, '/apis/apps/v1/namespaces/default/deployments');
  const found = deployments.find((one) => one.metadata.name === name);
  const wanted = found?.spec?.replicas ?? 1;
  const available = found?.status?.availableReplicas ?? 0;
  if (available < wanted) return { missing: `${available} of ${wanted} pods available` };
  return { done: `${available} pods available` };
}

/** The body's first line. */
export async function answers(url: string): Promise<Progress> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: 2_000, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () =>
        resolve(
          response.statusCode === 200
            ? { done: text.trim().split('\n')[0] ?? '' }
            : { missing: `${url} answers ${response.statusCode}` },
        ),
      );
      response.on('error', (error) => resolve({ missing: error.message }));
    });
    request.on('timeout', () => request.destroy(new Error(`${url} does not answer`)));
    request.on('error', (error) => resolve({ missing: error.message }));
  });
}
