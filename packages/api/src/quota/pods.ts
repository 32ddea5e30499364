/** Pods: how many, and what their containers request and are limited to. */
import type {
  Container,
  Pod,
  PodAffinityTerm,
  ScopedResourceSelectorRequirement,
} from '../generated/types.ts';
import { isExtendedResource, isNativeResource } from '../kinds/shared/resource-names.ts';
import { podAmountsWithOverhead } from '../pod-amounts.ts';
import { isPodFinished, podQosClass } from '../pod.ts';
import { parseTime } from '../time.ts';
import type { Amounts } from './amounts.ts';
import type { QuotaEvaluator } from './evaluator.ts';

const computed = ['cpu', 'memory', 'ephemeral-storage'];
const names = [
  'count/pods',
  'pods',
  ...computed.flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
];

/** A quota on these makes each container name them; upstream calls it a mistake that must stay. */
const requiredNames = [
  'cpu',
  'memory',
  'requests.cpu',
  'requests.memory',
  'limits.cpu',
  'limits.memory',
];

const isHugePages = (name: string) => name.startsWith('hugepages-');

function counts(resource: string): boolean {
  return (
    names.includes(resource) ||
    isHugePages(resource) ||
    resource.startsWith('requests.hugepages-') ||
    (!isNativeResource(resource) && resource.startsWith('requests.'))
  );
}

/** Amounts under the names that quotas have for them. */
function computeUsage(requests: Amounts, limits: Amounts): Record<string, string> {
  const usage: Record<string, string> = { pods: '1' };
  for (const [name, request] of Object.entries(requests)) {
    if (computed.includes(name) || isHugePages(name)) usage[name] = request;
    if (computed.includes(name) || isHugePages(name) || isExtendedResource(name)) {
      usage[`requests.${name}`] = request;
    }
  }
  for (const [name, limit] of Object.entries(limits)) {
    if (computed.includes(name)) usage[`limits.${name}`] = limit;
  }
  return usage;
}

/** It has not ended, and is not one that should have ended long ago: its node may be lost. */
function isCharged(pod: Pod, wallTime: number): boolean {
  if (isPodFinished(pod)) return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  return wallTime <= parseTime(deletionTimestamp) + deletionGracePeriodSeconds * 1_000;
}

function usage(pod: Pod, wallTime: number): Amounts {
  const count = { 'count/pods': '1' };
  if (!isCharged(pod, wallTime)) return count;
  const requests = podAmountsWithOverhead(pod.spec, 'requests');
  return { ...count, ...computeUsage(requests, podAmountsWithOverhead(pod.spec, 'limits')) };
}

function crossesNamespaces({ spec }: Pod): boolean {
  const terms = [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity].flatMap(
    (affinity): PodAffinityTerm[] => [
      ...(affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
        ({ podAffinityTerm }) => podAffinityTerm,
      ),
    ],
  );
  return terms.some(
    ({ namespaces = [], namespaceSelector }) =>
      namespaces.length > 0 || namespaceSelector !== undefined,
  );
}

function hasClass(
  { operator, values = [] }: ScopedResourceSelectorRequirement,
  className: string,
): boolean {
  switch (operator) {
    case 'In':
      return values.includes(className);
    case 'NotIn':
      return !values.includes(className);
    case 'Exists':
      return className !== '';
    case 'DoesNotExist':
      return className === '';
    default:
      return operator satisfies never;
  }
}

function matchesScope(scope: ScopedResourceSelectorRequirement, pod: Pod): boolean {
  switch (scope.scopeName) {
    case 'Terminating':
      return pod.spec.activeDeadlineSeconds !== undefined;
    case 'NotTerminating':
      return pod.spec.activeDeadlineSeconds === undefined;
    case 'BestEffort':
      return podQosClass(pod.spec) === 'BestEffort';
    case 'NotBestEffort':
      return podQosClass(pod.spec) !== 'BestEffort';
    case 'PriorityClass':
      return hasClass(scope, pod.spec.priorityClassName ?? '');
    case 'CrossNamespacePodAffinity':
      return crossesNamespaces(pod);
    default:
      return scope.scopeName satisfies never;
  }
}

/** `must specify limits.cpu for: a,b; requests.cpu for: a` */
function missing(resources: readonly string[], { spec }: Pod): string | undefined {
  const containers: Container[] = [...spec.containers, ...(spec.initContainers ?? [])];
  const lacks = resources
    .filter((name) => requiredNames.includes(name))
    .sort()
    .flatMap((name) => {
      const without = containers.filter(({ resources: { requests = {}, limits = {} } = {} }) => {
        const given = computeUsage(requests, limits);
        return given[name] === undefined;
      });
      const list = [...new Set(without.map((container) => container.name))].sort().join(',');
      return without.length === 0 ? [] : [`${name} for: ${list}`];
    });
  return lacks.length === 0 ? undefined : `must specify ${lacks.join('; ')}`;
}

export const podEvaluator: QuotaEvaluator<Pod> = {
  counts,
  usage,
  matchesScope,
  missing,
  isChargedOnUpdate: false,
};
