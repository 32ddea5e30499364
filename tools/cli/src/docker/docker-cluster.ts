/**
 * A cluster of containers. Compose creates it; everything later asks the engine directly, by labels,
 * which also works when the compose file has changed since, or when `up` failed half-way.
 *
 * 1. What belongs to the cluster carries drydock.part-of=<name> (containers, volumes, the network) or
 *    drydock.cluster=<name> (pods); nothing else is ever touched.
 * 2. Node containers go before the pods, or their node-agents would start the pods again.
 */
import { existsSync, rmSync } from 'node:fs';
import { noSuchPart, stopStage, stopStages, type Cluster, type Part } from '../cluster/parts.ts';
import { execute, executeOrFail } from '../execute.ts';
import type { ClusterState, StateFolder } from '../state.ts';
import { printMerged } from '../terminal/merged-output.ts';
import { CommandFailure } from '../terminal/failure.ts';

/** One-shot services: they have ended, and that is as it should be. */
const oneShot = /^(pki|image-.*)$/;
const healthPorts: readonly (readonly [RegExp, number])[] = [
  [/^etcd-/, 2381],
  [/^(apiserver-|load-balancer$)/, 10_255],
  [/^scheduler-/, 10_259],
  [/^controller-manager-/, 10_257],
  [/^node-/, 10_248],
];

interface Container extends Part {
  readonly id: string;
}

export function createDockerCluster(state: ClusterState, folder: StateFolder): Cluster {
  const partFilter = `label=drydock.part-of=${state.name}`;
  const podFilter = `label=drydock.cluster=${state.name}`;

  const pastRestarts = new Map<string, number>();

  const listIds = async (kind: string, filter: string): Promise<string[]> =>
    lines(await executeOrFail('docker', [kind, 'ls', '-q', ...all(kind), '--filter', filter]));
  const containers = async (): Promise<readonly Container[]> => {
    const format = '{{.ID}}\t{{.Names}}\t{{.State}}\t{{.Status}}';
    const args = ['ps', '-a', '--filter', partFilter, '--format', format];
    return lines(await executeOrFail('docker', args))
      .map((line) => {
        const [id, name, status, detail] = line.split('\t') as [string, string, string, string];
        const part = name.slice(state.name.length + 1);
        return {
          id,
          name: part,
          running: status === 'running',
          crashing: status === 'restarting',
          detail,
        };
      })
      .filter((container) => !oneShot.test(container.name))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  };
  const chosen = async (names: readonly string[]): Promise<readonly Container[]> => {
    const present = await containers();
    if (names.length === 0) return present;
    return names.map((name) => {
      const found = present.find((container) => container.name === name);
      if (found !== undefined) return found;
      throw noSuchPart(name, present);
    });
  };

  return {
    state,
    folder,
    parts: containers,
    failures: async () => {
      const ids = (await containers()).map((one) => one.id);
      if (ids.length === 0) return [];
      const format = '{{.Name}}\t{{.RestartCount}}\t{{.State.Status}}\t{{.State.ExitCode}}';
      const inspected = await executeOrFail('docker', ['inspect', '-f', format, ...ids]);
      return lines(inspected).map((line) => {
        const [name = '', count, status, code = ''] = line.split('\t');
        const restarts = Number(count);
        // The engine counts for a container's whole life: what a living one has behind it is past.
        const past = pastRestarts.get(name) ?? (status === 'restarting' ? 0 : restarts);
        pastRestarts.set(name, past);
        const isFailing = status === 'restarting' && /^[12]$/.test(code);
        return {
          name: name.slice(state.name.length + 2),
          failures: isFailing ? restarts - past : 0,
        };
      });
    },
    lastWords: async (part) => {
      const { stdout, stderr } = await execute('docker', [
        'logs',
        '--tail',
        '40',
        `${state.name}-${part}`,
      ]);
      return stdout + stderr;
    },
    unreadyReason: async (part) => askHealth(`${state.name}-${part}`, part),
    start: async (names) => {
      const parts = await chosen(names);
      if (parts.length === 0) throw new CommandFailure('the cluster has no containers');
      // One by one the client waits for each; together they take a third of the time.
      await Promise.all(parts.map((part) => executeOrFail('docker', ['start', part.id])));
    },
    stop: async (names) => {
      const parts = await chosen(names);
      const nodes = parts.filter((part) => part.name.startsWith('node-'));
      for (const stage of stopStages) {
        const some = parts.filter((part) => stopStage(part.name) === stage);
        if (some.length > 0)
          await executeOrFail('docker', ['stop', ...some.map((part) => part.id)]);
      }
      for (const node of nodes) {
        const own = new Set(await listIds('container', podFilter));
        const onNode = await listIds('container', `label=drydock.node=${node.name}`);
        const mine = onNode.filter((id) => own.has(id));
        if (mine.length > 0) await executeOrFail('docker', ['kill', ...mine]).catch(() => '');
      }
    },
    logs: async (names, { follow, tail }) => {
      const flags = [
        ...(follow ? ['--follow'] : []),
        ...(tail === undefined ? [] : ['--tail', String(tail)]),
      ];
      return printMerged(
        (await chosen(names)).map(({ name, id }) => ({
          name,
          command: 'docker',
          args: ['logs', ...flags, id],
        })),
      );
    },
    remains: async () => {
      const found: string[] = [];
      const format = ['--format', '{{.Name}}'];
      const names = ['--format', '{{.Names}}'];
      for (const filter of [partFilter, podFilter]) {
        const filtered = ['--filter', filter];
        const containers = await executeOrFail('docker', ['ps', '-a', ...filtered, ...names]);
        found.push(...lines(containers).map((name) => `container ${name}`));
        const volumes = await executeOrFail('docker', ['volume', 'ls', ...filtered, ...format]);
        found.push(...lines(volumes).map((name) => `volume ${name}`));
        const networks = await executeOrFail('docker', ['network', 'ls', ...filtered, ...format]);
        found.push(...lines(networks).map((name) => `network ${name}`));
      }
      if (existsSync(folder.path)) found.push(`folder ${folder.path}`);
      return found;
    },
    remove: async () => {
      for (const filter of [partFilter, podFilter]) {
        const ids = await listIds('container', filter);
        if (ids.length > 0) await executeOrFail('docker', ['rm', '-f', '-v', ...ids]);
      }
      for (const filter of [partFilter, podFilter]) {
        const volumes = await listIds('volume', filter);
        if (volumes.length > 0) await executeOrFail('docker', ['volume', 'rm', '-f', ...volumes]);
        const networks = await listIds('network', filter);
        if (networks.length > 0) await executeOrFail('docker', ['network', 'rm', ...networks]);
      }
      rmSync(folder.path, { recursive: true, force: true });
    },
  };
}

/** Nodes that the cluster no longer has, with their pods. */
export async function removeOtherParts(
  state: Pick<ClusterState, 'name'>,
  services: readonly string[],
): Promise<void> {
  const format = '{{.ID}}\t{{.Names}}';
  const filter = `label=drydock.part-of=${state.name}`;
  const present = await executeOrFail('docker', [
    'ps',
    '-a',
    '--filter',
    filter,
    '--format',
    format,
  ]);
  for (const line of lines(present)) {
    const [id = '', name = ''] = line.split('\t');
    const part = name.slice(state.name.length + 1);
    if (oneShot.test(part) || services.includes(part)) continue;
    await executeOrFail('docker', ['rm', '-f', '-v', id]);
    const labels = [`label=drydock.cluster=${state.name}`, `label=drydock.node=${part}`];
    const filters = labels.flatMap((label) => ['--filter', label]);
    const pods = lines(await executeOrFail('docker', ['ps', '-aq', ...filters]));
    if (pods.length > 0) await executeOrFail('docker', ['rm', '-f', '-v', ...pods]);
  }
}

function all(kind: string): readonly string[] {
  return kind === 'container' ? ['-a'] : [];
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Health is served on the container's loopback alone, so the question is asked from inside. */
async function askHealth(container: string, part: string): Promise<string | undefined> {
  const port = healthPorts.find(([pattern]) => pattern.test(part))?.[1];
  if (port === undefined) return undefined;
  const path = part.startsWith('etcd-') ? '/health' : '/readyz';
  const script =
    `exec 3<>/dev/tcp/127.0.0.1/${port} && ` +
    String.raw`printf 'GET ${path} HTTP/1.0\r\n\r\n' >&3 && cat <&3`;
  const { stdout, stderr } = await execute('docker', ['exec', container, 'bash', '-c', script], {
    timeoutMillis: 5_000,
  });
  if (/^HTTP\/1\.\d 200/.test(stdout)) return undefined;
  if (stdout === '') return stderr.trim().split('\n').at(-1) ?? 'no answer';
  const failed = stdout.split(/\r?\n/).filter((line) => line.startsWith('[-]'));
  return failed.join('; ') || stdout.split(/\r?\n/)[0];
}
