/**
 * A node of one pod for scripts: the whole agent on a clock that stands still, a runtime whose
 * containers end when they are told to, and an API in memory. All that happens is told, in order.
 */
import type { KubernetesObject, ObjectReference, Pod } from '@drydock/api';
import type { EventRecorder } from '@drydock/client';
import { silentLogger } from '@drydock/ports';
import { createManualClock, type ManualClock } from '@drydock/testing/manual-clock';
import { createNodeAgent, type NodeAgent } from '../../node-agent.ts';
import type { ShutdownPeriods } from '../../node/shutdown.ts';
import type { RuntimeService } from '../../runtime/runtime.ts';
import type { Volumes } from '../../volumes/volumes.ts';
import { isMirror } from '../../static-pods/manifest.ts';
import { createToyApi, type ToyApi } from '../toy-api.ts';
import { createLife } from './life.ts';
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
  startAgent(bootId?: string): Promise<void>;
  /** Its own object, as the controller that gives nodes their ranges would have it. */
  tellNode(): void;
  /** Of the machine. */
  shutDown(periods: ShutdownPeriods): void;
  hasAgent(): boolean;
  stopAgent(): void;
  /** When it is there again, the agent is told of all that it has. */
  setApi(how: 'there' | 'away'): void;
  /** Files of the folder of static pods, by name. */
  readonly manifests: Map<string, Pod>;
  /** The folder has changed. */
  tellManifests(): void;
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
  const manifests = new Map<string, Pod>();
  let life = createLife();
  let tellKnown: (() => void) | undefined;
  let agent: NodeAgent | undefined;

  const tellAll = () => {
    for (const pod of api.pods()) agent?.setPod(pod);
    tellKnown?.();
  };
  const tellNode = () => {
    const node = api.node('node-1');
    if (node !== undefined) agent?.setNodes([{ ...node, spec: range }]);
  };

  api.onPod((pod, isGone) => {
    if (isGone) {
      tell(`the API has ${pod.metadata.name} no more`);
      if (!life.isOver) agent?.removePod(pod);
      return;
    }
    const { uid = '' } = pod.metadata;
    const before = shown.get(uid);
    const now = renderStatus(pod.status, secondsSince);
    shown.set(uid, now);
    if (before === undefined && isMirror(pod)) tell(`the API has mirror ${pod.metadata.name}`);
    for (const [about, text] of now) {
      if (before !== undefined && before.get(about) !== text) tell(`  ${about}: ${text}`);
    }
    if (!life.isOver) agent?.setPod(pod);
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
    manifests,
    tellManifests: () => agent?.setStaticPods([...manifests.values()]),
    startAgent: async (bootId = 'boot-1') => {
      life.end();
      life = createLife();
      const own = life;
      agent = createNodeAgent(
        { nodeName: 'node-1', labels: {}, bootId, clusterDns: [], clusterDomain: '', machine },
        {
          api: own.calls(api.client),
          clock: own.clock(clock),
          log: silentLogger,
          recorder,
          runtime: own.calls<RuntimeService>(runtime),
          ask: createPuppetAsk(answers, { clock: own.clock(clock), tell }),
          volumes: volumesWith(lastWords),
          network: undefined,
          services: () => [],
          signal: new AbortController().signal,
        },
      );
      const started = agent;
      if (manifests.size > 0) started.setStaticPods([...manifests.values()]);
      const apiKnown = new Promise<void>((resolve) => {
        tellKnown = resolve;
      });
      started.start(apiKnown).catch(() => undefined);
      if (!api.isAway) tellAll();
      await clock.settle();
      tellNode();
    },
    tellNode,
    shutDown: (periods) => {
      agent?.shutDown(periods).then(
        () => tell('the machine may go down'),
        () => undefined,
      );
    },
    hasAgent: () => agent !== undefined,
    stopAgent: () => life.end(),
    setApi: (how) => {
      api.isAway = how === 'away';
      if (how === 'there') {
        tellAll();
        tellNode();
      }
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
