/**
 * What every runtime must do, run against each implementation: facts that the agent relies on.
 *
 * The image of the suite needs `/bin/sh`; a simulated runtime understands the same scripts through
 * its annotations.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RuntimeEvent } from '../runtime.ts';
import { createBench, ended, until, type ConformanceSubject } from './bench.ts';
import { container, sandbox } from './configs.ts';
import { describeImages } from './images-conformance.ts';
import { describeLogs } from './logs-conformance.ts';
import { describeProcesses } from './process-conformance.ts';
import { describeStreams } from './streams-conformance.ts';

const sleeps = 'trap "exit 143" TERM; while true; do sleep 0.05; done';
const nobody = 'f'.repeat(64);

export function describeRuntime(subject: ConformanceSubject): void {
  describeLifecycle(subject);
  describeProcesses(subject);
  describeLogs(subject);
  describeStreams(subject);
  describeImages(subject);
}

function describeLifecycle(subject: ConformanceSubject): void {
  const { name, image } = subject;
  const { withSandbox, startIn } = createBench(subject);

  describe(`${name} runtime`, () => {
    it('lists a sandbox by its pod, ready, then stopped, then gone', async () => {
      const config = sandbox();
      const podUid = config.pod.uid;
      await withSandbox(config, async (runtime, { id }) => {
        const [found] = await runtime.listPodSandbox({ podUid });
        expect(found).toMatchObject({ id, pod: config.pod, attempt: 0, state: 'ready' });
        await runtime.stopPodSandbox(id);
        await runtime.stopPodSandbox(id);
        const stopped = await until(async () => {
          const [now] = await runtime.listPodSandbox({ podUid });
          return now?.state === 'not-ready' ? now : undefined;
        });
        expect(stopped.id).toBe(id);
        await runtime.removePodSandbox(id);
        expect(await runtime.listPodSandbox({ podUid })).toEqual([]);
      });
    });

    it('runs a container and keeps its exit code and times', async () => {
      const config = sandbox({ 'simulation.drydock.dev/main': 'run=20ms,exit=3' });
      await withSandbox(config, async (runtime, status) => {
        const { id } = await startIn(runtime, status, 'exit 3');
        const exited = await ended(runtime, id);
        expect(exited).toMatchObject({ exitCode: 3, name: 'main', attempt: 0, specHash: 'abc' });
        expect(exited.oomKilled).toBe(false);
        expect(exited.finishedAt!).toBeGreaterThanOrEqual(exited.startedAt!);
        expect(Math.abs(Date.now() - exited.finishedAt!)).toBeLessThan(10_000);
        const [listed] = await runtime.listContainers({ podUid: config.pod.uid });
        expect(listed).toEqual(exited);
      });
    });

    it('lets a container end by itself when signalled, and kills one that does not', async () => {
      const config = sandbox({ 'simulation.drydock.dev/main': 'stop=10ms' });
      await withSandbox(config, async (runtime, status) => {
        const polite = await startIn(runtime, status, sleeps);
        // A shell needs a moment until its trap is set.
        await pause(200);
        await runtime.stopContainer(polite.id, 30_000);
        expect((await ended(runtime, polite.id)).exitCode).toBe(143);
        await runtime.removeContainer(polite.id);
        await runtime.removeContainer(polite.id);
        expect(await runtime.containerStatus(polite.id)).toBeUndefined();
      });
      const deaf = sandbox({ 'simulation.drydock.dev/main': 'stop=never' });
      await withSandbox(deaf, async (runtime, status) => {
        const { id } = await startIn(runtime, status, 'trap "" TERM; while true; do sleep 1; done');
        const stopping = runtime.stopContainer(id, 30_000);
        await runtime.stopContainer(id, 0);
        await stopping;
        expect((await ended(runtime, id)).exitCode).toBe(137);
      });
    });

    it('tells of starts and deaths as they happen', async () => {
      const config = sandbox({ 'simulation.drydock.dev/main': 'run=20ms' });
      const events: RuntimeEvent[] = [];
      const stop = new AbortController();
      subject.runtime().getContainerEvents((event) => events.push(event), stop.signal);
      try {
        await pause(100);
        await withSandbox(config, async (runtime, status) => {
          const { id } = await startIn(runtime, status, 'exit 0');
          await until(() =>
            Promise.resolve(
              events.find((event) => event.kind === 'died' && event.containerId === id),
            ),
          );
          const kinds = events.filter((event) => event.containerId === id).map(({ kind }) => kind);
          expect(kinds).toEqual(['started', 'died']);
          expect(events.every((event) => event.podUid === config.pod.uid)).toBe(true);
        });
      } finally {
        stop.abort();
      }
    });

    it('runs commands inside and tells their exit code', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const { id } = await startIn(runtime, status, sleeps);
        const exec = (script: string) => runtime.execSync(id, ['/bin/sh', '-c', script], 5_000);
        expect((await exec('exit 0')).exitCode).toBe(0);
        expect((await exec('exit 7')).exitCode).toBe(7);
      });
    });

    it('tells what a container uses while it runs', async () => {
      const config = sandbox({ 'simulation.drydock.dev/main': 'cpu=500m, stop=0ms' });
      await withSandbox(config, async (runtime, status) => {
        const { id } = await startIn(runtime, status, 'while true; do true; done');
        const first = await until(() => runtime.containerStats(id));
        expect(first.workingSetBytes).toBeGreaterThan(0);
        expect(Math.abs(Date.now() - first.wallTime)).toBeLessThan(10_000);
        const later = await until(async () => {
          const now = await runtime.containerStats(id);
          return now !== undefined && now.cpuMicros > first.cpuMicros ? now : undefined;
        });
        expect(later.wallTime).toBeGreaterThan(first.wallTime);
        await runtime.stopContainer(id, 0);
        await ended(runtime, id);
        expect(await runtime.containerStats(id)).toBeUndefined();
        await runtime.removeContainer(id);
        expect(await runtime.containerStats(id)).toBeUndefined();
      });
    });

    it('says who it is, and that it is ready', async () => {
      const runtime = subject.runtime();
      expect(await runtime.version()).toMatch(/^\d+\.\d+/);
      const conditions = await runtime.status();
      const ready = conditions.filter((one) => one.status).map((one) => one.type);
      expect(ready).toEqual(expect.arrayContaining(['NetworkReady', 'RuntimeReady']));
    });

    it('kills what has not ended by itself when its grace is over', async () => {
      const config = sandbox({ 'simulation.drydock.dev/main': 'stop=never' });
      await withSandbox(config, async (runtime, status) => {
        const { id } = await startIn(runtime, status, 'trap "" TERM; while true; do sleep 1; done');
        await runtime.stopContainer(id, 500);
        expect((await ended(runtime, id)).exitCode).toBe(137);
        await runtime.stopContainer(id, 500);
        await runtime.stopContainer(id, 0);
      });
    });

    it('has nothing against ending what never was, and nothing to tell of it', async () => {
      const runtime = subject.runtime();
      await runtime.stopContainer(nobody, 0);
      await runtime.stopContainer(nobody, 1_000);
      await runtime.removeContainer(nobody);
      await runtime.stopPodSandbox(nobody);
      await runtime.removePodSandbox(nobody);
      expect(await runtime.containerStatus(nobody)).toBeUndefined();
      expect(await runtime.containerStats(nobody)).toBeUndefined();
      const refused = { name: 'RuntimeError' };
      await expect(runtime.startContainer(nobody)).rejects.toMatchObject(refused);
      await expect(runtime.execSync(nobody, ['true'], 1_000)).rejects.toMatchObject(refused);
      await withSandbox(sandbox(), async (_, status) => {
        const gone = { ...status, id: nobody };
        const config = container(image, 'exit 0');
        await expect(runtime.createContainer(gone, config)).rejects.toMatchObject(refused);
      });
    });

    it('makes a container that was begun and not started anew', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const config = container(image, 'exit 0');
        const first = await runtime.createContainer(status, config);
        if (subject.real === undefined) await runtime.removeContainer(first);
        const second = await runtime.createContainer(status, config);
        const all = await runtime.listContainers({ podUid: status.pod.uid });
        expect(all).toMatchObject([{ id: second, state: 'created', startedAt: undefined }]);
      });
    });

    const { real } = subject;
    if (real !== undefined) {
      it('tells a client that is new all that it told the old one', async () => {
        await withSandbox(sandbox(), async (runtime, status) => {
          const { id } = await startIn(runtime, status, 'exit 4');
          await ended(runtime, id);
          await startIn(runtime, status, sleeps, { name: 'other' });
          const filter = { podUid: status.pod.uid };
          const other = real.reconnect();
          const sorted = (all: readonly { readonly id: string }[]) =>
            all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
          expect(await other.listPodSandbox(filter)).toEqual(await runtime.listPodSandbox(filter));
          expect(sorted(await other.listContainers(filter))).toEqual(
            sorted(await runtime.listContainers(filter)),
          );
          expect(await other.containerStatus(id)).toMatchObject({ exitCode: 4, name: 'main' });
        });
      });

      it('gives up a command that takes too long', async () => {
        await withSandbox(sandbox(), async (runtime, status) => {
          const { id } = await startIn(runtime, status, sleeps);
          await expect(runtime.execSync(id, ['sleep', '60'], 1_000)).rejects.toMatchObject({
            name: 'RuntimeError',
            code: 'TIMEOUT',
          });
          const said = await runtime.execSync(
            id,
            ['/bin/sh', '-c', 'echo out; echo bad >&2'],
            10_000,
          );
          expect(said.output.split('\n').toSorted()).toEqual(['', 'bad', 'out']);
        });
      });
    }

    it('removes the containers of a sandbox with it', async () => {
      const config = sandbox();
      await withSandbox(config, async (runtime, status) => {
        await startIn(runtime, status, sleeps);
        await runtime.removePodSandbox(status.id);
        expect(await runtime.listContainers({ podUid: config.pod.uid })).toEqual([]);
        await runtime.removePodSandbox(status.id);
      });
    });
  });
}
