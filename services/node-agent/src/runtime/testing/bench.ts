/** What every part of the suite of runtimes needs: a subject, and ways to run something on it. */
import { setTimeout as pause } from 'node:timers/promises';
import type {
  ContainerConfig,
  ContainerStatus,
  LogQuery,
  RuntimeService,
  SandboxConfig,
  SandboxStatus,
} from '../runtime.ts';
import { container } from './configs.ts';

export interface ConformanceSubject {
  readonly name: string;
  /** Asked once for each test, after the suite's own beforeAll hooks. */
  readonly runtime: () => RuntimeService;
  readonly image: string;
  /** Absent for a runtime whose containers are no processes: those tests are left out. */
  readonly real?: {
    /** A new client of the same runtime. */
    readonly reconnect: () => RuntimeService;
    /** Gives the runtime another image of this name. */
    readonly importImage: (name: string) => Promise<void>;
  };
}

/** Waits for a condition with a deadline; the runtime's own time is real in this suite. */
export async function until<T>(read: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const value = await read();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error('the condition did not come true within 30 s');
    await pause(20);
  }
}

export const ended = (runtime: RuntimeService, id: string): Promise<ContainerStatus> =>
  until(async () => {
    const status = await runtime.containerStatus(id);
    return status?.state === 'exited' ? status : undefined;
  });

export async function readLog(
  runtime: RuntimeService,
  id: string,
  query: Partial<LogQuery> = {},
): Promise<string> {
  const pieces: Uint8Array[] = [];
  const whole = {
    follow: false,
    timestamps: false,
    sinceWallTime: undefined,
    tailLines: undefined,
    ...query,
  };
  for await (const piece of runtime.logs(id, whole, new AbortController().signal)) {
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

export interface Bench {
  readonly withSandbox: (
    config: SandboxConfig,
    run: (runtime: RuntimeService, sandbox: SandboxStatus) => Promise<void>,
  ) => Promise<void>;
  readonly startIn: (
    runtime: RuntimeService,
    sandbox: SandboxStatus,
    script: string,
    more?: Partial<ContainerConfig>,
  ) => Promise<ContainerStatus>;
  /** What a script says until its end. */
  readonly outputOf: (
    runtime: RuntimeService,
    sandbox: SandboxStatus,
    script: string,
    more?: Partial<ContainerConfig>,
  ) => Promise<string>;
}

export function createBench({ runtime: subject, image }: ConformanceSubject): Bench {
  const startIn: Bench['startIn'] = async (runtime, sandbox, script, more = {}) => {
    const id = await runtime.createContainer(sandbox, container(image, script, more));
    await runtime.startContainer(id);
    return (await runtime.containerStatus(id))!;
  };
  return {
    startIn,
    withSandbox: async (config, run) => {
      const runtime = subject();
      const sandbox = await runtime.runPodSandbox(config);
      try {
        await run(runtime, sandbox);
      } finally {
        await runtime.removePodSandbox(sandbox.id);
      }
    },
    outputOf: async (runtime, sandbox, script, more) => {
      const { id } = await startIn(runtime, sandbox, script, more);
      return readLog(runtime, id, { follow: true });
    },
  };
}
