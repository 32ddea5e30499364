/** The simulated runtime, telling all that is asked of it, and refusing what a script says. */
import type { Clock } from '@drydock/ports';
import { RuntimeError, type ContainerStatus, type RuntimeService } from '../../runtime/runtime.ts';
import {
  createSimulatedRuntime,
  type SimulatedRuntime,
} from '../../runtime/simulated/simulated-runtime.ts';

export interface PuppetRuntime extends SimulatedRuntime {
  /** Why calls of these names are refused, by name. */
  readonly refusals: Map<string, string>;
  /** Images that are not on the node, and what the registry says; '' has it. */
  readonly absentImages: Map<string, string>;
}

/** What a script may have refused. */
type Refusable = 'runPodSandbox' | 'createContainer' | 'startContainer' | 'list';

export function createPuppetRuntime(clock: Clock, tell: (line: string) => void): PuppetRuntime {
  const inner = createSimulatedRuntime({ bootId: 'boot-1' }, { clock });
  const refusals = new Map<string, string>();
  const absentImages = new Map<string, string>();
  const names = new Map<string, string>();
  const nameOf = (id: string) => names.get(id) ?? id;
  const check = (call: Refusable) => {
    const why = refusals.get(call);
    if (why !== undefined) throw new RuntimeError('FAILED', why);
  };
  inner.getContainerEvents(({ kind, containerId }) => {
    if (kind !== 'died') return;
    void inner.containerStatus(containerId).then((status) => {
      if (status !== undefined) tell(`${nameOf(containerId)} ended with ${ending(status)}`);
    });
  }, new AbortController().signal);

  const overrides: Partial<RuntimeService> = {
    runPodSandbox: async (config) => {
      tell(`run sandbox-${config.attempt}`);
      check('runPodSandbox');
      const status = await inner.runPodSandbox(config);
      names.set(status.id, `sandbox-${config.attempt}`);
      return status;
    },
    stopPodSandbox: async (id) => {
      tell(`stop ${nameOf(id)}`);
      await inner.stopPodSandbox(id);
    },
    removePodSandbox: async (id) => {
      tell(`remove ${nameOf(id)}`);
      await inner.removePodSandbox(id);
    },
    listPodSandbox: async (filter) => {
      check('list');
      return inner.listPodSandbox(filter);
    },
    listContainers: async (filter) => {
      check('list');
      return inner.listContainers(filter);
    },
    createContainer: async (sandbox, config) => {
      tell(`create ${config.name}-${config.attempt} in ${nameOf(sandbox.id)}`);
      check('createContainer');
      const id = await inner.createContainer(sandbox, config);
      names.set(id, `${config.name}-${config.attempt}`);
      return id;
    },
    startContainer: async (id) => {
      tell(`start ${nameOf(id)}`);
      check('startContainer');
      await inner.startContainer(id);
    },
    stopContainer: async (id, graceMillis) => {
      tell(`${graceMillis === 0 ? 'SIGKILL' : 'SIGTERM'} to ${nameOf(id)}`);
      await inner.stopContainer(id, graceMillis);
    },
    removeContainer: async (id) => {
      tell(`remove ${nameOf(id)}`);
      await inner.removeContainer(id);
    },
    imageStatus: async (image) => (absentImages.has(image) ? undefined : inner.imageStatus(image)),
    pullImage: async (image, credential) => {
      tell(`pull ${image}`);
      const why = absentImages.get(image) ?? '';
      if (why !== '') throw new RuntimeError('FAILED', why);
      absentImages.delete(image);
      return inner.pullImage(image, credential);
    },
  };
  return { ...inner, ...overrides, refusals, absentImages };
}

const ending = ({ exitCode, oomKilled }: ContainerStatus) =>
  `${exitCode}${oomKilled ? ', out of memory' : ''}`;
