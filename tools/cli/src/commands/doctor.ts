/**
 * `./drydock doctor`: looks at this machine and says what would stand in the way, why, and how to mend
 * it. Ids are stable: scripts and issues may refer to them.
 */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { freemem, networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { askEngine, findCompose } from '../docker/engine.ts';
import { execute } from '../execute.ts';
import { isFree, usualPorts } from '../ports.ts';
import { listClusters, openStateFolder, stateHome } from '../state.ts';

export interface Finding {
  readonly id: string;
  /** `warn` is no hindrance, but worth knowing. */
  readonly status: 'ok' | 'warn' | 'fail';
  readonly found: string;
  /** Why it matters; empty when all is well. */
  readonly reason?: string;
  readonly fix?: string;
}

type Check = () => Promise<Omit<Finding, 'id'>>;

export async function doctor(options: { json?: boolean }): Promise<void> {
  const findings = await Promise.all(
    Object.entries(checks).map(async ([id, check]): Promise<Finding> => {
      try {
        return { id, ...(await check()) };
      } catch (error) {
        return { id, status: 'warn', found: `could not be checked: ${(error as Error).message}` };
      }
    }),
  );
  console.log(options.json === true ? JSON.stringify(findings, null, 2) : render(findings));
  process.exitCode = findings.some((finding) => finding.status === 'fail') ? 1 : 0;
}

export function render(findings: readonly Finding[]): string {
  const marks = {
    ok: styleText('green', '✓'),
    warn: styleText('yellow', '!'),
    fail: styleText('red', '✗'),
  };
  const width = Math.max(...findings.map((finding) => finding.id.length));
  return findings
    .flatMap(({ id, status, found, reason, fix }) => [
      `${marks[status]} ${id.padEnd(width)}  ${found}`,
      ...(reason === undefined ? [] : [`  ${' '.repeat(width)}  why: ${reason}`]),
      ...(fix === undefined ? [] : [`  ${' '.repeat(width)}  fix: ${fix}`]),
    ])
    .join('\n');
}

const checks: Readonly<Record<string, Check>> = {
  engine: async () => {
    const { version, problem } = await askEngine();
    if (version !== undefined) return { status: 'ok', found: `Docker engine ${version}` };
    const denied = /permission denied/i.test(problem);
    return {
      status: 'fail',
      found: problem.split('\n')[0] ?? problem,
      reason: 'nodes and pods are containers',
      fix: denied
        ? 'sudo usermod -aG docker "$USER", then log in again; or ./drydock up --local'
        : './drydock up installs and starts one as root on Debian or Ubuntu; or ./drydock up --local',
    };
  },
  compose: async () => {
    const command = await findCompose();
    if (command !== undefined) return { status: 'ok', found: command.join(' ') };
    return {
      status: 'fail',
      found: 'neither docker compose nor docker-compose',
      reason: 'deploy/docker-compose.yml creates the containers',
      fix: 'apt-get install docker-compose',
    };
  },
  cgroups: async () => {
    const { code, stdout } = await execute(
      'docker',
      ['info', '-f', '{{.CgroupVersion}} {{.MemoryLimit}} {{.PidsLimit}}'],
      { timeoutMillis: 10_000 },
    );
    if (code !== 0) return { status: 'warn', found: 'unknown without an engine' };
    const [version, memory] = stdout.trim().split(' ');
    if (memory === 'true') return { status: 'ok', found: `cgroup v${version}, memory limits work` };
    return {
      status: 'warn',
      found: `cgroup v${version} without memory limits`,
      reason: 'limits of pods are not enforced',
      fix: 'boot with cgroup_enable=memory',
    };
  },
  registry: async () => {
    const { code } = await execute('docker', ['manifest', 'inspect', 'busybox:stable-musl'], {
      timeoutMillis: 5_000,
      environment: { DOCKER_CLI_EXPERIMENTAL: 'enabled' },
    });
    if (code === 0) return { status: 'ok', found: 'the image registry answers' };
    return {
      status: 'warn',
      found: 'no image registry answers this program',
      reason:
        'unless the engine knows a mirror, bases are built from the distribution’s packages, which takes half a minute once',
    };
  },
  ports: async () => {
    const mine = new Set(
      listClusters().flatMap((name) => Object.values(openStateFolder(name).load()?.ports ?? {})),
    );
    const taken: number[] = [];
    for (const port of Object.values(usualPorts)) {
      if (!mine.has(port) && !(await isFree(port))) taken.push(port);
    }
    if (taken.length === 0) return { status: 'ok', found: Object.values(usualPorts).join(', ') };
    return {
      status: 'warn',
      found: `taken: ${taken.join(', ')}`,
      reason: 'another program listens there; up chooses other ports and says which',
    };
  },
  subnets: async () => {
    const inUse = await overlapping(['10.244.0.0/16', '10.96.0.0/16']);
    if (inUse.length === 0)
      return { status: 'ok', found: '10.244.0.0/16 and 10.96.0.0/16 are free' };
    return {
      status: 'warn',
      found: `in use on this machine: ${inUse.join(', ')}`,
      reason: 'pods could not reach those addresses outside of the cluster',
      fix: 'choose others with networking.podSubnet and serviceSubnet in a --config file',
    };
  },
  nftables: async () => {
    const { code, stderr } = await execute('nft', ['list', 'tables'], { timeoutMillis: 5_000 });
    if (code === 0) return { status: 'ok', found: 'the kernel answers nft' };
    const missing = code === 127;
    return {
      status: 'warn',
      found: missing ? 'nft is not installed here' : (stderr.trim().split('\n')[0] ?? ''),
      reason:
        'kube-proxy programs Services with nftables; it brings its own nft, but needs the kernel’s part',
      fix: missing
        ? 'apt-get install nftables, to check'
        : 'load the module: modprobe nf_tables (as root)',
    };
  },
  'disk-fsync': async () => {
    const folder = existsSync(stateHome()) ? stateHome() : tmpdir();
    const millis = fsyncP99(folder);
    const found = `p99 of 200 writes of 4 KiB with fdatasync: ${millis.toFixed(1)} ms in ${folder}`;
    if (millis < 50) return { status: 'ok', found };
    return {
      status: 'warn',
      found,
      reason: 'every write of etcd waits for it; elections start when heartbeats wait too long',
      fix: 'use a faster disk for the engine’s data, or a larger --time-scale',
    };
  },
  memory: async () => {
    const available = availableMemoryBytes();
    const found = `${(available / 2 ** 30).toFixed(1)} GiB available`;
    if (available >= 2 * 2 ** 30) return { status: 'ok', found };
    return {
      status: 'warn',
      found,
      reason: 'the control plane takes about 1 GiB, each node 0.2 GiB, and pods come on top',
      fix: 'close something, or ./drydock up --nodes 1',
    };
  },
};

async function overlapping(subnets: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await execute('ip', ['-json', 'route']);
  const routes = (stdout === '' ? [] : (JSON.parse(stdout) as { dst: string }[])).map(
    (one) => one.dst,
  );
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map((one) => one.address),
  );
  return subnets.filter((subnet) => {
    const [base, bits] = subnet.split('/') as [string, string];
    const prefix = base
      .split('.')
      .slice(0, Number(bits) / 8)
      .join('.');
    return [...routes, ...addresses].some((one) => one.startsWith(`${prefix}.`));
  });
}

function fsyncP99(parent: string): number {
  const folder = mkdtempSync(join(parent, 'fsync-'));
  const file = openSync(join(folder, 'probe'), 'w');
  const block = Buffer.alloc(4_096, 1);
  const millis: number[] = [];
  try {
    for (let count = 0; count < 200; count++) {
      const start = performance.now();
      writeSync(file, block);
      fdatasyncSync(file);
      millis.push(performance.now() - start);
    }
  } finally {
    closeSync(file);
    rmSync(folder, { recursive: true, force: true });
  }
  return millis.toSorted((a, b) => a - b)[197]!;
}

function availableMemoryBytes(): number {
  const match = /^MemAvailable:\s+(\d+) kB/m.exec(
    existsSync('/proc/meminfo') ? readFileSync('/proc/meminfo', 'utf8') : '',
  );
  return match === null ? freemem() : Number(match[1]) * 1_024;
}
