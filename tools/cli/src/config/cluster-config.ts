/**
 * A cluster described in kind's file format (kind.x-k8s.io/v1alpha4), as much of it as has a meaning
 * here. What is unknown is an error that names the field: a setting that is ignored in silence is
 * worse than none.
 *
 *   kind: Cluster
 *   apiVersion: kind.x-k8s.io/v1alpha4
 *   name: demo
 *   networking: { podSubnet: 10.10.0.0/16, serviceSubnet: 10.11.0.0/16, apiServerPort: 7443 }
 *   nodes:
 *     - role: control-plane        # always there; said for information
 *     - role: worker
 *       labels: { zone: a }
 *       extraPortMappings: [{ containerPort: 30081, hostPort: 8081 }]
 */
import { parseDocument } from 'yaml';
import type { NodeSettings, PortMapping } from '../state.ts';

export interface ClusterConfig {
  readonly name?: string;
  /** Undefined when the file names no worker. */
  readonly nodes?: readonly NodeSettings[];
  readonly podSubnet?: string;
  readonly serviceSubnet?: string;
  readonly apiServerPort?: number;
}

/** Every problem of the file at once, each with its place. */
export class ClusterConfigError extends Error {
  override readonly name = 'ClusterConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** @throws ClusterConfigError */
export function parseClusterConfig(text: string): ClusterConfig {
  const document = parseDocument(text);
  if (document.errors.length > 0) {
    throw new ClusterConfigError(document.errors.map((error) => error.message));
  }
  const problems: string[] = [];
  const root = asFields(document.toJS(), 'the file', problems);
  expectFields(root, '', ['kind', 'apiVersion', 'name', 'nodes', 'networking'], problems);
  expectValue(root, 'kind', 'Cluster', problems);
  expectValue(root, 'apiVersion', 'kind.x-k8s.io/v1alpha4', problems);
  const name = asOptionalText(root['name'], 'name', problems);
  const config: ClusterConfig = {
    ...(name === undefined ? {} : { name }),
    ...readNetworking(root['networking'], problems),
    ...readNodes(root['nodes'], problems),
  };
  if (problems.length > 0) throw new ClusterConfigError(problems);
  return config;
}

function readNetworking(value: unknown, problems: string[]): Partial<ClusterConfig> {
  if (value === undefined || value === null) return {};
  const fields = asFields(value, 'networking', problems);
  expectFields(fields, 'networking.', ['podSubnet', 'serviceSubnet', 'apiServerPort'], problems);
  const podSubnet = asSubnet(fields['podSubnet'], 'networking.podSubnet', 8, 22, problems);
  const serviceSubnet = asSubnet(
    fields['serviceSubnet'],
    'networking.serviceSubnet',
    12,
    28,
    problems,
  );
  const apiServerPort =
    fields['apiServerPort'] === undefined
      ? undefined
      : asPort(fields['apiServerPort'], 'networking.apiServerPort', problems);
  return {
    ...(podSubnet === undefined ? {} : { podSubnet }),
    ...(serviceSubnet === undefined ? {} : { serviceSubnet }),
    ...(apiServerPort === undefined ? {} : { apiServerPort }),
  };
}

function readNodes(value: unknown, problems: string[]): Partial<ClusterConfig> {
  if (value === undefined || value === null) return {};
  if (!Array.isArray(value)) {
    problems.push('nodes: a list is expected');
    return {};
  }
  const nodes: NodeSettings[] = [];
  for (const [index, entry] of value.entries()) {
    const at = `nodes[${index}]`;
    const fields = asFields(entry, at, problems);
    expectFields(fields, `${at}.`, ['role', 'labels', 'extraPortMappings'], problems);
    const { role } = fields;
    if (role === 'control-plane') continue;
    if (role !== 'worker' && role !== undefined) {
      problems.push(`${at}.role: ${JSON.stringify(role)} is neither control-plane nor worker`);
    }
    nodes.push({
      name: `node-${nodes.length + 1}`,
      labels: readLabels(fields['labels'], `${at}.labels`, problems),
      portMappings: readPortMappings(
        fields['extraPortMappings'],
        `${at}.extraPortMappings`,
        problems,
      ),
    });
  }
  return nodes.length === 0 ? {} : { nodes };
}

function readLabels(value: unknown, at: string, problems: string[]): Record<string, string> {
  if (value === undefined || value === null) return {};
  const labels: Record<string, string> = {};
  for (const [key, label] of Object.entries(asFields(value, at, problems))) {
    if (typeof label !== 'string') problems.push(`${at}.${key}: a text is expected; quote it`);
    else if (/[,=]/.test(key + label))
      problems.push(`${at}.${key}: "," and "=" cannot be in a label`);
    else labels[key] = label;
  }
  return labels;
}

function readPortMappings(value: unknown, at: string, problems: string[]): PortMapping[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    problems.push(`${at}: a list is expected`);
    return [];
  }
  return value.map((entry, index) => {
    const here = `${at}[${index}]`;
    const fields = asFields(entry, here, problems);
    expectFields(
      fields,
      `${here}.`,
      ['containerPort', 'hostPort', 'listenAddress', 'protocol'],
      problems,
    );
    const protocol =
      asOptionalText(fields['protocol'], `${here}.protocol`, problems)?.toLowerCase() ?? 'tcp';
    if (protocol !== 'tcp' && protocol !== 'udp') {
      problems.push(`${here}.protocol: "${protocol}" is neither TCP nor UDP`);
    }
    return {
      containerPort: asPort(fields['containerPort'], `${here}.containerPort`, problems),
      hostPort: asPort(fields['hostPort'], `${here}.hostPort`, problems),
      listenAddress:
        asOptionalText(fields['listenAddress'], `${here}.listenAddress`, problems) ?? '127.0.0.1',
      protocol: protocol as 'tcp' | 'udp',
    };
  });
}

function asFields(value: unknown, at: string, problems: string[]): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  problems.push(`${at}: fields are expected`);
  return {};
}

function expectFields(
  fields: Fields,
  prefix: string,
  known: readonly string[],
  problems: string[],
): void {
  for (const name of Object.keys(fields)) {
    if (known.includes(name)) continue;
    problems.push(`${prefix}${name}: unknown field; known are ${known.join(', ')}`);
  }
}

function expectValue(fields: Fields, name: string, wanted: string, problems: string[]): void {
  if (fields[name] !== wanted) problems.push(`${name}: "${wanted}" is expected`);
}

function asOptionalText(value: unknown, at: string, problems: string[]): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  problems.push(`${at}: a text is expected`);
  return undefined;
}

function asPort(value: unknown, at: string, problems: string[]): number {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536)
    return value;
  problems.push(`${at}: a port, 1 to 65535, is expected`);
  return 0;
}

/** A range with room for what is cut from it: /24s for nodes, addresses for services. */
function asSubnet(
  value: unknown,
  at: string,
  bitsMin: number,
  bitsMax: number,
  problems: string[],
): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const [a, b, c, d, bits] = (match?.slice(1) ?? []).map(Number);
  const fits = match !== null && [a, b, c, d].every((part) => part! < 256);
  if (fits && bits! >= bitsMin && bits! <= bitsMax) return text;
  problems.push(`${at}: an IPv4 range of /${bitsMin} to /${bitsMax} is expected, not "${text}"`);
  return undefined;
}
