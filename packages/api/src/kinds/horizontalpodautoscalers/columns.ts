/** The Targets cell: what is measured over what is wanted, at most two metrics of it. */
import type {
  MetricSpec,
  MetricStatus,
  MetricTarget,
  MetricValueStatus,
} from '../../generated/types.ts';

const shownCountMax = 2;
const unknown = '<unknown>';

/** An average is marked as such where a total could stand as well. */
function formatAmount(target: MetricTarget, current: MetricValueStatus | undefined): string {
  if (target.averageValue !== undefined) {
    return `${current?.averageValue ?? unknown}/${target.averageValue} (avg)`;
  }
  return `${current?.value ?? unknown}/${target.value ?? '0'}`;
}

function formatResource(
  name: string,
  target: MetricTarget,
  current: MetricValueStatus | undefined,
): string {
  if (target.averageValue !== undefined) {
    return `${name}: ${current?.averageValue ?? unknown}/${target.averageValue}`;
  }
  const percent = (value: number | undefined, missing: string) =>
    value === undefined ? missing : `${value}%`;
  const now = percent(current?.averageUtilization, unknown);
  return `${name}: ${now}/${percent(target.averageUtilization, '<auto>')}`;
}

function formatMetric(spec: MetricSpec, status: MetricStatus | undefined): string {
  const { external, object, pods, resource, containerResource } = spec;
  if (spec.type === 'External' && external !== undefined) {
    return formatAmount(external.target, status?.external?.current);
  }
  if (spec.type === 'Object' && object !== undefined) {
    return formatAmount(object.target, status?.object?.current);
  }
  if (spec.type === 'Pods' && pods !== undefined) {
    const now = status?.pods?.current.averageValue ?? unknown;
    return `${now}/${pods.target.averageValue ?? '0'}`;
  }
  if (spec.type === 'Resource' && resource !== undefined) {
    return formatResource(resource.name, resource.target, status?.resource?.current);
  }
  if (spec.type === 'ContainerResource' && containerResource !== undefined) {
    const current = status?.containerResource?.current;
    return formatResource(containerResource.name, containerResource.target, current);
  }
  return '<unknown type>';
}

export function formatMetrics(
  specs: readonly MetricSpec[],
  statuses: readonly MetricStatus[],
): string {
  if (specs.length === 0) return '<none>';
  const shown = specs
    .slice(0, shownCountMax)
    .map((spec, index) => formatMetric(spec, statuses[index]))
    .join(', ');
  const hiddenCount = specs.length - shownCountMax;
  return hiddenCount > 0 ? `${shown} + ${hiddenCount} more...` : shown;
}
