/**
 * What a cluster is remembered by between commands: a folder of its own under $DRYDOCK_HOME (by
 * default ~/.drydock), readable to its owner alone because it holds the admin's key.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandFailure } from './terminal/failure.ts';

/** The checkout. */
export const repositoryRoot = resolve(import.meta.dirname, '../../..');

export interface NodeSettings {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly portMappings: readonly PortMapping[];
}

export interface PortMapping {
  readonly containerPort: number;
  readonly hostPort: number;
  readonly listenAddress: string;
  readonly protocol: 'tcp' | 'udp';
}

export type PortName = 'api' | 'etcd1' | 'etcd2' | 'etcd3' | 'demo';

export interface ClusterState {
  readonly name: string;
  readonly mode: 'docker' | 'local';
  readonly nodes: readonly NodeSettings[];
  /** On the host's loopback. */
  readonly ports: Readonly<Record<PortName, number>>;
  /** Of a local cluster's processes, by what they are for; empty otherwise. */
  readonly localPorts: Readonly<Record<string, number>>;
  readonly timeScale: number;
  readonly logLevel: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
}

export interface StateFolder {
  readonly name: string;
  readonly path: string;
  file(name: string): string;
  /** Undefined before the first `up`. */
  load(): ClusterState | undefined;
  save(state: ClusterState): void;
}

export function stateHome(): string {
  return process.env['DRYDOCK_HOME'] ?? join(homedir(), '.drydock');
}

export function openStateFolder(name: string): StateFolder {
  if (!/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/.test(name)) {
    throw new CommandFailure(
      `"${name}" cannot be a cluster's name: up to 32 lower-case letters, digits and dashes`,
      { exitCode: 2 },
    );
  }
  const path = join(stateHome(), name);
  const stateFile = join(path, 'state.json');
  return {
    name,
    path,
    file: (file) => join(path, file),
    load: () => {
      if (!existsSync(stateFile)) return undefined;
      try {
        return JSON.parse(readFileSync(stateFile, 'utf8')) as ClusterState;
      } catch (cause) {
        throw new CommandFailure(`${stateFile} cannot be read: ${(cause as Error).message}`, {
          remedies: [`remove what is left of the cluster: ./drydock down --name ${name}`],
          cause,
        });
      }
    },
    save: (state) => {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      writeFileAtomically(stateFile, `${JSON.stringify(state, null, 2)}\n`);
    },
  };
}

/** @throws CommandFailure when the cluster was never brought up. */
export function loadState(folder: StateFolder): ClusterState {
  const state = folder.load();
  if (state !== undefined) return state;
  const others = listClusters();
  throw new CommandFailure(`there is no cluster named ${folder.name}`, {
    remedies: [
      'bring it up: ./drydock up' + (folder.name === 'drydock' ? '' : ` --name ${folder.name}`),
      ...(others.length > 0 ? [`clusters there are: ${others.join(', ')}`] : []),
    ],
  });
}

export function listClusters(): readonly string[] {
  if (!existsSync(stateHome())) return [];
  return readdirSync(stateHome(), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .filter((name) => existsSync(join(stateHome(), name, 'state.json')));
}

/**
 * The ports that other clusters remember: theirs also while a part is dead or the cluster at rest,
 * or `docker start` of that part would fail.
 */
export function portsOfOthers(name: string): ReadonlySet<number> {
  const others = listClusters().filter((other) => other !== name);
  return new Set(
    others.flatMap((other) => {
      const state = openStateFolder(other).load();
      return Object.values({ ...state?.ports, ...state?.localPorts });
    }),
  );
}

export function writeFileAtomically(path: string, text: string, mode = 0o600): void {
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, path);
}
