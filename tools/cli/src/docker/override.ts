/**
 * What deploy/docker-compose.yml does not say about a cluster: more nodes than its three, labels of
 * nodes, ports published by nodes. The result is an override file, or none when there is nothing to say.
 *
 * A further node is the file's own node-1 with the name changed everywhere, so that the two cannot
 * drift apart. Fewer nodes need no override: the services left out are simply not started.
 */
import { parse, stringify } from 'yaml';
import type { ClusterState, NodeSettings } from '../state.ts';

export interface OverridePlan {
  /** YAML, or undefined. */
  readonly override: string | undefined;
  readonly services: readonly string[];
}

interface ComposeFile {
  services: Record<string, ComposeService>;
  volumes: Record<string, unknown>;
}

interface ComposeService {
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  [field: string]: unknown;
}

export function planOverride(
  composeText: string,
  state: Pick<ClusterState, 'nodes'>,
): OverridePlan {
  const base = parse(composeText, { merge: true }) as ComposeFile;
  const isNode = (service: string) => /^node-\d+$/.test(service);
  const services: Record<string, ComposeService> = {};
  const volumes: Record<string, unknown> = {};
  for (const node of state.nodes) {
    const known = base.services[node.name] !== undefined;
    const service = known ? {} : renamed(base.services['node-1']!, 'node-1', node.name);
    const settings = settingsOf(node);
    if (!known) {
      volumes[node.name] = base.volumes['node-1'];
      volumes[`pki-${node.name}`] = base.volumes['pki-node-1'];
      (services['pki'] ??= { volumes: [] }).volumes!.push(
        `pki-${node.name}:/pki/components/${node.name}`,
      );
    }
    if (known && Object.keys(settings).length === 0) continue;
    services[node.name] = {
      ...service,
      ...settings,
      ...(settings.environment === undefined
        ? {}
        : { environment: { ...service.environment, ...settings.environment } }),
    };
  }
  const nothing = Object.keys(services).length === 0;
  return {
    override: nothing
      ? undefined
      : stringify({ services, ...(Object.keys(volumes).length > 0 ? { volumes } : {}) }),
    services: [
      ...Object.keys(base.services).filter((name) => !isNode(name) && !name.startsWith('image-')),
      ...state.nodes.map((node) => node.name),
    ],
  };
}

function settingsOf(node: NodeSettings): ComposeService {
  const labels = Object.entries(node.labels).map(([key, value]) => `${key}=${value}`);
  const ports = node.portMappings.map(
    (one) => `${one.listenAddress}:${one.hostPort}:${one.containerPort}/${one.protocol}`,
  );
  return {
    ...(labels.length === 0 ? {} : { environment: { DRYDOCK_NODE_LABELS: labels.join(',') } }),
    ...(ports.length === 0 ? {} : { ports }),
  };
}

function renamed(service: ComposeService, from: string, to: string): ComposeService {
  const text = JSON.stringify(service).replaceAll(new RegExp(`\\b${from}\\b`, 'g'), to);
  return JSON.parse(text) as ComposeService;
}
