/**
 * A node of one pod for scripts: the whole agent on a clock that stands still, a runtime whose
 * containers end when they are told to, and an API in memory. All that happens is told, in order.
 */
import type { KubernetesObject, ObjectReference, Pod } from '@drydock/api';
import type { EventRecorder } from '@drydock/client';
import { silentLogger } from '@drydock/ports';
import { createManualClock, type ManualClock } from '@drydock/testing/manual-clock';
import { createNodeAgent, type NodeAgent } from '../../node-agent.ts';
import type { Volumes } from '../../volumes/volumes.ts';
import { createToyApi, type ToyApi } from '../toy-api.ts';
import { createPuppetAsk, type PuppetAnswers } from './puppet-ask.ts';
import { createPuppetRuntime, type PuppetRuntime } from './puppet-runtime.ts';
import { renderStatus } from './render.ts';

const machine = {
  cpuCount: 4,
  memoryBytes: 8 * 1024 ** 3,
  diskBytes: 1e11,
  maxPods: 110,
  kernelVersion: '6.1',
  osImage: 'Debian',
  architecture: 'amd64',
  machineId: 'm',
  address: '172.20.0.3',
  kubeletPort: 10250,
};
const range = { podCIDR: '10.244.1.0/24' };

export interface ScriptedNode {
  readonly clock: ManualClock;
  readonly api: ToyApi;
  readonly runtime: PuppetRuntime;
  readonly answers: PuppetAnswers;
  /** Last words of containers, by `name-attempt`. */
  readonly lastWords: Map<string, string>;
  /** Begins, or begins anew: the agent before it is dead. */
  startAgent(bootId?: string): Promise<NodeAgent>;
  stopAgent(): void;
  /** When it is there again, the agent is told of all that it has. */
  setApi(how: 'there' | 'away'): void;
  /** What was told since it was last taken. */
  takeLines(): string[];
  statusLines(pod: Pod): string[];
}

export function createScriptedNode(): ScriptedNode {
  const clock = createManualClock();
  const begin = clock.wallTime();
  const lines: string[] = [];
  const secondsSince = (wallTime: number) => `${Math.round(wallTime - begin) / 1000}s`;
  const tell = (line: string) => void lines.push(`${secondsSince(clock.wallTime())} ${line}`);
  const api = createToyApi(() => clock.wallTime());
  const runtime = createPuppetRuntime(clock, tell);
  const answers: PuppetAnswers = new Map();
  const lastWords = new Map<string, string>();
  const shown = new Map<string, ReadonlyMap<string, string>>();
  let stop = new AbortController();
  let agent: NodeAgent | undefined;

  api.onPod((pod, isGone) => {
    if (isGone) {
      tell(`the API has ${pod.metadata.name} no more`);
      agent?.removePod(pod);
      return;
    }
    const { uid = '' } = pod.metadata;
    const before = shown.get(uid);
    const now = renderStatus(pod.status, secondsSince);
    shown.set(uid, now);
    for (const [about, text] of now) {
      if (before !== undefined && before.get(about) !== text) tell(`  ${about}: ${text}`);
    }
    agent?.setPod(pod);
  });
  const recorder: EventRecorder = {
    record: (about, event) => {
      const container = containerOf(about);
      if (kindOf(about) === 'Pod')
        tell(`event ${event.type} ${event.reason}${container}: ${event.message}`);
    },
    flushed: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };

  return {
    clock,
    api,
    runtime,
    answers,
    lastWords,
    startAgent: async (bootId = 'boot-1') => {
      stop.abort();
      stop = new AbortController();
      const { signal } = stop;
      agent = createNodeAgent(
        { nodeName: 'node-1', labels: {}, bootId, clusterDns: [], clusterDomain: '', machine },
        {
          api: api.client,
          clock,
          log: silentLogger,
          recorder,
          runtime,
          ask: createPuppetAsk(answers, { clock, tell }),
          volumes: volumesWith(lastWords),
          network: undefined,
          services: () => [],
          signal,
        },
      );
      const started = agent;
      for (const pod of api.pods()) started.setPod(pod);
      await Promise.all([started.start(), clock.settle()]);
      const node = api.node('node-1');
      if (node !== undefined) started.setNodes([{ ...node, spec: range }]);
      return started;
    },
    stopAgent: () => stop.abort(),
    setApi: (how) => {
      api.isAway = how === 'away';
      if (how === 'there') for (const pod of api.pods()) agent?.setPod(pod);
    },
    takeLines: () => lines.splice(0),
    statusLines: (pod) =>
      [...renderStatus(pod.status, secondsSince)].map(([about, text]) => `${about}: ${text}`),
  };
}

/** A node whose containers have no files but their last words. */
function volumesWith(lastWords: ReadonlyMap<string, string>): Volumes {
  return {
    prepare: () => Promise.resolve(),
    unmountedClaims: () => Promise.resolve([]),
    mounts: () => Promise.resolve([]),
    lastWords: (_uid, container, attempt) =>
      Promise.resolve(lastWords.get(`${container}-${attempt}`)),
    remove: () => Promise.resolve(),
    memoryVolumes: () => [],
    usage: () => Promise.resolve(new Map()),
    empty: () => Promise.resolve(),
    keepOnly: () => Promise.resolve(),
  };
}

type About = KubernetesObject | ObjectReference;

const kindOf = (about: About) => about.kind;

function containerOf(about: About): string {
  const path = 'fieldPath' in about ? about.fieldPath : undefined;
  return path === undefined ? '' : ` ${path.replace(/^spec\./, '')}`;
}
