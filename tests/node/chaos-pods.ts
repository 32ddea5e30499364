/** The pods of the chaos run, what is done to them, and whether what runs is what the API says of them. */
import type { Pod } from '@drydock/api';
import type { Random } from '@drydock/ports';
import type { Cluster } from '../harness/cluster.ts';

const label = 'chaos';
const images = ['drydock-demo:1', 'drydock-demo:2'] as const;
const configName = 'chaos-config';

export interface ChaosOptions {
  readonly node: string;
  readonly podsMax: number;
}

/** Ends on request (TERM), crashes on request (USR1), and reads its volume. */
const command = `trap 'exit 0' TERM; trap 'exit 3' USR1; cat /config/* >/dev/null; sleep 100000 & wait`;

const manifestOf = (name: string, node: string, image: string, withInit: boolean) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: label } },
  spec: {
    nodeSelector: { 'kubernetes.io/hostname': node },
    terminationGracePeriodSeconds: 5,
    ...(withInit
      ? {
          initContainers: [
            {
              name: 'init',
              image,
              command: ['sh', '-c', 'echo x >/scratch/x'],
              volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
            },
          ],
        }
      : {}),
    containers: [
      {
        name: 'main',
        image,
        command: ['sh', '-c', command],
        volumeMounts: [
          { name: 'config', mountPath: '/config' },
          { name: 'scratch', mountPath: '/scratch' },
        ],
      },
    ],
    volumes: [
      { name: 'config', configMap: { name: configName } },
      { name: 'scratch', emptyDir: {} },
    ],
  },
});

const configOf = (value: number) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: configName },
  data: { value: String(value) },
});

/** Does one thing at random at each call; `done` counts them by kind. */
export interface Chaos {
  step(): Promise<void>;
  readonly done: ReadonlyMap<string, number>;
  /** Those that were not deleted, by the image that they were last given. */
  readonly wanted: ReadonlyMap<string, string>;
  remove(): Promise<void>;
}

export async function createChaos(
  cluster: Cluster,
  random: Random,
  { node, podsMax }: ChaosOptions,
): Promise<Chaos> {
  const wanted = new Map<string, string>();
  const done = new Map<string, number>();
  let created = 0;
  await cluster.apply(configOf(0));

  const create = async () => {
    const image = random.pick(images);
    const count = Math.min(podsMax - wanted.size, random.between(1, 5));
    const items = Array.from({ length: count }, () => {
      const name = `chaos-${++created}`;
      wanted.set(name, image);
      return manifestOf(name, node, image, random.chance(0.2));
    });
    await cluster.apply({ apiVersion: 'v1', kind: 'List', items });
  };
  const some = () => random.pick([...wanted.keys()]);
  const actions = {
    crash: async () => {
      // One that has not started, or is down already, cannot be crashed: no failure of ours.
      await cluster.tryKubectl(['exec', some(), '--', 'kill', '-USR1', '1']);
    },
    kill: async () => {
      const filter = `label=drydock.pod=${some()}`;
      const ids = await cluster.docker('ps', '--quiet', '--filter', filter);
      const [id] = ids.split('\n');
      if (id !== undefined && id !== '') await cluster.docker('kill', id).catch(() => undefined);
    },
    label: async () => {
      await cluster.kubectl('label', 'pod', some(), '--overwrite', `turn=${random.between(1, 99)}`);
    },
    image: async () => {
      const name = some();
      const image = random.pick(images);
      wanted.set(name, image);
      await cluster.kubectl('set', 'image', `pod/${name}`, `main=${image}`);
    },
    config: () => cluster.apply(configOf(random.uint32())),
    delete: async () => {
      const count = Math.min(wanted.size, random.between(1, 4));
      const names = [...wanted.keys()].slice(0, count);
      for (const name of names) wanted.delete(name);
      const how = random.pick([[], ['--grace-period=1'], ['--grace-period=0', '--force']]);
      await cluster.kubectl('delete', 'pod', ...names, '--wait=false', ...how);
    },
  };
  const kinds = Object.keys(actions) as (keyof typeof actions)[];

  return {
    done,
    wanted,
    step: async () => {
      const isFew = wanted.size < podsMax * 0.9;
      const kind =
        wanted.size === 0 || random.chance(isFew ? 0.6 : 0) ? 'create' : random.pick(kinds);
      done.set(kind, (done.get(kind) ?? 0) + 1);
      await (kind === 'create' ? create() : actions[kind]());
    },
    remove: async () => {
      await cluster.kubectl('delete', 'pod', '-l', `app=${label}`, '--grace-period=1');
      await cluster.kubectl('delete', 'configmap', configName);
    },
  };
}

interface Running {
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
  readonly attempt: string;
  readonly id: string;
  readonly image: string;
}

async function runningContainers(cluster: Cluster, node: string): Promise<Running[]> {
  const fields = ['pod', 'uid', 'container', 'attempt'].map(
    (name) => `{{.Label "drydock.${name}"}}`,
  );
  const format = [...fields, '{{.ID}}', '{{.Image}}'].join(' ');
  const filters = [`label=drydock.cluster=${cluster.name}`, `label=drydock.node=${node}`];
  const flags = ['--no-trunc', '--format', format, ...filters.flatMap((one) => ['--filter', one])];
  const output = await cluster.docker('ps', ...flags);
  const lines = output.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const [pod = '', uid = '', container = '', attempt = '', id = '', image = ''] = line.split(' ');
    return { pod, uid, container, attempt, id, image };
  });
}

/** A line for each way in which what runs is not what the API says, or not what was asked for. */
export async function differences(
  cluster: Cluster,
  node: string,
  wanted: ReadonlyMap<string, string>,
): Promise<string[]> {
  const all = await cluster.list<Pod>('pods', '--all-namespaces');
  const pods = all.filter(({ metadata }) => metadata.labels?.['app'] === label);
  const running = await runningContainers(cluster, node);
  const lines: string[] = [];
  for (const name of wanted.keys()) {
    if (!pods.some((pod) => pod.metadata.name === name)) lines.push(`${name} is not in the API`);
  }
  for (const { pod, uid, container } of running) {
    if (all.some((one) => one.metadata.uid === uid)) continue;
    lines.push(`${container} of ${pod} runs, and the API has no such pod`);
  }
  for (const pod of pods) lines.push(...differencesOf(pod, wanted, running));
  return lines;
}

function differencesOf(
  { metadata: { name, uid }, spec, status }: Pod,
  wanted: ReadonlyMap<string, string>,
  all: readonly Running[],
): string[] {
  const own = all.filter((one) => one.uid === uid);
  const image = wanted.get(name);
  if (image === undefined) return [`${name} was deleted, and is still there`];
  const main = own.filter((one) => one.container === 'main');
  const said = status.containerStatuses?.[0];
  const state = said?.state?.waiting?.reason ?? Object.keys(said?.state ?? {})[0];
  const checks: [boolean, string][] = [
    [own.filter((one) => one.container === 'POD').length === 1, 'has not one sandbox'],
    [main.length === 1, `has ${main.length} main containers`],
    [own.length === 2, `has ${own.length} containers`],
    [status.phase === 'Running', `is ${status.phase}`],
    [said?.ready === true, `is not ready: ${state}`],
    [said?.containerID === `docker://${main[0]?.id}`, 'is said to run as another container'],
    [
      String(said?.restartCount) === main[0]?.attempt,
      'is said to have restarted differently often',
    ],
    [spec.containers[0]?.image === image, `should have ${image}`],
    [main[0]?.image === image, `runs ${main[0]?.image}, not ${image}`],
  ];
  return checks.flatMap(([holds, text]) => (holds ? [] : [`${name} ${text}`]));
}
