/** `./drydock up`: from nothing, or from whatever is there, to a cluster that is Ready. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual, styleText } from 'node:util';
import { adminFiles, openCluster, openRest } from '../cluster/cluster.ts';
import { createDiagnosis, type Diagnosis } from '../cluster/diagnosis.ts';
import type { Cluster } from '../cluster/parts.ts';
import { contextName, renderKubeconfig } from '../cluster/kubeconfig.ts';
import { createMissing, parseManifests } from '../cluster/manifests.ts';
import type { RestClient } from '../cluster/rest.ts';
import { createShape } from '../cluster/shape.ts';
import { askNodes, lookAt, type ClusterView } from '../cluster/view.ts';
import {
  answers,
  deploymentAvailable,
  etcdHasLeader,
  leadersElected,
  nodesReady,
  partsReady,
  waitFor,
  type Progress,
} from '../cluster/wait.ts';
import {
  ClusterConfigError,
  parseClusterConfig,
  type ClusterConfig,
} from '../config/cluster-config.ts';
import { planState, type PlannedState, type UpOptions } from '../config/plan-state.ts';
import { executeOrFail } from '../execute.ts';
import { choosePorts, freePort, isFree, isPeerPort } from '../ports.ts';
import {
  openStateFolder,
  portsOfOthers,
  repositoryRoot,
  writeFileAtomically,
  type ClusterState,
  type StateFolder,
} from '../state.ts';
import { CommandFailure } from '../terminal/failure.ts';
import { createSteps, terminalOutput, type Step, type Steps } from '../terminal/steps.ts';

export interface UpCommandOptions extends UpOptions {
  readonly config?: string;
  readonly demo: boolean;
}

export async function up(options: UpCommandOptions): Promise<void> {
  const config = readConfig(options.config);
  const folder = openStateFolder(config.name ?? options.name);
  const steps = createSteps(terminalOutput(process.stdout));
  const previous = folder.load();
  const planned = planState({ name: folder.name, options, config, previous });
  console.log(`Drydock cluster ${styleText('bold', planned.name)}`);
  const start = planned.mode === 'local' ? startLocal : startContainers;
  const state = await start({ planned, config, previous, folder, steps });

  const cluster = await openCluster(state, folder);
  using rest = await openRest(cluster);
  await waitUntilReady(cluster, rest, steps);
  await forgetNodes(cluster, rest);
  const withDemo = options.demo && state.mode === 'docker';
  if (withDemo) await deployDemo(cluster, rest, steps);
  const view = await lookAt(cluster, rest);
  console.log(summary(cluster, view, { seconds: steps.seconds(), withDemo }));
}

function readConfig(path: string | undefined): ClusterConfig {
  if (path === undefined) return {};
  try {
    return parseClusterConfig(readFileSync(path, 'utf8'));
  } catch (cause) {
    if (!(cause instanceof ClusterConfigError) && !(cause as NodeJS.ErrnoException).code)
      throw cause;
    throw new CommandFailure(`${path}: ${(cause as Error).message}`, { exitCode: 2, cause });
  }
}

interface StartInput {
  readonly planned: PlannedState;
  readonly config: ClusterConfig;
  /** What the last `up` left. */
  readonly previous: ClusterState | undefined;
  readonly folder: StateFolder;
  readonly steps: Steps;
}

/**
 * Chooses ports just before they are taken, and remembers the state: before, there is nothing that
 * `down` would have to remove. A running cluster keeps its ports; one at rest keeps those still free.
 */
async function settleState(
  input: StartInput,
): Promise<{ state: ClusterState; isRunning: boolean }> {
  const { planned, config, previous, folder } = input;
  const parts = previous === undefined ? [] : await (await openCluster(previous, folder)).parts();
  const isRunning = parts.some((part) => part.running);
  const wanted = config.apiServerPort === undefined ? {} : { api: config.apiServerPort };
  const former = previous?.ports ?? {};
  const reserved = portsOfOthers(folder.name);
  const ports = await choosePorts({
    kept: isRunning ? former : {},
    wanted: { ...former, ...wanted },
    reserved,
  });
  const localPorts: Record<string, number> = {};
  const taken = new Set([...reserved, ...Object.values(ports)]);
  if (planned.mode === 'local') {
    const { localPortNames } = await import('../local/plan.ts');
    for (const name of localPortNames) {
      const port = previous?.localPorts[name];
      const isKept = port !== undefined && (isRunning || isPeerPort(name) || (await isFree(port)));
      localPorts[name] = isKept ? port : await freePort(taken);
      taken.add(localPorts[name]);
    }
  }
  const state = { ...planned, ports, localPorts };
  folder.save(state);
  return { state, isRunning };
}

async function startContainers(input: StartInput): Promise<ClusterState> {
  const { folder, steps } = input;
  const { ensureEngine } = await import('../docker/engine.ts');
  const { ensureImages } = await import('../docker/images.ts');
  const { openCompose } = await import('../docker/compose.ts');
  const { removeOtherParts } = await import('../docker/docker-cluster.ts');
  let compose: readonly string[] = [];
  await steps.run('Docker engine', async (step) => {
    const engine = await ensureEngine(step);
    ({ compose } = engine);
    return `${engine.version}, ${compose.join(' ')}`;
  });
  await steps.run('Images', ensureImages);
  let { state } = await settleState(input);
  await steps.run('Certificates, containers', async (step) => {
    const create = async () => {
      const opened = openCompose(compose, state, folder);
      step.note('creating containers');
      await opened.run(['up', '-d', '--no-build', ...opened.services]);
      await removeOtherParts(state, opened.services);
      return opened.services.length - 1;
    };
    const count = await create().catch(async (error: Error) => {
      // Another cluster may have come up at the same time and been quicker to take a port.
      if (!/port is already allocated|address already in use/.test(error.message)) throw error;
      state = {
        ...state,
        ports: await choosePorts({ wanted: state.ports, reserved: portsOfOthers(state.name) }),
      };
      folder.save(state);
      return create();
    });
    const source = `${state.name}-pki:/pki/components/admin/.`;
    await executeOrFail('docker', ['cp', source, adminFiles(folder).folder]);
    writeKubeconfig(state, folder);
    return `${count} parts`;
  });
  return state;
}

async function startLocal(input: StartInput): Promise<ClusterState> {
  const { folder, previous, steps } = input;
  const { state, isRunning } = await settleState(input);
  await steps.run('Certificates', async () => {
    const { makePki } = await import('../pki/make.ts');
    const changes = await makePki({
      authorityFolder: folder.file('authority'),
      folderOf: (component) =>
        component === 'admin' ? adminFiles(folder).folder : folder.file(`components/${component}`),
      shape: createShape({
        clusterName: state.name,
        nodeNames: state.nodes.map((node) => node.name),
        simulatedNodes: true,
        serviceSubnet: state.serviceSubnet,
      }),
      wallTime: Date.now(),
    });
    writeKubeconfig(state, folder);
    return changes.length === 0 ? 'unchanged' : 'made';
  });
  await steps.run('Processes', async () => {
    const cluster = await openCluster(state, folder);
    // Running processes know only the command lines that they were started with.
    if (isRunning && !isDeepStrictEqual(previous, state)) await cluster.stop([]);
    await cluster.start([]);
    return `${(await cluster.parts()).length} parts`;
  });
  return state;
}

export function writeKubeconfig(state: ClusterState, folder: StateFolder): void {
  writeFileAtomically(
    folder.file('kubeconfig'),
    renderKubeconfig(kubeconfigOptions(state, folder)),
  );
}

export function kubeconfigOptions(state: ClusterState, folder: StateFolder) {
  const files = adminFiles(folder);
  return {
    clusterName: state.name,
    port: state.ports.api,
    caPem: readFileSync(files.caFile, 'utf8'),
    certificatePem: readFileSync(files.certFile, 'utf8'),
    keyPem: readFileSync(files.keyFile, 'utf8'),
  };
}

export async function waitUntilReady(
  cluster: Cluster,
  rest: RestClient,
  steps: Steps,
): Promise<void> {
  const diagnosis = createDiagnosis(cluster);
  const wait = (name: string, part: string, check: () => Promise<Progress>) =>
    steps.run(name, async (step) =>
      waitFor(step, waitOptions(cluster, diagnosis, name, part), check),
    );
  const nodeNames = cluster.state.nodes.map((node) => node.name);
  await wait('etcd', 'etcd-1', async () => etcdHasLeader(cluster));
  await wait('API servers', 'apiserver-1', async () =>
    partsReady(cluster, ['apiserver-1', 'apiserver-2', 'load-balancer']),
  );
  await wait('Leaders', 'controller-manager-1', async () => leadersElected(rest));
  const nodeParts = cluster.state.mode === 'local' ? ['node-agent'] : nodeNames;
  await wait('Nodes', nodeParts[0]!, async () => {
    // After a rest the API still shows them as they were: their own word comes first.
    const answered = await partsReady(cluster, nodeParts);
    return 'missing' in answered ? answered : nodesReady(rest, nodeNames);
  });
}

/** Nodes that an earlier `up` had and this one has not. */
async function forgetNodes(cluster: Cluster, rest: RestClient): Promise<void> {
  const wanted = new Set(cluster.state.nodes.map((node) => node.name));
  for (const { name } of await askNodes(rest)) {
    if (!wanted.has(name)) await rest.send('DELETE', `/api/v1/nodes/${name}`);
  }
}

function waitOptions(cluster: Cluster, diagnosis: Diagnosis, what: string, part: string) {
  return {
    what,
    deadlineMillis: 120_000,
    pauseMillis: cluster.state.mode === 'local' ? 30 : 150,
    hopeless: async () => diagnosis.hopeless(),
    late: async (sentence: string) => diagnosis.late(sentence, part),
  };
}

async function deployDemo(cluster: Cluster, rest: RestClient, steps: Steps): Promise<void> {
  const url = demoUrl(cluster.state);
  await steps.run('Demo application', async (step: Step) => {
    const text = readFileSync(join(repositoryRoot, 'deploy/manifests/demo.yaml'), 'utf8');
    await createMissing(rest, parseManifests(text));
    const options = waitOptions(cluster, createDiagnosis(cluster), 'the demo', 'node-1');
    const available = await waitFor(step, options, async () => deploymentAvailable(rest, 'demo'));
    await waitFor(step, options, async () => answers(url));
    return `${available}, answers at ${url}`;
  });
}

function demoUrl(state: ClusterState): string {
  return `http://127.0.0.1:${state.ports.demo}/`;
}

function summary(
  cluster: Cluster,
  view: ClusterView,
  { seconds, withDemo }: { seconds: number; withDemo: boolean },
): string {
  const { state, folder } = cluster;
  const name = state.name === 'drydock' ? '' : ` --name ${state.name}`;
  const leader = view.members.find((one) => one.status?.leaderId === one.status?.memberId);
  const nodes = view.nodes.map((node) => `${node.name} ${node.address}`.trim()).slice(0, 6);
  const more =
    view.nodes.length > nodes.length ? `, and ${view.nodes.length - nodes.length} more` : '';
  const bold = (text: string) => styleText('bold', text);
  const victim = leader?.name ?? 'etcd-1';
  const experiment =
    state.mode === 'docker'
      ? `docker kill ${state.name}-${victim}       take the etcd leader away; watch: ./drydock status --watch${name}`
      : `./drydock stop ${victim}${name}          take the etcd leader away; then start it again`;
  return `
${bold('Ready')} in ${seconds.toFixed(1)} s
  etcd         ${view.members.map((one) => one.name).join(', ')}; ${leader?.name ?? 'none'} leads in term ${leader?.status?.raftTerm ?? '?'}
  nodes        ${nodes.join(', ')}${more}
${withDemo ? `  demo         ${demoUrl(state)}\n` : ''}  kubeconfig   ${folder.file('kubeconfig')} (context ${contextName(state.name)})

${bold('Next')}
  eval "$(./drydock env${name})"; kubectl get pods -A -o wide; etcdctl endpoint status -w table
  ${experiment}
  ./drydock down${name}                 leaves nothing behind`;
}
