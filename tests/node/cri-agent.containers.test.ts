/**
 * A whole node on containerd, as its user sees it: the control plane of `up --local`, the agent's process
 * beside it with `--container-runtime remote`, and kubectl, all in a network namespace of their own.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node, Pod } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isReady, repository } from '../harness/cluster.ts';
import { command, tryCommand } from '../harness/command.ts';
import { criImage, startContainerd, type Containerd } from './containerd.ts';

const name = 'cri-agent';
const nodeName = 'cri-1';
const space = `drydock-${process.pid}`;
const enter = ['nsenter', `--net=/run/netns/${space}`];
const home = mkdtempSync(join(tmpdir(), 'drydock-cri-agent-'));
const environment = { DRYDOCK_HOME: home };
const patience = { timeoutMillis: 120_000, intervalMillis: 300 };
const stack = new AsyncDisposableStack();
let containerd: Containerd;
let kubeconfig: string;
let agent: ChildProcess;
let startAgent: () => ChildProcess;

const inside = (...words: readonly string[]) =>
  command(enter[0]!, [...enter.slice(1), ...words], { environment, timeoutMillis: 300_000 });
const kubectl = (...words: readonly string[]) =>
  inside('kubectl', '--kubeconfig', kubeconfig, ...words);
const getPod = async (podName: string) =>
  JSON.parse(await kubectl('get', 'pod', podName, '-o', 'json')) as Pod;

async function killAgent(): Promise<void> {
  const exited = once(agent, 'exit');
  if (agent.kill('SIGKILL')) await exited;
}

beforeAll(async () => {
  stack.defer(() => rmSync(home, { recursive: true, force: true }));
  // What it would install has to be installed before: the namespace leads nowhere.
  await command(`${repository}/drydock`, ['version'], { timeoutMillis: 600_000 });
  await command('ip', ['netns', 'add', space]);
  stack.defer(async () => void (await command('ip', ['netns', 'delete', space])));
  await command('ip', ['-n', space, 'link', 'set', 'lo', 'up']);
  const network = { type: 'bridge', bridge: 'pods', isGateway: true };
  containerd = stack.use(await startContainerd({ enter, network }));
  stack.defer(async () => void (await inside(`${repository}/drydock`, 'down', '--name', name)));
  await inside(`${repository}/drydock`, 'up', '--local', '--name', name, '--nodes', '1');
  kubeconfig = join(home, name, 'kubeconfig');

  const folders = join(home, 'node');
  await inside(
    process.execPath,
    join(repository, 'tools/cli/src/pki/main.ts'),
    `--authority-folder=${join(home, name, 'authority')}`,
    `--component-folders=${folders}`,
    `--nodes=${nodeName}`,
  );
  const file = (one: string) => join(folders, nodeName, one);
  const local = JSON.parse(await inside('cat', join(home, name, 'state.json'))) as {
    localPorts: Record<string, number>;
  };
  const flags = {
    'node-name': nodeName,
    'node-ip': '127.0.0.1',
    port: 11_250,
    'health-port': 11_251,
    apiservers: `localhost:${local.localPorts['apiserver-1/grpc']!}`,
    'tls-cert-file': file('kubelet.crt'),
    'tls-private-key-file': file('kubelet.key'),
    'ca-file': file('ca.crt'),
    'container-runtime': 'remote',
    'container-runtime-endpoint': containerd.endpoint,
    'pod-logs-dir': join(containerd.folder, 'logs'),
    'root-dir': join(containerd.folder, 'agent'),
  };
  const words = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  const main = join(repository, 'services/node-agent/src/main.ts');
  startAgent = () => {
    const child = spawn(enter[0]!, [...enter.slice(1), process.execPath, main, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(join(home, 'agent.log'), { flags: 'a' });
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    return child;
  };
  agent = startAgent();
  stack.defer(killAgent);
  await eventually(
    'the node is ready',
    async () => isReady(JSON.parse(await kubectl('get', 'node', nodeName, '-o', 'json')) as Node),
    patience,
  ).catch(async (error: unknown) => {
    const { stdout } = await tryCommand('tail', ['-20', join(home, 'agent.log')]);
    throw new Error(`${(error as Error).message}\n${stdout}`, { cause: error });
  });
});

afterAll(() => stack.disposeAsync());

const manifest = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    nodeName,
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'web',
        image: criImage,
        command: [
          '/bin/sh',
          '-c',
          'mkdir -p /www; echo here > /www/index.html; echo begun as $POD_IP; httpd -f -p 8080 -h /www & trap "exit 3" TERM; while true; do sleep 0.1; done',
        ],
        env: [{ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
        readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
        resources: { limits: { memory: '64Mi', cpu: '500m' } },
      },
    ],
  },
};

const webIs = (what: string, is: (pod: Pod) => boolean) =>
  eventually(
    what,
    async () => {
      const pod = await getPod('web');
      if (is(pod)) return pod;
      throw new Error(`${JSON.stringify(pod.status)}\n${await kubectl('get', 'events')}`);
    },
    patience,
  );

test('the node says what it runs on', async () => {
  const node = JSON.parse(await kubectl('get', 'node', nodeName, '-o', 'json')) as Node;
  expect(node.status.nodeInfo?.containerRuntimeVersion).toMatch(/^containerd:\/\/1\./);
  const images = (node.status.images ?? []).flatMap((one) => one.names ?? []);
  expect(images).toContain(criImage);
});

test('a pod runs with an address of the runtime’s, and is ready when it answers there', async () => {
  await command(
    enter[0]!,
    [...enter.slice(1), 'kubectl', '--kubeconfig', kubeconfig, 'apply', '-f', '-'],
    {
      environment,
      input: JSON.stringify(manifest),
    },
  );
  const pod = await webIs('the pod is ready', isReady);
  expect(pod.status.podIP).toMatch(/^10\.77\.0\.\d+$/);
  expect(pod.status.containerStatuses?.[0]?.containerID).toMatch(/^containerd:\/\/[0-9a-f]{64}$/);
  expect(await kubectl('logs', 'web')).toBe(`begun as ${pod.status.podIP!}\n`);
});

test('commands run in it, with what they are sent and their exit code', async () => {
  const exec = [
    ...enter.slice(1),
    'kubectl',
    '--kubeconfig',
    kubeconfig,
    'exec',
    '-i',
    'web',
    '--',
  ];
  const said = await tryCommand(enter[0]!, [...exec, 'sh', '-c', 'cat; echo bad >&2; exit 7'], {
    environment,
    input: 'sent\n',
  });
  expect(said).toMatchObject({ code: 7, stdout: 'sent\n' });
  expect(said.stderr).toContain('bad\n');
});

test('a container that ends starts anew, and both its logs are there', async () => {
  await kubectl('exec', 'web', '--', 'kill', '1');
  const pod = await webIs('the container has restarted', (one) => {
    const status = one.status.containerStatuses?.[0];
    return status?.restartCount === 1 && status.ready;
  });
  expect(pod.status.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({
    exitCode: 3,
    reason: 'Error',
  });
  const line = `begun as ${pod.status.podIP!}\n`;
  expect(await kubectl('logs', 'web')).toBe(line);
  expect(await kubectl('logs', 'web', '--previous')).toBe(line);
});

test('neither the death of its agent nor that of its runtime touches it', async () => {
  const before = (await getPod('web')).status.containerStatuses?.[0];
  await killAgent();
  await containerd.restart();
  agent = startAgent();
  const pod = await eventually(
    'the agent answers for the pod again',
    async () => {
      await kubectl('exec', 'web', '--', 'true');
      return getPod('web');
    },
    patience,
  );
  const after = pod.status.containerStatuses?.[0];
  expect(after?.containerID).toBe(before?.containerID);
  expect(after?.restartCount).toBe(1);
});

test('with its pod all of it goes', async () => {
  await kubectl('delete', 'pod', 'web', '--timeout=60s');
  await eventually(
    'nothing is left',
    async () => {
      const left = [
        await containerd.ctr('containers', 'ls', '-q'),
        (await tryCommand('find', [join(containerd.folder, 'logs'), '-type', 'f'])).stdout,
        (await tryCommand('find', [join(containerd.folder, 'agent'), '-path', '*web*'])).stdout,
      ].join('');
      if (left !== '') throw new Error(left);
      return true;
    },
    patience,
  );
});
