/**
 * A containerd of a test's own: the distribution's program and its CRI plugin, with root, state, socket,
 * images and network in one folder. Nothing of it is left when it has ended.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  rmdir,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '@drydock/testing/eventually';
import { command } from '../harness/command.ts';
import { repository } from '../harness/cluster.ts';
import { makeBusyboxTar } from './busybox.ts';

const run = promisify(execFile);

export const criImage = 'docker.io/library/drydock-test-busybox:1';
const pauseImage = 'docker.io/library/drydock-test-pause:1';
const cniPlugins = '/usr/lib/cni';
const waits = ['/bin/sh', '-c', 'trap "exit 0" TERM; sleep 2147483647 & wait'];

export interface ContainerdOptions {
  /** The command that runs what follows it in a network namespace; none: in that of the test. */
  readonly enter?: readonly string[];
  /** The network of pods; none: one that leads nowhere. */
  readonly network?: object;
}

export interface Containerd extends AsyncDisposable {
  /** Of all that is its own, and the test's if it likes. */
  readonly folder: string;
  readonly socket: string;
  readonly endpoint: string;
  ctr(...words: readonly string[]): Promise<string>;
  /** The process dies, as at a crash, and is started again; what it runs goes on. */
  restart(): Promise<void>;
  /** Another image, of the same files. */
  importImage(name: string): Promise<void>;
}

export async function startContainerd(options: ContainerdOptions = {}): Promise<Containerd> {
  await command(`${repository}/scripts/install-tools`, ['containerd', 'cni', 'iproute2']);
  const folder = await mkdtemp(join(tmpdir(), 'drydock-containerd-'));
  const socket = join(folder, 'containerd.sock');
  const config = await writeConfig(folder, socket, options.network);
  const ctr = async (...words: readonly string[]) => {
    const { stdout } = await run('ctr', ['-a', socket, '-n', 'k8s.io', ...words]);
    return stdout;
  };
  const start = async (): Promise<ChildProcess> => {
    const [program, ...words] = [
      ...(options.enter ?? []),
      'containerd',
      '--config',
      config,
    ] as const;
    const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.pipe(createWriteStream(join(folder, 'log'), { flags: 'a' }));
    try {
      await eventually('containerd answers', () => ctr('version'), { timeoutMillis: 60_000 });
    } catch (error) {
      child.kill('SIGKILL');
      const log = readFileSync(join(folder, 'log'), 'utf8');
      throw new Error(`containerd did not start: ${log}`, { cause: error });
    }
    return child;
  };
  const stop = async (signal: NodeJS.Signals) => {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  let child = await start();
  const containerd: Containerd = {
    folder,
    socket,
    endpoint: `unix://${socket}`,
    ctr,
    restart: async () => {
      await stop('SIGKILL');
      child = await start();
    },
    importImage: (name) =>
      importImages(folder, ctr, [{ name, config: { Labels: { spare: 'yes' } } }]),
    [Symbol.asyncDispose]: async () => {
      for (const id of (await ctr('tasks', 'ls', '-q')).split('\n').filter((one) => one !== '')) {
        await ctr('tasks', 'rm', '-f', id).catch(() => undefined);
      }
      await stop('SIGTERM');
      await unmountBelow(folder);
      await rm(folder, { recursive: true, force: true });
      await removeCgroups();
    },
  };
  try {
    await importImages(folder, ctr, [
      { name: criImage, config: { Cmd: ['/bin/sh'] } },
      { name: pauseImage, config: { Entrypoint: waits } },
    ]);
  } catch (error) {
    await containerd[Symbol.asyncDispose]();
    throw error;
  }
  return containerd;
}

async function writeConfig(
  folder: string,
  socket: string,
  network: object | undefined,
): Promise<string> {
  const plugins = join(folder, 'cni');
  await mkdir(join(folder, 'net.d'));
  await mkdir(plugins);
  for (const name of ['bridge', 'host-local', 'loopback', 'ptp']) {
    await symlink(join(cniPlugins, name), join(plugins, name));
  }
  await copyFile(join(import.meta.dirname, 'cni-alone'), join(plugins, 'cni-alone'));
  const ranges = [[{ subnet: '10.77.0.0/24' }]];
  const ipam = { type: 'host-local', ranges, dataDir: join(folder, 'addresses') };
  const list = {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [{ type: 'cni-alone', ...network, ipam }],
  };
  await writeFile(join(folder, 'net.d/pods.conflist'), JSON.stringify(list));
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  const text = `version = 2
root = "${folder}/root"
state = "${folder}/state"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "${socket}"
[${cri}]
  sandbox_image = "${pauseImage}"
  # A machine that may not lower the score of a process cannot start one with less than its own.
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stats_collect_period = 1
[${cri}.cni]
  bin_dir = "${plugins}"
  conf_dir = "${folder}/net.d"
[${cri}.registry]
  config_path = "${folder}/registries"
`;
  const path = join(folder, 'config.toml');
  await writeFile(path, text);
  return path;
}

interface TestImage {
  readonly name: string;
  readonly config: object;
}

/** In one archive, in the form of `docker save`. */
async function importImages(
  folder: string,
  ctr: Containerd['ctr'],
  images: readonly TestImage[],
): Promise<void> {
  const work = await mkdtemp(join(folder, 'images-'));
  const tar = await makeBusyboxTar(work);
  const layer = createHash('sha256')
    .update(await readFile(tar))
    .digest('hex');
  const manifest = [];
  for (const { name, config } of images) {
    const image = {
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Env: ['PATH=/bin'], ...config },
      rootfs: { type: 'layers', diff_ids: [`sha256:${layer}`] },
    };
    const file = `${name.replace(/\W/g, '-')}.json`;
    await writeFile(join(work, file), JSON.stringify(image));
    manifest.push({ Config: file, RepoTags: [name], Layers: ['image.tar'] });
  }
  await writeFile(join(work, 'manifest.json'), JSON.stringify(manifest));
  const files = ['manifest.json', 'image.tar', ...manifest.map((one) => one.Config)];
  await run('tar', ['-C', work, '-cf', join(work, 'archive.tar'), ...files]);
  await ctr('images', 'import', join(work, 'archive.tar'));
  await rm(work, { recursive: true });
}

/** What a container that was killed with its containerd has left mounted. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`) && existsSync(path));
  for (const path of mounts.toReversed()) await run('umount', ['-l', path]);
}

/** containerd leaves the parents of its containers' cgroups; those that are in use stay. */
async function removeCgroups(): Promise<void> {
  const roots = [
    '/sys/fs/cgroup',
    ...(await readdir('/sys/fs/cgroup')).map((name) => join('/sys/fs/cgroup', name)),
  ];
  for (const root of roots) await rmdir(join(root, 'k8s.io')).catch(() => undefined);
}
