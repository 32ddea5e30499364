/**
 * metrics.k8s.io/v1beta1 as metrics-server serves it: what nodes and pods use, for `kubectl top` and
 * autoscalers. The objects are made when they are asked for; who is asked about comes from the cache.
 */
import {
  findResource,
  formatTime,
  groupVersion,
  methodNotAllowedError,
  nodeMetrics,
  notFoundError,
  type KindDefinition,
  type KubernetesObject,
  type Node,
  type NodeMetrics,
  type Pod,
  type PodMetrics,
} from '@drydock/api';
import type { Clock } from '@drydock/ports';
import { createSelection } from '../../cacher/selection.ts';
import type { Registry } from '../../registry/registry.ts';
import { contentTypes } from '../bodies.ts';
import { parseListOptions } from '../list-options.ts';
import { negotiate } from '../negotiate.ts';
import type { ResourceRequest } from '../action.ts';
import type { NodeStats } from './node-stats.ts';
import { formatWindow, measure, podUsages } from './rates.ts';
import { renderUsage, renderUsages, type UsageRendering } from './render.ts';

export interface UsageHandlerOptions {
  readonly registry: Pick<Registry, 'get' | 'list'>;
  readonly nodeStats: NodeStats;
  readonly clock: Clock;
}

export type UsageHandler = (request: ResourceRequest, kind: KindDefinition) => Promise<void>;

export function createUsageHandler(options: UsageHandlerOptions): UsageHandler {
  return async (request, kind) => {
    const { path, verb } = request;
    const rendering: UsageRendering = {
      kind,
      form: negotiate(request.exchange.header('accept')),
      includeObject: request.query.get('includeObject') ?? 'Metadata',
    };
    if (verb === 'get') {
      const stored = findResource('', kind.resource)!;
      const target = { kind: stored, namespace: path.namespace, name: path.name };
      const object = (await options.registry.get(target, 'any')).parse();
      const [found] = await usagesOf(kind, [object], options);
      if (found === undefined) {
        throw notFoundError(kind, kind.namespaced ? `${path.namespace}/${path.name}` : path.name);
      }
      request.respond(200, contentTypes[rendering.form], renderUsage(found, rendering));
      return;
    }
    if (verb !== 'list') throw methodNotAllowedError(kind, verb);
    const objects = await select(request, kind, options);
    const found = await usagesOf(kind, objects, options);
    request.respond(200, contentTypes[rendering.form], renderUsages(found, rendering));
  };
}

/** Pods or nodes, in the order of their names. */
async function select(
  { path, query }: ResourceRequest,
  kind: KindDefinition,
  { registry }: UsageHandlerOptions,
): Promise<KubernetesObject[]> {
  const { labelSelector, fieldSelector } = parseListOptions(query);
  const { namespace } = path;
  const selection = createSelection(kind, { namespace, labelSelector, fieldSelector });
  const { objects } = await registry.list(findResource('', kind.resource)!, selection, 'any');
  return Array.from(objects, (one) => one.parse());
}

const usagesOf = (
  kind: KindDefinition,
  objects: readonly KubernetesObject[],
  options: UsageHandlerOptions,
): Promise<(NodeMetrics | PodMetrics)[]> =>
  kind === nodeMetrics
    ? usagesOfNodes(objects as Node[], options)
    : usagesOfPods(objects as Pod[], options);

/** metrics-server's: the object is as old as the answer, and has the labels of what it is about. */
const metadataOf = ({ metadata }: KubernetesObject, clock: Clock) => ({
  name: metadata.name,
  ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  creationTimestamp: formatTime(clock.wallTime()),
  ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
});

async function usagesOfNodes(
  nodes: readonly Node[],
  { nodeStats, clock }: UsageHandlerOptions,
): Promise<NodeMetrics[]> {
  const answers = await Promise.all(nodes.map((node) => nodeStats.of(node.metadata.name)));
  return nodes.flatMap((node, index) => {
    const measured = measure(answers[index]?.node ?? null);
    if (measured === undefined) return [];
    return {
      kind: 'NodeMetrics',
      apiVersion: groupVersion(nodeMetrics),
      metadata: metadataOf(node, clock),
      timestamp: formatTime(measured.wallTime),
      window: formatWindow(measured.windowMillis),
      usage: { ...measured.usage },
    };
  });
}

async function usagesOfPods(
  pods: readonly Pod[],
  { nodeStats, clock }: UsageHandlerOptions,
): Promise<PodMetrics[]> {
  const running = pods.filter(({ status }) => status.phase === 'Running');
  const nodeNames = new Set(running.map(({ spec }) => spec.nodeName ?? ''));
  const answers = await Promise.all(Array.from(nodeNames, (name) => nodeStats.of(name)));
  const usages = new Map(
    answers.flatMap((answer) => (answer === undefined ? [] : [...podUsages(answer)])),
  );
  return running.flatMap((pod) => {
    const usage = usages.get(pod.metadata.uid ?? '');
    if (usage === undefined) return [];
    return {
      kind: 'PodMetrics',
      apiVersion: groupVersion(nodeMetrics),
      metadata: metadataOf(pod, clock),
      timestamp: formatTime(usage.wallTime),
      window: formatWindow(usage.windowMillis),
      containers: usage.containers.map((one) => ({ name: one.name, usage: { ...one.usage } })),
    };
  });
}
