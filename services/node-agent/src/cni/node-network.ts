/**
 * The node's side of the pod network: cables to its pods, routes to the pods of other nodes, and
 * masquerade for what leaves the cluster. Works in the network namespace of the agent's own process.
 *
 * 1. Safe to repeat: everything is compared with what the kernel has, not with what was done before.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Node } from '@drydock/api';
import type { Clock, Logger, Millis } from '@drydock/ports';
import { CommandError } from '@drydock/process';
import { gatewayOf } from './addresses.ts';
import { applyRules, ipBatch, ipJson } from './commands.ts';
import {
  cableCommands,
  cableName,
  masqueradeRules,
  ownRangeCommands,
  routeCommands,
  routeProtocol,
  type KernelRoute,
  type NodeRange,
} from './plan.ts';
import type { Attachment, PodNetwork } from './pod-network.ts';

const retryMillis: Millis = 1_000;
const resyncMillis: Millis = 30_000;
const defaultMtuBytes = 1500;
const forwardingFile = '/proc/sys/net/ipv4/ip_forward';

export interface NodeNetwork extends PodNetwork {
  /** Takes over the cluster's nodes as they are now. */
  setNodes(nodes: readonly Node[]): void;
  /** The node's own range, once it has one. */
  readonly podRange: string | undefined;
  /** Why pods cannot be connected; undefined when they can. */
  readonly problem: string | undefined;
  /** Sets the one listener that is told when `problem` comes or goes. */
  onProblemChange(tell: () => void): void;
  /** Which of these sandboxes have their cable. */
  cabled(sandboxIds: readonly string[]): Promise<ReadonlySet<string>>;
}

interface KernelLink {
  readonly ifname: string;
  readonly mtu: number;
}

export function createNodeNetwork(
  { nodeName, signal }: { readonly nodeName: string; readonly signal: AbortSignal },
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): NodeNetwork {
  let ranges: readonly NodeRange[] = [];
  let own: string | undefined;
  let problem: string | undefined = 'the node has no podCIDR yet';
  let tellProblem = () => {};
  let isRunning = false;
  let isDirty = false;
  let masqueraded = '';
  let mtu: Promise<number> | undefined;

  const reconcile = async () => {
    if (own === undefined) return;
    await enableForwarding();
    const others = ranges.filter((one) => one.node !== nodeName);
    const present = await ipJson<KernelRoute>(['route', 'show', 'proto', String(routeProtocol)]);
    await ipBatch([...ownRangeCommands(own), ...routeCommands(present, others)]);
    const rules = masqueradeRules(
      own,
      others.map((one) => one.podRange),
    );
    if (rules !== masqueraded) await applyRules(rules);
    masqueraded = rules;
  };

  const run = async () => {
    isDirty = true;
    if (isRunning) return;
    isRunning = true;
    while (isDirty && !signal.aborted) {
      isDirty = false;
      const hadProblem = problem !== undefined;
      try {
        await reconcile();
        if (own !== undefined) problem = undefined;
        if (hadProblem && problem === undefined) tellProblem();
      } catch (error) {
        problem = (error as Error).message;
        log.error({ err: error }, 'cannot set up the pod network; will try again');
        if (!hadProblem) tellProblem();
        await clock.sleep(retryMillis, { signal }).catch(() => undefined);
        isDirty = true;
      }
    }
    isRunning = false;
  };
  const resync = async () => {
    while (!signal.aborted) {
      await clock.sleep(resyncMillis, { signal }).catch(() => undefined);
      masqueraded = '';
      void run();
    }
  };
  void resync();

  const plug = async ({ sandboxId, pid, address }: Attachment) => {
    if (own === undefined) throw new Error('the node has no podCIDR yet');
    mtu ??= uplinkMtu();
    const commands = cableCommands({
      sandboxId,
      pid,
      address,
      gateway: gatewayOf(own),
      mtuBytes: await mtu,
    });
    await ipBatch(commands.outside);
    await ipBatch(commands.inside, pid);
  };

  return {
    attach: async (attachment) => {
      try {
        await plug(attachment);
      } catch (error) {
        if (!(error instanceof CommandError) || !/File exists/.test(error.message)) throw error;
        // Half a cable from an earlier try.
        await ipBatch([`link del ${cableName(attachment.sandboxId)}`]);
        await plug(attachment);
      }
    },
    cabled: async (sandboxIds) => {
      const links = await ipJson<KernelLink>(['link', 'show', 'type', 'veth']);
      const names = new Set(links.map((link) => link.ifname));
      return new Set(sandboxIds.filter((id) => names.has(cableName(id))));
    },
    setNodes: (nodes) => {
      ranges = nodes.flatMap((node) => rangeOf(node) ?? []);
      own = ranges.find((one) => one.node === nodeName)?.podRange ?? own;
      void run();
    },
    onProblemChange: (tell) => {
      tellProblem = tell;
    },
    get podRange() {
      return own;
    },
    get problem() {
      return problem;
    },
  };
}

function rangeOf(node: Node): NodeRange | undefined {
  const podRange = node.spec.podCIDR;
  const address = node.status.addresses?.find((one) => one.type === 'InternalIP')?.address;
  if (podRange === undefined || podRange === '' || address === undefined) return undefined;
  return { node: node.metadata.name, podRange, address };
}

/** Pods must not send larger packets than the node's own network carries. */
async function uplinkMtu(): Promise<number> {
  const [route] = await ipJson<KernelRoute>(['route', 'show', 'default']);
  if (route?.dev === undefined) return defaultMtuBytes;
  const [link] = await ipJson<KernelLink>(['link', 'show', route.dev]);
  return link?.mtu ?? defaultMtuBytes;
}

async function enableForwarding(): Promise<void> {
  if ((await readFile(forwardingFile, 'utf8')).trim() === '1') return;
  await writeFile(forwardingFile, '1').catch((error: unknown) => {
    throw new Error(
      `this node does not forward packets, and ${forwardingFile} is read-only: start its container with the sysctl net.ipv4.ip_forward=1`,
      { cause: error },
    );
  });
}
