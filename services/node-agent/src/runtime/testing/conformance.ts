/**
 * What every runtime must do, run against each implementation: facts that the agent relies on.
 *
 * The image of the suite needs `/bin/sh`; a simulated runtime understands the same scripts through
 * its annotations.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type {
  ContainerConfig,
  ContainerStatus,
  RuntimeEvent,
  RuntimeService,
  SandboxConfig,
  SandboxStatus,
} from '../runtime.ts';
import { container, sandbox } from './configs.ts';
import { describeStreams } from './streams-conformance.ts';

export interface ConformanceSubject {
  readonly name: string;
  /** Asked once for each test, after the suite's own beforeAll hooks. */
  readonly runtime: () => RuntimeService;
  readonly image: string;
}

const sleeps = 'trap "exit 143" TERM; while true; do sleep 0.05; done';

/** Waits for a condition with a deadline; the runtime's own time is real in this suite. */
async function eventually<T>(read: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error('the condition did not come true within 10 s');
    await pause(10);
  }
}

export function describeRuntime({ name, runtime: subject, image }: ConformanceSubject): void {
  const ended = (runtime: RuntimeService, id: string) =>
    eventually(async () => {
      const status = await runtime.containerStatus(id);
      return status?.state === 'exited' ? status : undefined;
    });
  const withSandbox = async (
    config: SandboxConfig,
    run: (runtime: RuntimeService, status: SandboxStatus) => Promise<void>,
  ) => {
    const runtime = subject();
    const status = await runtime.runPodSandbox(config);
    try {
      await run(runtime, status);
    } finally {
      await runtime.removePodSandbox(status.id);
    }
  };
  const startIn = async (
    runtime: RuntimeService,
    status: SandboxStatus,
    script: string,
    more: Partial<ContainerConfig> = {},
  ): Promise<ContainerStatus> => {
    const id = await runtime.createContainer(status, container(image, script, more));
    await runtime.startContainer(id);
    return (await runtime.containerStatus(id))!;
  };

  describeStreams({ name, sandbox, withSandbox, startIn, ended });

  describe(`${name} runtime`, () => {
    it('lists a sandbox by its pod, ready, then stopped, then gone', async () => {
      const config = sandbox();
      const podUid = config.pod.uid;
      await withSandbox(config, async (runtime, { id }) => {
        const [found] = await runtime.listPodSandboxes({ podUid });
        expect(found).toMatchObject({ id, pod: config.pod, attempt: 0, state: 'ready' });
        await runtime.stopPodSandbox(id);
        await runtime.stopPodSandbox(id);
        const stopped = await eventually(async () => {
          const [now] = await runtime.listPodSandboxes({ podUid });
          return now?.state === 'not-ready' ? now : undefined;
        });
        expect(stopped.id).toBe(id);
        await runtime.removePodSandbox(id);
        expect(await runtime.listPodSandboxes({ podUid })).toEqual([]);
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
        await runtime.signalContainer(polite.id);
        expect((await ended(runtime, polite.id)).exitCode).toBe(143);
        await runtime.removeContainer(polite.id);
        await runtime.removeContainer(polite.id);
        expect(await runtime.containerStatus(polite.id)).toBeUndefined();
      });
      const deaf = sandbox({ 'simulation.drydock.dev/main': 'stop=never' });
      await withSandbox(deaf, async (runtime, status) => {
        const { id } = await startIn(runtime, status, 'trap "" TERM; while true; do sleep 1; done');
        await runtime.signalContainer(id);
        await runtime.signalContainer(id, 'SIGKILL');
        expect((await ended(runtime, id)).exitCode).toBe(137);
      });
    });

    it('tells of starts and deaths as they happen', async () => {
      const config = sandbox({ 'simulation.drydock.dev/main': 'run=20ms' });
      const events: RuntimeEvent[] = [];
      const stop = new AbortController();
      subject().watch((event) => events.push(event), stop.signal);
      try {
        await pause(100);
        await withSandbox(config, async (runtime, status) => {
          const { id } = await startIn(runtime, status, 'exit 0');
          await eventually(() =>
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

    it('keeps a container’s output, and follows it until its end', async () => {
      const config = sandbox({ 'simulation.drydock.dev/main': 'run=200ms' });
      await withSandbox(config, async (runtime, status) => {
        const script = 'echo started main attempt 0; sleep 0.2; echo exit 0';
        const { id } = await startIn(runtime, status, script);
        const read = async (tailLines: number | undefined, timestamps = false) => {
          let text = '';
          const query = { follow: true, timestamps, sinceWallTime: undefined, tailLines };
          for await (const chunk of runtime.logs(id, query, new AbortController().signal)) {
            text += Buffer.from(chunk).toString();
          }
          return text;
        };
        expect(await read(undefined)).toBe('started main attempt 0\nexit 0\n');
        expect(await read(1)).toBe('exit 0\n');
        expect(await read(1, true)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z exit 0\n$/);
      });
    });

    it('runs commands inside and tells their exit code', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const { id } = await startIn(runtime, status, sleeps);
        const exec = (script: string) => runtime.exec(id, ['/bin/sh', '-c', script], 5_000);
        expect((await exec('exit 0')).exitCode).toBe(0);
        expect((await exec('exit 7')).exitCode).toBe(7);
      });
    });

    it('tells what a container uses while it runs', async () => {
      const config = sandbox({ 'simulation.drydock.dev/main': 'cpu=500m, stop=0ms' });
      await withSandbox(config, async (runtime, status) => {
        const { id } = await startIn(runtime, status, 'while true; do true; done');
        const first = await eventually(() => runtime.stats(id));
        expect(first.workingSetBytes).toBeGreaterThan(0);
        expect(Math.abs(Date.now() - first.wallTime)).toBeLessThan(10_000);
        const later = await eventually(async () => {
          const now = await runtime.stats(id);
          return now !== undefined && now.cpuMicros > first.cpuMicros ? now : undefined;
        });
        expect(later.wallTime).toBeGreaterThan(first.wallTime);
        await runtime.signalContainer(id, 'SIGKILL');
        await ended(runtime, id);
        expect(await runtime.stats(id)).toBeUndefined();
        await runtime.removeContainer(id);
        expect(await runtime.stats(id)).toBeUndefined();
      });
    });

    it('refuses an image that is not there, and knows those that are', async () => {
      await withSandbox(sandbox(), async (runtime, status) => {
        const missing = container('drydock.invalid/missing:1', 'exit 0');
        await expect(runtime.createContainer(status, missing)).rejects.toMatchObject({
          name: 'RuntimeError',
          code: 'IMAGE_NOT_FOUND',
        });
        expect(await runtime.imageStatus('drydock.invalid/missing:1')).toBeUndefined();
        expect(await runtime.imageStatus(image)).toMatchObject({ names: [image] });
      });
    });

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
