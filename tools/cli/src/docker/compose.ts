/** deploy/docker-compose.yml, run for one cluster with its own names, ports and nodes. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execute, executeOrFail, type ExecuteOptions, type ExecuteResult } from '../execute.ts';
import {
  repositoryRoot,
  writeFileAtomically,
  type ClusterState,
  type StateFolder,
} from '../state.ts';
import { planOverride } from './override.ts';

export interface Compose {
  /** @throws CommandFailure */
  run(args: readonly string[], options?: ExecuteOptions): Promise<string>;
  try(args: readonly string[], options?: ExecuteOptions): Promise<ExecuteResult>;
  /** The command line, for a program that takes over the terminal. */
  commandLine(args: readonly string[]): readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The services of this cluster: the file's without the nodes that it does not have. */
  readonly services: readonly string[];
}

const composeFile = join(repositoryRoot, 'deploy/docker-compose.yml');

export function openCompose(
  command: readonly string[],
  state: ClusterState,
  folder: StateFolder,
): Compose {
  const plan = planOverride(readFileSync(composeFile, 'utf8'), state);
  const overrideFile = folder.file('docker-compose.override.yml');
  if (plan.override === undefined) rmSync(overrideFile, { force: true });
  else writeFileAtomically(overrideFile, plan.override);
  const environment = composeEnvironment(state);
  const override = plan.override === undefined ? [] : ['-f', overrideFile];
  const prefix = [...command, '-p', state.name, '-f', composeFile, ...override];
  const line = (args: readonly string[]) => [...prefix, ...args];
  const split = (args: readonly string[]): [string, readonly string[]] => {
    const [program, ...rest] = line(args);
    return [program!, rest];
  };
  return {
    run: (args, options) => executeOrFail(...split(args), { ...options, environment }),
    try: (args, options) => execute(...split(args), { ...options, environment }),
    commandLine: line,
    environment,
    services: plan.services,
  };
}

function composeEnvironment(state: ClusterState): Readonly<Record<string, string>> {
  return {
    COMPOSE_PROJECT_NAME: state.name,
    // Silences docker-compose 1.29's advice to use swarm, and compose v2's about stray containers.
    COMPOSE_IGNORE_ORPHANS: '1',
    DRYDOCK_NAME: state.name,
    DRYDOCK_NODES: state.nodes.map((node) => node.name).join(','),
    DRYDOCK_API_PORT: String(state.ports.api),
    DRYDOCK_ETCD_1_PORT: String(state.ports.etcd1),
    DRYDOCK_ETCD_2_PORT: String(state.ports.etcd2),
    DRYDOCK_ETCD_3_PORT: String(state.ports.etcd3),
    DRYDOCK_DEMO_PORT: String(state.ports.demo),
    DRYDOCK_TIME_SCALE: String(state.timeScale),
    DRYDOCK_LOG_LEVEL: state.logLevel,
    DRYDOCK_POD_SUBNET: state.podSubnet,
    DRYDOCK_SERVICE_SUBNET: state.serviceSubnet,
  };
}
