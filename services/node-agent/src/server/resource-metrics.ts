/** kubelet's /metrics/resource, which metrics-server scrapes: counters and gauges as text. Pure. */
import type { ContainerUsage, NodeUsage } from '../stats/sampler.ts';

interface Row {
  readonly labels: string;
  readonly value: number;
  readonly wallTime: number;
}

const microsPerSecond = 1_000_000;

function metric(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  rows: readonly Row[],
): string {
  if (rows.length === 0) return '';
  const lines = rows.map(
    ({ labels, value, wallTime }) => `${name}${labels} ${value} ${wallTime}\n`,
  );
  return `# HELP ${name} [STABLE] ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** Names of Kubernetes hold nothing that would have to be quoted. */
const labelsOf = ({ container: { name, pod } }: ContainerUsage) =>
  `{container="${name}",namespace="${pod.namespace}",pod="${pod.name}"}`;

export function resourceMetrics({ node, containers }: NodeUsage): string {
  const of = (read: (one: ContainerUsage) => number): Row[] =>
    containers.map((one) => ({
      labels: labelsOf(one),
      value: read(one),
      wallTime: one.samples.last.wallTime,
    }));
  const ofNode = (value: number): Row[] =>
    node === undefined ? [] : [{ labels: '', value, wallTime: node.last.wallTime }];
  const cpuHelp = (what: string) => `Cumulative cpu time consumed by the ${what} in core-seconds`;
  const memoryHelp = (what: string) => `Current working set of the ${what} in bytes`;
  return [
    metric(
      'container_cpu_usage_seconds_total',
      'counter',
      cpuHelp('container'),
      of(({ samples }) => samples.last.cpuMicros / microsPerSecond),
    ),
    metric(
      'container_memory_working_set_bytes',
      'gauge',
      memoryHelp('container'),
      of(({ samples }) => samples.last.workingSetBytes),
    ),
    metric(
      'container_start_time_seconds',
      'gauge',
      'Start time of the container since unix epoch in seconds',
      of(({ container }) => (container.startedAt ?? 0) / 1_000),
    ),
    metric(
      'node_cpu_usage_seconds_total',
      'counter',
      cpuHelp('node'),
      ofNode((node?.last.cpuMicros ?? 0) / microsPerSecond),
    ),
    metric(
      'node_memory_working_set_bytes',
      'gauge',
      memoryHelp('node'),
      ofNode(node?.last.workingSetBytes ?? 0),
    ),
    '# HELP resource_scrape_error [STABLE] 1 if there was an error while getting container metrics, 0 otherwise\n',
    `# TYPE resource_scrape_error gauge\nresource_scrape_error ${node === undefined ? 1 : 0}\n`,
  ].join('');
}
