/** Sandboxes of a CRI runtime: made, listed, removed. */
import type { Logger } from '@drydock/ports';
import { criRuntimeService as service, type CriAnswers } from '@drydock/proto/cri';
import {
  RuntimeError,
  type RuntimeFilter,
  type SandboxConfig,
  type SandboxStatus,
} from '../runtime.ts';
import { sandboxMessage, type Surroundings } from './configs.ts';
import type { CriConnection } from './connection.ts';
import { unlessGone, withStatus } from './errors.ts';
import type { Hosts } from './hosts.ts';
import { annotation, selector } from './labels.ts';
import type { PodFiles } from './pod-files.ts';
import { sandboxStatusOf } from './status.ts';

/** What a list does not tell. Neither changes while the sandbox lives. */
interface SandboxDetails {
  /** Undefined in the network of the node. */
  readonly address: string | undefined;
  readonly hosts: Hosts;
}

export interface Sandboxes {
  readonly run: (config: SandboxConfig) => Promise<SandboxStatus>;
  readonly remove: (id: string) => Promise<void>;
  readonly list: (filter?: RuntimeFilter) => Promise<SandboxStatus[]>;
  /** Undefined when it is gone. */
  readonly details: (id: string) => Promise<SandboxDetails | undefined>;
}

export function createSandboxes(
  connection: CriConnection,
  surroundings: Surroundings,
  { files, log }: { readonly files: PodFiles; readonly log: Logger },
): Sandboxes {
  const { node } = surroundings;
  const details = new Map<string, SandboxDetails>();

  const askSandbox = async (id: string): Promise<CriAnswers['PodSandboxStatus'] | undefined> => {
    const request = { podSandboxId: id };
    const answer = await unlessGone(connection.call(service.PodSandboxStatus, request));
    return answer?.status ?? undefined;
  };
  const learnSandbox = async (id: string) => {
    const status = await askSandbox(id);
    if (status === undefined) return undefined;
    const ip = status.network?.ip ?? '';
    const found = {
      address: ip === '' ? undefined : ip,
      hosts: JSON.parse(status.annotations[annotation.hosts] ?? '{"hostAliases":[]}') as Hosts,
    };
    details.set(id, found);
    return { status, ...found };
  };
  const toSandboxStatus = async (one: CriAnswers['PodSandbox']): Promise<SandboxStatus> => {
    // A sandbox that has stopped has given its address back.
    const isReady = one.state === 'SANDBOX_READY';
    const known = isReady ? (details.get(one.id) ?? (await learnSandbox(one.id))) : undefined;
    return sandboxStatusOf(one, known?.address);
  };
  const listSandboxes = async (filter?: RuntimeFilter): Promise<SandboxStatus[]> => {
    const labelSelector = selector(node, filter?.podUid);
    const { items } = await connection.call(service.ListPodSandbox, { filter: { labelSelector } });
    if (filter?.podUid === undefined) forgetAllBut(details, items);
    return Promise.all(items.map(toSandboxStatus));
  };

  const removeSandbox = async (id: string): Promise<void> => {
    const sandbox = await askSandbox(id);
    if (sandbox === undefined) return;
    const request = { podSandboxId: id };
    await unlessGone(connection.call(service.StopPodSandbox, request));
    await unlessGone(connection.call(service.RemovePodSandbox, request));
    details.delete(id);
    const { pod } = sandboxStatusOf(sandbox, undefined);
    const others = await listSandboxes({ podUid: pod.uid });
    if (others.length === 0) await files.remove(pod);
  };

  const runSandbox = async (config: SandboxConfig): Promise<SandboxStatus> => {
    const request = { config: sandboxMessage(config, surroundings) };
    const { podSandboxId } = await connection
      .call(service.RunPodSandbox, request)
      .catch((error: unknown) => Promise.reject(withStatus(error)));
    const found = await learnSandbox(podSandboxId);
    if (found !== undefined) return sandboxStatusOf(found.status, found.address);
    throw new RuntimeError('FAILED', `sandbox container "${podSandboxId}" is not running`);
  };
  /** A crash may have left a sandbox of this very name behind. */
  const replaceSandbox = async (config: SandboxConfig, failure: unknown) => {
    const found = await listSandboxes({ podUid: config.pod.uid });
    const leftovers = found.filter((one) => one.attempt === config.attempt);
    if (leftovers.length === 0) throw failure;
    log.warn({ ...config.pod }, 'replacing a sandbox left behind by an earlier try');
    for (const { id } of leftovers) await removeSandbox(id);
    return runSandbox(config);
  };

  return {
    run: (config) => runSandbox(config).catch((error: unknown) => replaceSandbox(config, error)),
    remove: removeSandbox,
    list: listSandboxes,
    details: async (id) => details.get(id) ?? learnSandbox(id),
  };
}

/** What is known of what is gone may be forgotten. */
export function forgetAllBut(
  map: Map<string, unknown>,
  all: readonly { readonly id: string }[],
): void {
  const ids = new Set(all.map(({ id }) => id));
  for (const id of map.keys()) if (!ids.has(id)) map.delete(id);
}
