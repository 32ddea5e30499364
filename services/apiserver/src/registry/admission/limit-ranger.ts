/**
 * LimitRanger: gives containers what a namespace's LimitRanges have for them by default, and refuses
 * what is outside of their bounds. Pure. Source: upstream's limitranger plugin.
 */
import {
  compareQuantities,
  podAmounts,
  quantityMilliValue,
  type Amounts,
  type Container,
  type LimitRange,
  type LimitRangeItem,
  type PersistentVolumeClaim,
  type Pod,
} from '@drydock/api';

const annotation = 'kubernetes.io/limit-ranger';

function defaultsOf({ spec }: LimitRange): { requests: Amounts; limits: Amounts } {
  const items = spec.limits.filter(({ type }) => type === 'Container');
  return {
    requests: Object.assign({}, ...items.map((item) => item.defaultRequest)) as Amounts,
    limits: Object.assign({}, ...items.map((item) => item.default)) as Amounts,
  };
}

/** Fills in what a container leaves out; tells what that was. */
function fill(
  container: Container,
  { requests, limits }: { readonly requests: Amounts; readonly limits: Amounts },
  kind: 'container' | 'init container',
): string[] {
  return (
    [
      ['requests', requests, 'request'],
      ['limits', limits, 'limit'],
    ] as const
  ).flatMap(([heading, defaults, word]) => {
    const given = container.resources?.[heading] ?? {};
    const missing = Object.keys(defaults).filter((name) => given[name] === undefined);
    if (missing.length === 0) return [];
    container.resources = { ...container.resources, [heading]: { ...defaults, ...given } };
    return [`${missing.sort().join(', ')} ${word} for ${kind} ${container.name}`];
  });
}

/** Changes the pod, and tells in an annotation how. */
export function setContainerDefaults(pod: Pod, ranges: readonly LimitRange[]): void {
  for (const range of ranges) {
    const defaults = defaultsOf(range);
    const filled = [
      ...pod.spec.containers.flatMap((container) => fill(container, defaults, 'container')),
      ...(pod.spec.initContainers ?? []).flatMap((container) =>
        fill(container, defaults, 'init container'),
      ),
    ];
    if (filled.length === 0) continue;
    pod.metadata.annotations = {
      ...pod.metadata.annotations,
      [annotation]: `LimitRanger plugin set: ${filled.join('; ')}`,
    };
  }
}

/** One resource of one asker, and what an item says of it. */
interface Case {
  readonly type: string;
  readonly name: string;
  readonly enforced: string;
  readonly request: string | undefined;
  readonly limit: string | undefined;
}

function belowMin({ type, name, enforced, request, limit }: Case): string | undefined {
  const bound = `minimum ${name} usage per ${type} is ${enforced}`;
  if (request === undefined) return `${bound}.  No request is specified`;
  if (compareQuantities(request, enforced) < 0) return `${bound}, but request is ${request}`;
  const isLow = limit !== undefined && compareQuantities(limit, enforced) < 0;
  return isLow ? `${bound}, but limit is ${limit}` : undefined;
}

function aboveMax({ type, name, enforced, request, limit }: Case): string | undefined {
  const bound = `maximum ${name} usage per ${type} is ${enforced}`;
  if (limit === undefined) return `${bound}.  No limit is specified`;
  if (compareQuantities(limit, enforced) > 0) return `${bound}, but limit is ${limit}`;
  const isHigh = request !== undefined && compareQuantities(request, enforced) > 0;
  return isHigh ? `${bound}, but request is ${request}` : undefined;
}

/** A claim has no limits: what it requests is what it gets. */
function requestAboveMax({ type, name, enforced, request }: Case): string | undefined {
  const bound = `maximum ${name} usage per ${type} is ${enforced}`;
  if (request === undefined) return `${bound}.  No request is specified`;
  return compareQuantities(request, enforced) > 0
    ? `${bound}, but request is ${request}`
    : undefined;
}

function aboveRatio({ type, name, enforced, request, limit }: Case): string | undefined {
  const bound = `${name} max limit to request ratio per ${type} is ${enforced}`;
  const isNone = (amount: string | undefined): amount is undefined =>
    amount === undefined || compareQuantities(amount, '0') === 0;
  if (isNone(request)) return `${bound}, but no request is specified or request is 0`;
  if (isNone(limit)) return `${bound}, but no limit is specified or limit is 0`;
  const ratio = quantityMilliValue(limit) / quantityMilliValue(request);
  if (ratio * 1_000 <= quantityMilliValue(enforced)) return undefined;
  return `${bound}, but provided ratio is ${ratio.toFixed(6)}`;
}

type Asks = { readonly requests: Amounts; readonly limits: Amounts };

function problemsOf(
  type: string,
  bounds: Amounts | undefined,
  { requests, limits }: Asks,
  check: (one: Case) => string | undefined,
): string[] {
  return Object.entries(bounds ?? {}).flatMap(([name, enforced]) => {
    const one = { type, name, enforced, request: requests[name], limit: limits[name] };
    return check(one) ?? [];
  });
}

function judge(item: LimitRangeItem, asks: Asks): string[] {
  return [
    ...problemsOf(item.type, item.min, asks, belowMin),
    ...problemsOf(item.type, item.max, asks, aboveMax),
    ...problemsOf(item.type, item.maxLimitRequestRatio, asks, aboveRatio),
  ];
}

function judgePod(item: LimitRangeItem, { spec }: Pod): string[] {
  if (item.type === 'Pod') {
    const asks = { requests: podAmounts(spec, 'requests'), limits: podAmounts(spec, 'limits') };
    return judge(item, asks);
  }
  if (item.type !== 'Container') return [];
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  return containers.flatMap(({ resources: { requests = {}, limits = {} } = {} }) =>
    judge(item, { requests, limits }),
  );
}

function judgeClaim(item: LimitRangeItem, { spec }: PersistentVolumeClaim): string[] {
  if (item.type !== 'PersistentVolumeClaim') return [];
  const asks = { requests: spec.resources?.requests ?? {}, limits: {} };
  return [
    ...problemsOf(item.type, item.min, asks, belowMin),
    ...problemsOf(item.type, item.max, asks, requestAboveMax),
  ];
}

/** Why the first LimitRange that does refuses an object; undefined when none does. */
export function limitProblem(
  ranges: readonly LimitRange[],
  object: { readonly kind: string },
): string | undefined {
  for (const { spec } of ranges) {
    const problems = spec.limits.flatMap((item) =>
      object.kind === 'Pod'
        ? judgePod(item, object as Pod)
        : judgeClaim(item, object as PersistentVolumeClaim),
    );
    if (problems.length === 1) return problems[0];
    if (problems.length > 1) return `[${[...new Set(problems)].join(', ')}]`;
  }
  return undefined;
}
