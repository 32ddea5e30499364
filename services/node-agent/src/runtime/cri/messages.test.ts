import { describe, expect, it } from 'vitest';
import { container, sandbox, security } from '../testing/configs.ts';
import type { SandboxStatus } from '../runtime.ts';
import { containerMessage, sandboxMessage } from './configs.ts';
import { toRuntimeError, withStatus } from './errors.ts';
import { differences } from './events.ts';
import { hostsFile } from './hosts.ts';
import { containerStatusOf } from './status.ts';

const node = { cluster: 'demo', node: 'node-1', bootId: 'boot-1' };
const status: SandboxStatus = {
  id: 's-1',
  pod: { namespace: 'shop', name: 'web', uid: 'u-1' },
  attempt: 0,
  state: 'ready',
  createdAt: 1,
  address: '10.77.0.2',
  bootId: 'boot-1',
};

describe('a sandbox in the CRI', () => {
  it('tells whose it is in kubelet’s labels, and where its logs go', () => {
    const config = { ...sandbox(), pod: status.pod, labels: { app: 'web' } };
    const message = sandboxMessage(config, { node, podLogRoot: '/var/log/pods' });
    expect(message).toMatchObject({
      metadata: { namespace: 'shop', name: 'web', uid: 'u-1', attempt: 0 },
      logDirectory: '/var/log/pods/shop_web_u-1',
      labels: {
        app: 'web',
        'io.kubernetes.pod.name': 'web',
        'io.kubernetes.pod.namespace': 'shop',
        'io.kubernetes.pod.uid': 'u-1',
        'drydock.node': 'node-1',
      },
      annotations: { 'drydock.boot': 'boot-1' },
      linux: { securityContext: { namespaceOptions: { network: 'POD' } } },
    });
  });

  it('on the node’s network has the node’s name', () => {
    const config = { ...sandbox(), hostNetwork: true };
    const message = sandboxMessage(config, { node, podLogRoot: '/logs' });
    expect(message.hostname).toBeUndefined();
    expect(message.linux?.securityContext?.namespaceOptions?.network).toBe('NODE');
  });
});

describe('a container in the CRI', () => {
  const message = (more: Parameters<typeof container>[2] = {}) =>
    containerMessage(container('web:1', 'exit 0', more), {
      node,
      sandbox: status,
      imageId: 'sha256:1',
      mounts: [],
    });
  const securityOf = (more: Parameters<typeof container>[2]) =>
    message(more).linux?.securityContext;

  it('is a user by number or by name, with a group or without', () => {
    const user = (text: string) => securityOf({ security: { ...security, user: text } });
    expect(user('1000')).toMatchObject({ runAsUser: { value: 1000 } });
    expect(user('0:5')).toMatchObject({ runAsUser: { value: 0 }, runAsGroup: { value: 5 } });
    expect(user('ann')).toMatchObject({ runAsUsername: 'ann' });
    expect(securityOf({})?.runAsUser).toBeUndefined();
  });

  it('sees what it must not of the kernel only when it is privileged', () => {
    expect(securityOf({})?.maskedPaths).toContain('/proc/kcore');
    const privileged = securityOf({ security: { ...security, privileged: true } });
    expect([privileged?.maskedPaths, privileged?.readonlyPaths]).toEqual([undefined, undefined]);
  });

  it('sees processes of its own, of another, or of the whole pod', () => {
    const namespaces = (more: Parameters<typeof container>[2]) =>
      securityOf(more)?.namespaceOptions;
    expect(namespaces({})).toMatchObject({ pid: 'CONTAINER', network: 'POD' });
    expect(namespaces({ processNamespaceOf: 'c' })).toMatchObject({ pid: 'TARGET', targetId: 'c' });
    expect(namespaces({ shareProcessNamespace: true })).toMatchObject({ pid: 'POD' });
  });

  it('that could not start has ended, and says why', () => {
    const told = {
      id: 'c-1',
      metadata: { name: 'web', attempt: 2 },
      createdAt: 1_000_000_000_000_000_000,
      startedAt: 0,
      finishedAt: 1_000_000_000_500_000_000,
      exitCode: 128,
      image: null,
      imageRef: '',
      labels: { 'io.kubernetes.pod.uid': 'u-1' },
      annotations: { 'io.kubernetes.container.hash': 'abc' },
      logPath: '',
    };
    const state = 'CONTAINER_EXITED' as const;
    const failed = { ...told, state, reason: 'StartError', message: 'no such file' };
    expect(containerStatusOf(failed, 's-1')).toMatchObject({
      state: 'exited',
      exitCode: 128,
      error: 'no such file',
      attempt: 2,
      specHash: 'abc',
      startedAt: 1_000_000_000_000,
      finishedAt: 1_000_000_000_500,
    });
    const killed = { ...told, state, reason: 'OOMKilled', message: '' };
    expect(containerStatusOf(killed, 's-1')).toMatchObject({ oomKilled: true, error: undefined });
  });
});

describe('a refusal of a CRI runtime', () => {
  const refusal = Object.assign(new Error('5 NOT_FOUND: no such pod'), {
    code: 5,
    details: 'no such pod',
  });

  it('has its words, and a code that callers know', () => {
    expect(toRuntimeError(refusal)).toMatchObject({ code: 'NOT_FOUND', message: 'no such pod' });
  });

  it('is told with its status where upstream does', () => {
    const { code, message } = withStatus(refusal);
    expect(code).toBe('NOT_FOUND');
    expect(message).toBe('rpc error: code = NotFound desc = no such pod');
  });
});

describe('events from lists', () => {
  const lives = (all: Record<string, string>) =>
    new Map(Object.entries(all).map(([id, state]) => [id, { podUid: 'u', state }]));
  const kinds = (before: Record<string, string>, now: Record<string, string>) =>
    differences(lives(before), lives(now)).map(({ kind, containerId }) => `${containerId} ${kind}`);

  it('tell of beginnings, ends and what is gone', () => {
    expect(
      kinds({ a: 'created', b: 'running', c: 'exited' }, { a: 'running', b: 'exited' }),
    ).toEqual(['a started', 'b died', 'c removed']);
  });

  it('of what came to its end in between tell both', () => {
    expect(kinds({}, { a: 'exited', b: 'created', s: 'ready' })).toEqual([
      'a started',
      'a died',
      's started',
    ]);
    expect(kinds({ s: 'ready' }, { s: 'not-ready' })).toEqual(['s died']);
  });
});

describe('a pod’s hosts', () => {
  it('are those of kubelet, with its aliases', () => {
    const hostAliases = [{ ip: '10.0.0.1', hostnames: ['db', 'db.local'] }];
    const text = hostsFile({ hostname: 'web', hostAliases }, '10.77.0.2', '');
    expect(text).toMatch(/^# Kubernetes-managed hosts file\.\n127\.0\.0\.1\tlocalhost\n/);
    expect(text).toMatch(
      /\n10\.77\.0\.2\tweb\n\n# Entries added by HostAliases\.\n10\.0\.0\.1\tdb\tdb\.local\n$/,
    );
  });

  it('are the node’s on the node’s network', () => {
    const text = hostsFile(
      { hostname: 'web', hostAliases: [] },
      undefined,
      '127.0.0.1 localhost\n',
    );
    expect(text).toBe('# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n');
  });
});
