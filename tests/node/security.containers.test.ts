/** What a pod's spec says of its processes, read back inside of real ones. */
import { existsSync, readFileSync } from 'node:fs';
import type { Pod } from '@drydock/api';
import { eventually } from '@drydock/testing/eventually';
import { beforeAll, expect } from 'vitest';
import { test } from '../harness/test.ts';
import { importTestImages, testImage } from './images.ts';
import {
  eventsAbout,
  patience,
  phaseIs,
  podOf,
  remove,
  say,
  shellContainer,
  sleeping,
} from './pod.ts';

beforeAll(importTestImages);

const mebibyte = 2 ** 20;

test('users, groups, capabilities, filters, file systems, kernel settings and limits', async ({
  cluster,
}) => {
  const names = ['guarded'];
  const guarded = shellContainer(sleeping, {
    securityContext: {
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    resources: {
      requests: { cpu: '100m', memory: '32Mi' },
      limits: { cpu: '200m', memory: '64Mi' },
    },
    volumeMounts: [{ name: 'data', mountPath: '/data' }],
  });
  const rooted = {
    ...shellContainer(sleeping, { securityContext: { runAsUser: 0 } }),
    name: 'root',
  };
  await cluster.apply(
    podOf('guarded', [guarded, rooted], {
      securityContext: {
        runAsUser: 1000,
        runAsGroup: 3000,
        supplementalGroups: [4000],
        fsGroup: 2000,
        sysctls: [{ name: 'net.ipv4.ip_unprivileged_port_start', value: '80' }],
      },
      volumes: [{ name: 'data', emptyDir: {} }],
    }),
  );
  try {
    const pod = await phaseIs(cluster, 'guarded', 'Running');
    expect(pod.status.qosClass).toBe('Burstable');
    const id = await say(cluster, 'guarded', 'id');
    expect(id).toMatch(/uid=1000 gid=3000/);
    for (const group of ['2000', '3000', '4000']) expect(id).toContain(group);
    expect(await say(cluster, 'guarded', 'id -u; id -g', 'root')).toBe('0\n3000');
    expect(await say(cluster, 'guarded', 'touch /data/a; stat -c %g /data/a')).toBe('2000');
    expect(await say(cluster, 'guarded', 'touch /a')).toContain('Read-only file system');
    const status = await say(cluster, 'guarded', 'cat /proc/1/status');
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(status).toMatch(/^Seccomp:\s+2$/m);
    // CAP_NET_BIND_SERVICE is the tenth.
    expect(status).toMatch(/^CapBnd:\s+0000000000000400$/m);
    const port = await say(cluster, 'guarded', 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start');
    expect(port).toBe('80');
    // Either version of cgroups.
    const limit = 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes';
    expect(await say(cluster, 'guarded', `${limit} 2>/dev/null; true`)).toBe(String(64 * mebibyte));
    const quota = 'cat /sys/fs/cgroup/cpu.max /sys/fs/cgroup/cpu/cpu.cfs_quota_us';
    expect(await say(cluster, 'guarded', `${quota} 2>/dev/null; true`)).toMatch(/^20000\b/);
  } finally {
    await remove(cluster, ...names);
  }
});

test('a volume in memory is shared by the containers of its pod and outlives them', async ({
  cluster,
}) => {
  const volumeMounts = [{ name: 'fast', mountPath: '/fast' }];
  await cluster.apply(
    podOf(
      'swift',
      [
        shellContainer(sleeping, { volumeMounts }),
        { ...shellContainer(sleeping, { volumeMounts }), name: 'other' },
      ],
      { volumes: [{ name: 'fast', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } }] },
    ),
  );
  const node = (await phaseIs(cluster, 'swift', 'Running')).spec.nodeName!;
  const volumes = () =>
    cluster.docker(
      'volume',
      'ls',
      '-q',
      '--filter',
      `label=drydock.cluster=${cluster.name}`,
      '--filter',
      `label=drydock.node=${node}`,
      '--filter',
      'label=drydock.volume',
    );
  try {
    expect(await say(cluster, 'swift', 'grep " /fast " /proc/mounts')).toMatch(/tmpfs.*size=1024k/);
    expect(await say(cluster, 'swift', 'echo kept > /fast/a; ls -ld /fast')).toMatch(/^drwxrwxrwx/);
    expect(await say(cluster, 'swift', 'cat /fast/a', 'other')).toBe('kept');
    const full = 'dd if=/dev/zero of=/fast/b bs=1024 count=2048; rm /fast/b';
    expect(await say(cluster, 'swift', full)).toContain('No space left on device');
    expect(await volumes()).toContain('swift');
    for (const container of ['main', 'other'])
      await say(cluster, 'swift', 'kill -9 -1; kill 1', container);
    await eventually(
      'both have been restarted',
      async () => {
        const pod = await cluster.get<Pod>('pod', 'swift');
        return pod.status.containerStatuses!.every((one) => one.restartCount > 0 && one.ready);
      },
      patience,
    );
    expect(await say(cluster, 'swift', 'cat /fast/a', 'other')).toBe('kept');
  } finally {
    await remove(cluster, 'swift');
  }
  await eventually('its memory is free', async () => (await volumes()) === '', patience);
});

test('a pod can have the processes and the shared memory of its node, and no filter', async ({
  cluster,
}) => {
  const unconfined = { seccompProfile: { type: 'Unconfined' as const } };
  await cluster.apply(
    podOf('open', [shellContainer(sleeping, { securityContext: unconfined })], {
      hostPID: true,
      hostIPC: true,
    }),
  );
  await cluster.apply(podOf('plain', [shellContainer(sleeping)]));
  try {
    const { spec } = await phaseIs(cluster, 'open', 'Running');
    await phaseIs(cluster, 'plain', 'Running');
    const node = cluster.container(spec.nodeName!);
    const ofNode = async (space: string) =>
      (await cluster.docker('exec', node, 'readlink', `/proc/self/ns/${space}`)).trim();
    const ofPod = (name: string, space: string) =>
      say(cluster, name, `readlink /proc/self/ns/${space}`);
    for (const space of ['pid', 'ipc']) {
      expect(await ofPod('open', space)).toBe(await ofNode(space));
      expect(await ofPod('plain', space)).not.toBe(await ofNode(space));
    }
    expect(await say(cluster, 'open', 'grep Seccomp: /proc/self/status')).toMatch(/\s0$/);
    // The nodes of a cluster filter what does not ask for anything.
    expect(await say(cluster, 'plain', 'grep Seccomp: /proc/self/status')).toMatch(/\s2$/);
  } finally {
    await remove(cluster, 'open', 'plain');
  }
});

test('a seccomp profile of the node forbids what it says, and one that is missing keeps from starting', async ({
  cluster,
}) => {
  const node = 'node-1';
  const profile = JSON.stringify({
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [
      {
        names: ['chmod', 'fchmod', 'fchmodat', 'fchmodat2'],
        action: 'SCMP_ACT_ERRNO',
        errnoRet: 1,
      },
    ],
  });
  const folder = '/var/lib/drydock/seccomp';
  const write = `mkdir -p ${folder}/test && echo '${profile}' > ${folder}/test/no-chmod.json`;
  await cluster.docker('exec', cluster.container(node), 'sh', '-c', write);
  const using = (localhostProfile: string) =>
    shellContainer(sleeping, {
      securityContext: { seccompProfile: { type: 'Localhost', localhostProfile } },
    });
  try {
    await cluster.apply(podOf('filtered', [using('test/no-chmod.json')], { nodeName: node }));
    await cluster.apply(podOf('lost', [using('test/absent.json')], { nodeName: node }));
    await phaseIs(cluster, 'filtered', 'Running');
    expect(await say(cluster, 'filtered', 'touch /tmp/a && chmod 600 /tmp/a')).toContain(
      'Operation not permitted',
    );
    const waiting = await eventually(
      'the other waits',
      async () =>
        (await cluster.get<Pod>('pod', 'lost')).status.containerStatuses?.[0]?.state?.waiting,
      patience,
    );
    expect(waiting.reason).toBe('CreateContainerError');
    expect(waiting.message).toContain('test/absent.json');
  } finally {
    await remove(cluster, 'filtered', 'lost');
    await cluster.docker('exec', cluster.container(node), 'rm', '-r', `${folder}/test`);
  }
});

const appArmorFile = '/sys/module/apparmor/parameters/enabled';
const hasAppArmor = existsSync(appArmorFile) && readFileSync(appArmorFile, 'utf8').startsWith('Y');

test('what the node’s kernel cannot do, or the node does not allow, is refused with the reason', async ({
  cluster,
}) => {
  const appArmorProfile = { type: 'RuntimeDefault' } as const;
  const confined = shellContainer(sleeping, { securityContext: { appArmorProfile } });
  const sysctls = [{ name: 'kernel.msgmax', value: '65536' }];
  // Nodes are named: a pod that is refused is not scheduled a second time.
  await cluster.apply(podOf('confined', [confined], { nodeName: 'node-1' }));
  await cluster.apply(
    podOf('tuned', [shellContainer(sleeping)], {
      securityContext: { sysctls },
      nodeName: 'node-1',
    }),
  );
  try {
    const tuned = await phaseIs(cluster, 'tuned', 'Failed');
    expect(tuned.status).toMatchObject({
      reason: 'SysctlForbidden',
      message: 'Pod was rejected: forbidden sysctl: "kernel.msgmax" not allowlisted',
    });
    expect(await eventsAbout(cluster, 'tuned')).toContain(
      'SysctlForbidden: forbidden sysctl: "kernel.msgmax" not allowlisted',
    );
    const { status } = await phaseIs(cluster, 'confined', hasAppArmor ? 'Running' : 'Failed');
    if (!hasAppArmor) {
      expect(status).toMatchObject({
        reason: 'AppArmor',
        message: 'Pod was rejected: Cannot enforce AppArmor: AppArmor is not enabled on the host',
      });
    }
  } finally {
    await remove(cluster, 'confined', 'tuned');
  }
});

test('a container that takes more memory than its limit is killed for it', async ({ cluster }) => {
  const greedy = shellContainer('exec dd if=/dev/zero of=/dev/null bs=200M count=1', {
    image: testImage,
    resources: { limits: { memory: '32Mi', cpu: '500m' } },
  });
  await cluster.apply(podOf('greedy', [greedy], { restartPolicy: 'Never' }));
  try {
    const { status } = await phaseIs(cluster, 'greedy', 'Failed');
    expect(status.qosClass).toBe('Guaranteed');
    expect(status.containerStatuses![0]!.state!.terminated).toMatchObject({
      reason: 'OOMKilled',
      exitCode: 137,
    });
  } finally {
    await remove(cluster, 'greedy');
  }
});
