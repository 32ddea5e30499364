/** What a container's process finds: its words, files, names, rights and limits. Part of conformance.ts. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBench, ended, until, type ConformanceSubject } from './bench.ts';
import { container, sandbox, security } from './configs.ts';

const sleeps = 'trap "exit 143" TERM; while true; do sleep 0.05; done';
const netAdmin = 1n << 12n;

/** Whether this machine has all the rights that a privileged container is given. */
function mayGiveAll(): boolean {
  const last = Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'));
  const own = /CapBnd:\s*([0-9a-f]+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]!;
  return BigInt(`0x${own}`) === (1n << BigInt(last + 1)) - 1n;
}

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-mount-'));
  try {
    await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function describeProcesses(subject: ConformanceSubject): void {
  const { withSandbox, startIn, outputOf } = createBench(subject);
  const says = (script: string, more?: Parameters<typeof container>[2], config = sandbox()) => {
    let text = '';
    return withSandbox(config, async (runtime, status) => {
      text = await outputOf(runtime, status, script, more);
    }).then(() => text);
  };

  if (subject.real === undefined) return;
  describe(`${subject.name} runtime: processes`, () => {
    it('get their command, arguments, variables and folder', async () => {
      const args = ['first', 'second word'];
      const script = 'echo "$GREETING $(pwd) $0 $1"';
      expect(await says(script, { args, workingDirectory: '/tmp' })).toBe(
        'hello /tmp first second word\n',
      );
    });

    it('have the image’s command unless they are given one, and arguments in place of its own', async () => {
      expect(await says('', { command: [], args: ['/bin/echo', 'said'] })).toBe('said\n');
      await withSandbox(sandbox(), async (runtime, status) => {
        const { id } = await startIn(runtime, status, '', { command: [] });
        expect((await ended(runtime, id)).exitCode).toBe(0);
      });
    });

    it('see mounts, and write to those that are not read-only', async () => {
      await withFolder(async (folder) => {
        for (const name of ['rw', 'ro']) mkdirSync(join(folder, name));
        writeFileSync(join(folder, 'ro/file'), 'kept\n');
        const mounts = ['rw', 'ro'].map((name) => ({
          source: join(folder, name),
          target: `/mnt/${name}`,
          readOnly: name === 'ro',
        }));
        const script =
          'cat /mnt/ro/file; echo new > /mnt/rw/file; echo no 2>/dev/null > /mnt/ro/file || echo refused';
        expect(await says(script, { mounts })).toBe('kept\nrefused\n');
        expect(readFileSync(join(folder, 'rw/file'), 'utf8')).toBe('new\n');
      });
    });

    it('see what is mounted later where a mount propagates, and only there', async () => {
      await withFolder(async (folder) => {
        const shared = join(folder, 'shared');
        mkdirSync(shared);
        execFileSync('mount', ['--bind', shared, shared]);
        execFileSync('mount', ['--make-shared', shared]);
        mkdirSync(join(shared, 'late'));
        const mount = (target: string, propagation: 'None' | 'HostToContainer') => ({
          source: shared,
          target,
          readOnly: false,
          propagation,
        });
        const mounts = [mount('/follows', 'HostToContainer'), mount('/keeps', 'None')];
        try {
          await withSandbox(sandbox(), async (runtime, status) => {
            const { id } = await startIn(runtime, status, sleeps, { mounts });
            execFileSync('mount', ['-t', 'tmpfs', 'late', join(shared, 'late')]);
            writeFileSync(join(shared, 'late/file'), '');
            const finds = async (path: string) =>
              (await runtime.execSync(id, ['test', '-e', path], 10_000)).exitCode === 0;
            expect(await finds('/follows/late/file')).toBe(true);
            expect(await finds('/keeps/late/file')).toBe(false);
          });
        } finally {
          execFileSync('umount', ['-R', '-l', shared]);
        }
      });
    });

    it('know their name, their pod’s other names, and whom to ask for the rest', async () => {
      const config = {
        ...sandbox(),
        hostname: 'named',
        hostAliases: [{ ip: '10.1.2.3', hostnames: ['db', 'db.local'] }],
        dns: { servers: ['10.96.0.10'], searches: ['svc.cluster.local'], options: ['ndots:5'] },
      };
      const text = await says('hostname; cat /etc/hosts /etc/resolv.conf', {}, config);
      expect(text.split('\n')[0]).toBe('named');
      expect(text).toMatch(/^10\.1\.2\.3\s+db/m);
      expect(text).toMatch(/^nameserver 10\.96\.0\.10$/m);
      expect(text).toMatch(/^search svc\.cluster\.local$/m);
      expect(text).toMatch(/^options ndots:5$/m);
    });

    it('have the address that the runtime tells, where the runtime gives it', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        if (runtime.network === 'agent') return;
        expect(status.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
        const text = await outputOf(runtime, status, 'ip address show eth0; cat /etc/hosts');
        expect(text).toContain(`inet ${status.address!}/`);
        expect(text).toMatch(new RegExp(`^${status.address!}\\s+${status.pod.name}$`, 'm'));
        const [listed] = await runtime.listPodSandbox({ podUid: status.pod.uid });
        expect(listed).toEqual(status);
      });
    });

    it('share the network of their sandbox, and its processes only if they are told to', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const serves =
          'mkdir /www; echo here > /www/index.html; exec httpd -f -p 127.0.0.1:80 -h /www';
        const server = await startIn(runtime, status, serves, { name: 'server' });
        const asks = 'until wget -q -O - http://127.0.0.1/; do sleep 0.1; done; ps -o args';
        const alone = await outputOf(runtime, status, asks, { name: 'alone' });
        expect(alone).toMatch(/^here\n/);
        expect(alone).not.toContain('httpd');
        const processNamespaceOf = server.id;
        const looking = await outputOf(runtime, status, asks, {
          name: 'looks',
          processNamespaceOf,
        });
        expect(looking).toContain('httpd');
      });
      await withSandbox(sandbox(), async (runtime, status) => {
        const shareProcessNamespace = true;
        await startIn(runtime, status, 'exec sleep 321', { name: 'one', shareProcessNamespace });
        const more = { name: 'other', shareProcessNamespace };
        const text = await outputOf(runtime, status, 'sleep 0.2; ps -o args', more);
        expect(text).toContain('sleep 321');
      });
    });

    it('are who they shall be', async () => {
      const more = { security: { ...security, user: '1000:2000', supplementalGroups: [3000] } };
      expect(await says('id -u; id -g; id -G', more)).toBe('1000\n2000\n2000 3000\n');
    });

    it('have no rights that were taken from them, and those that were given', async () => {
      const bounds = async (change: Partial<typeof security>, isPrivileged = false) => {
        const script = 'grep -E "CapBnd|NoNewPrivs" /proc/self/status';
        const config = { ...sandbox(), privileged: isPrivileged };
        const text = await says(script, { security: { ...security, ...change } }, config);
        const capabilities = BigInt(`0x${/CapBnd:\s*([0-9a-f]+)/.exec(text)![1]!}`);
        return { capabilities, hasNoNewPrivileges: /NoNewPrivs:\s*1/.test(text) };
      };
      const usual = await bounds({});
      expect(usual.capabilities & netAdmin).toBe(0n);
      expect(usual.hasNoNewPrivileges).toBe(false);
      expect((await bounds({ capabilitiesDropped: ['ALL'] })).capabilities).toBe(0n);
      const added = await bounds({ capabilitiesAdded: ['NET_ADMIN'] });
      expect(added.capabilities).toBe(usual.capabilities | netAdmin);
      expect((await bounds({ noNewPrivileges: true })).hasNoNewPrivileges).toBe(true);
      if (!mayGiveAll()) return;
      const all = await bounds({ privileged: true }, true);
      expect(all.capabilities & added.capabilities).toBe(added.capabilities);
      expect(all.capabilities).toBeGreaterThan(added.capabilities);
    });

    it('cannot write to a root that is read-only', async () => {
      const more = { security: { ...security, readOnlyRootFilesystem: true } };
      expect(await says('touch /file 2>/dev/null || echo refused', more)).toBe('refused\n');
    });

    it('cannot see of the kernel what is none of their business', async () => {
      const script =
        'cat /proc/kcore 2>/dev/null | head -c 1 | wc -c; echo 1 2>/dev/null > /proc/sys/vm/swappiness || echo refused';
      expect(await says(script)).toBe('0\nrefused\n');
    });

    it('have their limits in their cgroup', async () => {
      const script = `cd /sys/fs/cgroup
        if [ -e memory.max ]; then cat memory.max; cut -d' ' -f1 cpu.max
        else cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us; fi`;
      expect(await says(script)).toBe(`${64 * 1024 * 1024}\n50000\n`);
    });

    it('that take more memory than they may are killed, and it is told why', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const { resources } = container('', '');
        const more = { resources: { ...resources, memoryLimitBytes: 16 * 1024 * 1024 } };
        const script = 'exec dd if=/dev/zero of=/dev/null bs=200M';
        const { id } = await startIn(runtime, status, script, more);
        expect(await ended(runtime, id)).toMatchObject({ exitCode: 137, oomKilled: true });
      });
    });

    it('that cannot start have ended, and say why', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const config = container(subject.image, '', { command: ['/no/such/command'] });
        const id = await runtime.createContainer(status, config);
        await expect(runtime.startContainer(id)).rejects.toThrow(/no such file or directory/);
        const found = await until(() => runtime.containerStatus(id));
        expect(found.state).toBe('exited');
        expect([127, 128]).toContain(found.exitCode);
        expect(found.error).toMatch(/no such file or directory/);
      });
    });
  });
}
