/**
 * The images of a cluster: built when their content changed, otherwise left alone. Each carries the
 * hash of what it was built from as a label; an equal hash means no build.
 */
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execute, executeOrFail } from '../execute.ts';
import { repositoryRoot } from '../state.ts';
import type { Step } from '../terminal/steps.ts';
import { createBases, hashOf, type Base } from './bases.ts';

/** On finished images. */
const hashLabel = 'drydock.content';
/** On all layers of ours, by the first instruction of each Dockerfile. */
const buildLabel = 'drydock.build';

/** Says what was built, or that all was there. */
export async function ensureImages(step: Step): Promise<string> {
  const bases = createBases(step);
  const folder = (name: string) => join(repositoryRoot, 'deploy/images', name);
  const demo = (version: string): ImagePlan => ({
    image: `drydock-demo:${version}`,
    hash: hashOf(filesUnder(folder('demo')), version),
    bases: bases.busybox,
    args: ['--build-arg', `VERSION=${version}`, folder('demo')],
  });
  const plans: readonly ImagePlan[] = [
    {
      image: 'drydock:0.1.0',
      hash: hashOf(componentSources()),
      bases: bases.node,
      args: ['-f', join(repositoryRoot, 'deploy/Dockerfile'), repositoryRoot],
    },
    {
      image: 'drydock-pause:1',
      hash: hashOf(filesUnder(folder('pause'))),
      bases: bases.busybox,
      args: [folder('pause')],
    },
    demo('1'),
    demo('2'),
  ];
  const built: string[] = [];
  for (const plan of plans) {
    if ((await labelOf(plan.image)) === plan.hash) continue;
    await build(plan, step);
    built.push(plan.image);
  }
  if (built.length > 0) await removeLeftovers();
  return built.length === 0 ? 'unchanged' : `built ${built.join(', ')}`;
}

/**
 * What the new images replaced, and the layers that failed builds left; those that containers still use
 * stay, and so does what is young enough to belong to a build that runs now.
 */
async function removeLeftovers(): Promise<void> {
  for (const filters of [[`label=${hashLabel}`], [`label=${buildLabel}`, 'until=1h']]) {
    const flags = ['dangling=true', ...filters].flatMap((filter) => ['--filter', filter]);
    await execute('docker', ['image', 'prune', '-f', ...flags]);
  }
}

interface ImagePlan {
  readonly image: string;
  readonly hash: string;
  /** To be tried in turn. */
  readonly bases: readonly Base[];
  readonly args: readonly string[];
}

/** A base from the registry may still fail to build, say when npm's registry is out of its reach. */
async function build(plan: ImagePlan, step: Step): Promise<void> {
  let failure: unknown;
  for (const findBase of plan.bases) {
    try {
      const base = await findBase();
      if (base === undefined) continue;
      step.note(`building ${plan.image} on ${base}`);
      const label = `${hashLabel}=${plan.hash}`;
      const options = ['--force-rm', '-t', plan.image, '--label', label];
      const baseArgument = ['--build-arg', `BASE=${base}`];
      await executeOrFail('docker', ['build', ...options, ...baseArgument, ...plan.args]);
      return;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
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

async function labelOf(image: string): Promise<string | undefined> {
  const format = `{{index .Config.Labels "${hashLabel}"}}`;
  const { code, stdout } = await execute('docker', ['image', 'inspect', '-f', format, image]);
  return code === 0 ? stdout.trim() : undefined;
}
