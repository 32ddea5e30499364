/** Decides what cluster `up` makes from its flags, a config file, and what was there before. */
import { CommandFailure } from '../terminal/failure.ts';
import type { ClusterState, NodeSettings } from '../state.ts';
import type { ClusterConfig } from './cluster-config.ts';

export interface UpOptions {
  readonly name: string;
  readonly local?: boolean;
  readonly nodes?: number;
  readonly timeScale?: number;
  readonly logLevel?: string;
}

export type PlannedState = Omit<ClusterState, 'ports' | 'localPorts'>;

/** A flag wins over the file, the file over what was there, that over the default. */
export function planState(input: {
  name: string;
  options: UpOptions;
  config: ClusterConfig;
  previous: ClusterState | undefined;
}): PlannedState {
  const { name, options, config, previous } = input;
  const mode = options.local === undefined ? (previous?.mode ?? 'docker') : 'local';
  if (previous !== undefined && previous.mode !== mode) {
    throw new CommandFailure(`the cluster ${name} exists already, in containers`, {
      remedies: [
        `choose another name: ./drydock up --local --name ${name}-local`,
        `or remove it first: ./drydock down --name ${name}`,
      ],
    });
  }
  const podSubnet = config.podSubnet ?? previous?.podSubnet ?? '10.244.0.0/16';
  const serviceSubnet = config.serviceSubnet ?? previous?.serviceSubnet ?? '10.96.0.0/16';
  for (const [what, before, now] of [
    ['pod', previous?.podSubnet, podSubnet],
    ['service', previous?.serviceSubnet, serviceSubnet],
  ]) {
    if (before === undefined || before === now) continue;
    throw new CommandFailure(
      `the ${what} subnet of a cluster cannot change (${before} to ${now})`,
      {
        remedies: [`remove the cluster first: ./drydock down --name ${name}`],
      },
    );
  }
  return {
    name,
    mode,
    nodes: planNodes(options.nodes, config.nodes, previous?.nodes),
    timeScale: options.timeScale ?? previous?.timeScale ?? 1,
    logLevel: options.logLevel ?? previous?.logLevel ?? 'info',
    podSubnet,
    serviceSubnet,
  };
}

function planNodes(
  count: number | undefined,
  configured: readonly NodeSettings[] | undefined,
  previous: readonly NodeSettings[] | undefined,
): readonly NodeSettings[] {
  const known = configured ?? previous ?? [];
  const wanted = count ?? (known.length > 0 ? known.length : 3);
  return Array.from(
    { length: wanted },
    (_, index) => known[index] ?? { name: `node-${index + 1}`, labels: {}, portMappings: [] },
  );
}
