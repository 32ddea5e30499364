/**
 * What cannot work, and an engine in trouble: each pod says so in Kubernetes' words, others are not delayed,
 * and all recovers by itself when the cause is gone. One agent on the real engine, behind a proxy.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually as wait } from '@drydock/testing/eventually';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startAgentOnEngine, type AgentOnEngine } from './agent-on-engine.ts';

const sleeps = 'sleep 100000';
const eventually = (what: string, check: () => boolean | undefined) =>
  wait(what, check, { timeoutMillis: 60_000, intervalMillis: 100 });

let agent: AgentOnEngine;
const stack = new AsyncDisposableStack();
beforeAll(async () => {
  agent = stack.use(await startAgentOnEngine());
});
afterAll(() => stack.disposeAsync());

const phaseOf = (name: string) => agent.pod(name).status.phase;
const runs = (name: string) => eventually(`${name} runs`, () => phaseOf(name) === 'Running');
const waits = (name: string, text: string) =>
  eventually(`${name} waits: ${text}; it says ${agent.waiting(name)}`, () =>
    agent.waiting(name).startsWith(text),
  );
const told = (text: string) =>
  eventually(`an event: ${text}`, () => agent.api.events.some((event) => event.includes(text)));

describe('a pod', () => {
  test('whose image does not exist says so, and backs off', async () => {
    const image = '127.0.0.1:9/none:1';
    agent.run('no-image', sleeps, { image });
    await waits('no-image', 'ErrImagePull: ');
    await told(`Failed: Failed to pull image "${image}": `);
    await told('Failed: Error: ErrImagePull');
    await waits('no-image', `ImagePullBackOff: Back-off pulling image "${image}": ErrImagePull: `);
    agent.run('never', sleeps, { image, imagePullPolicy: 'Never' });
    await waits(
      'never',
      `ErrImageNeverPull: Container image "${image}" is not present with pull policy of Never`,
    );
  });

  test('whose command does not exist says so, and is tried again', async () => {
    agent.run('no-command', '', { command: ['/no/such/command'] });
    await eventually('it could not run', () => {
      const { state, lastState } = agent.pod('no-command').status.containerStatuses?.[0] ?? {};
      const ended = state?.terminated ?? lastState?.terminated;
      return ended?.reason === 'ContainerCannotRun' && ended.exitCode === 127;
    });
    await told('Failed: Error: ');
    await waits('no-command', 'CrashLoopBackOff: back-off ');
  });

  test('whose key is missing says which, and starts when it is there', async () => {
    const configMap = (data: object) =>
      agent.api.put('configmaps', {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings', namespace: 'default' },
        data,
      } as never);
    configMap({ other: 'x' });
    const env = [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }];
    agent.run('no-key', sleeps, { env });
    await waits(
      'no-key',
      "CreateContainerConfigError: couldn't find key a in ConfigMap default/settings",
    );
    await told("Failed: Error: couldn't find key a in ConfigMap default/settings");
    configMap({ a: 'x' });
    await runs('no-key');
  });

  test('whose memory limit is too small says so', async () => {
    agent.run('tiny', sleeps, { resources: { limits: { memory: '1Mi' } } });
    await waits('tiny', 'CreateContainerError: ');
    expect(agent.waiting('tiny')).toMatch(/memory limit/i);
    await told('Failed: Error: ');
  });
});

test('a registry that hangs delays nobody else, and its pull is given up', async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const image = `127.0.0.1:${port}/slow:1`;
  agent.run('hanging', sleeps, { image });
  await told(`Pulling: Pulling image "${image}"`);
  agent.run('beside', sleeps);
  await runs('beside');
  agent.run('refused', sleeps, { image: '127.0.0.1:9/other:1' });
  await waits('refused', 'ErrImagePull: ');
  expect(agent.waiting('hanging')).toBe('ContainerCreating: ');
  await waits('hanging', 'ErrImagePull: ');
  for (const socket of sockets) socket.destroy();
  server.close();
});

describe('an engine', () => {
  test('that answers 500 for one pod is asked again, and the others run', async () => {
    const message = 'no space left on device';
    agent.engine.trouble((method, path) =>
      method === 'POST' && path.includes('_unlucky_')
        ? { kind: 'answer', status: 500, message }
        : undefined,
    );
    agent.run('unlucky', sleeps);
    await told(`FailedCreatePodSandBox: Failed to create pod sandbox: ${message}`);
    agent.run('lucky', sleeps);
    await runs('lucky');
    expect(phaseOf('unlucky')).toBe('Pending');
    agent.engine.trouble(() => undefined);
    await runs('unlucky');
  });

  test('that is slow is waited for', async () => {
    agent.engine.trouble((method) =>
      method === 'POST' ? { kind: 'slow', millis: 1_000 } : undefined,
    );
    agent.run('slow', sleeps);
    await runs('slow');
    agent.engine.trouble(() => undefined);
  });

  test('that says nothing to one call is given up on, and asked again', async () => {
    agent.engine.trouble((method, path) =>
      method === 'POST' && path.includes('_silent_') ? { kind: 'silent' } : undefined,
    );
    agent.run('silent', sleeps);
    await told('FailedCreatePodSandBox: Failed to create pod sandbox: context deadline exceeded');
    agent.run('heard', sleeps);
    await runs('heard');
    agent.engine.trouble(() => undefined);
    await runs('silent');
  });

  test('that is gone makes the node NotReady; its pods stay, and new ones start with its return', async () => {
    agent.run('stays', sleeps);
    await runs('stays');
    const id = () => agent.pod('stays').status.containerStatuses?.[0]?.containerID;
    const before = id();
    await agent.engine.leave();
    const ready = () =>
      agent.api.node('node-1')!.status.conditions?.find(({ type }) => type === 'Ready');
    await eventually('the node is not ready', () => ready()?.status === 'False');
    expect(ready()?.message).toContain('container runtime is down');
    agent.run('late', sleeps);
    expect(phaseOf('stays')).toBe('Running');
    await agent.engine.comeBack();
    await runs('late');
    await eventually('the node is ready', () => ready()?.status === 'True');
    expect(id()).toBe(before);
    expect(agent.pod('stays').status.containerStatuses?.[0]?.restartCount).toBe(0);
  });
});

test('a full disk is told of, and pods start when there is room', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-full-'));
  const stackOfTest = new AsyncDisposableStack();
  stackOfTest.defer(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]);
  stackOfTest.defer(() => void execFileSync('umount', ['--lazy', folder]));
  await using _end = stackOfTest;
  const before = agent;
  await using full = await startAgentOnEngine(folder);
  agent = full;
  try {
    const filler = join(folder, 'filler');
    writeFileSync(filler, Buffer.alloc(240 * 1024));
    full.api.put('configmaps', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'large', namespace: 'default' },
      data: { text: 'x'.repeat(100_000) },
    } as never);
    const volumes = [{ name: 'large', configMap: { name: 'large' } }];
    const volumeMounts = [{ name: 'large', mountPath: '/large' }];
    full.run('full', sleeps, { volumeMounts }, { volumes });
    await told('FailedMount: MountVolume.SetUp failed for volume "large" : write');
    expect(full.api.events.join('\n')).toContain('no space left on device');
    rmSync(filler);
    await runs('full');
    expect(readdirSync(join(folder, 'pods'))).toHaveLength(1);
  } finally {
    agent = before;
  }
});
