import type { Pod } from '@drydock/api';
import { describe, expect, it } from 'vitest';
import {
  bootId,
  clockAt,
  container,
  deleted,
  exited,
  memory,
  pod,
  running,
  runtime,
  sandbox,
} from '../testing/builders.ts';
import type { PodMemory } from './memory.ts';
import { plan, type Action } from './plan.ts';
import type { PodRuntime } from './pod-facts.ts';

interface Situation {
  readonly pod?: Pod;
  readonly runtime?: PodRuntime;
  readonly memory?: PodMemory;
  readonly seconds?: number;
  readonly deadInstancesKept?: number;
}

function planOf(situation: Situation) {
  const { actions, recheckAfterMillis } = plan({
    pod: situation.pod ?? pod(),
    runtime: situation.runtime ?? runtime([]),
    memory: situation.memory ?? memory(),
    bootId,
    clock: clockAt(situation.seconds ?? 0),
    deadInstancesKept: situation.deadInstancesKept,
  });
  return { actions: actions.map(describeAction), recheckAfterMillis };
}

function describeAction(action: Action): string {
  switch (action.kind) {
    case 'start-container':
      return `start ${action.container.name} ${action.attempt}`;
    case 'wait-for-restart':
      return `wait ${action.container.name}: ${action.message}`;
    case 'kill-container':
      return `kill ${action.instance.id} ${action.gracePeriodSeconds}s: ${action.message}`;
    case 'remove-container':
      return `remove ${action.instance.id}`;
    case 'create-sandbox':
      return `create sandbox ${action.attempt}`;
    case 'finish':
      return 'finish';
    default:
      return `${action.kind} ${action.sandbox.id}`;
  }
}

describe('a new pod', () => {
  it('gets a sandbox and all containers in one go', () => {
    const two = pod({ containers: [container('main'), container('side')] });
    expect(planOf({ pod: two }).actions).toEqual([
      'create sandbox 0',
      'start main 0',
      'start side 0',
    ]);
  });

  it('runs its init containers first, one after the other', () => {
    const inited = pod({ initContainers: [container('a'), container('b')] });
    expect(planOf({ pod: inited }).actions).toEqual(['create sandbox 0', 'start a 0']);
    const step = (...containers: Parameters<typeof runtime>[1][]) =>
      planOf({ pod: inited, runtime: runtime([sandbox()], ...containers) }).actions;
    expect(step(running('a'))).toEqual([]);
    expect(step(exited('a', 0))).toEqual(['start b 0']);
    expect(step(exited('a', 0), exited('b', 0))).toEqual(['start main 0']);
  });

  it('starts an ephemeral container once, also beside init containers that fail', () => {
    const debugged = pod({
      initContainers: [container('init')],
      ephemeralContainers: [container('debugger')],
    });
    const step = (of: Pod, ...containers: Parameters<typeof runtime>[1][]) =>
      planOf({ pod: of, runtime: runtime([sandbox()], ...containers) }).actions;
    expect(step(debugged, running('init'))).toEqual(['start debugger 0']);
    expect(step(debugged, running('init'), running('debugger'))).toEqual([]);
    expect(step(debugged, running('init'), exited('debugger', 1))).toEqual([]);
    expect(step(debugged, running('init'), running('debugger', { state: 'created' }))).toEqual([
      'remove debugger-0',
      'start debugger 0',
    ]);
    // Of one that was lost with its machine only the status knows.
    const known = { name: 'debugger', image: '', imageID: '', ready: false, restartCount: 0 };
    const lost = { ...known, containerID: 'docker://lost' };
    const moved = { ...debugged, status: { ephemeralContainerStatuses: [lost] } };
    expect(step(moved, running('init'))).toEqual([]);
  });

  it('leaves a sidecar running beside its containers (KEP-753)', () => {
    const sidecar = container('proxy', { restartPolicy: 'Always', startupProbe: {} });
    const sided = pod({ initContainers: [sidecar], restartPolicy: 'Never' });
    const facts = runtime([sandbox()], running('proxy'));
    expect(planOf({ pod: sided, runtime: facts }).actions).toEqual([]);
    const started = memory({ probes: new Map([['proxy-0', { startup: true }]]) });
    expect(planOf({ pod: sided, runtime: facts, memory: started }).actions).toEqual([
      'start main 0',
    ]);
    const over = runtime([sandbox()], running('proxy'), exited('main', 0));
    expect(planOf({ pod: sided, runtime: over, memory: started }).actions).toEqual([
      'kill proxy-0 30s: Stopping container proxy',
    ]);
  });

  it('goes on where an agent died between creating and starting', () => {
    const half = running('main', { state: 'created', startedAt: undefined });
    expect(planOf({ runtime: runtime([sandbox()], half) }).actions).toEqual([
      'remove main-0',
      'start main 0',
    ]);
  });
});

describe('a container that exited', () => {
  const after = (policy: 'Always' | 'OnFailure' | 'Never', code: number) =>
    planOf({
      pod: pod({ restartPolicy: policy }),
      runtime: runtime([sandbox()], exited('main', code)),
    }).actions;

  it('is restarted as its policy says', () => {
    expect(after('Always', 0)).toEqual(['start main 1']);
    expect(after('OnFailure', 1)).toEqual(['start main 1']);
    expect(after('OnFailure', 0)).toEqual(['stop-sandbox sandbox-0']);
    expect(after('Never', 1)).toEqual(['stop-sandbox sandbox-0']);
  });

  it('waits longer each time, in upstream’s words', () => {
    const backOff = new Map([['main', { delayMillis: 80_000, setAt: 0 }]]);
    const waiting = planOf({
      runtime: runtime([sandbox()], exited('main', 1, { attempt: 3 })),
      memory: memory({ backOff }),
      seconds: 20,
    });
    expect(waiting.actions).toEqual([
      'wait main: back-off 1m20s restarting failed container=main pod=web_shop(u-1)',
    ]);
    expect(waiting.recheckAfterMillis).toBe(60_000);
    const due = planOf({
      runtime: runtime([sandbox()], exited('main', 1, { attempt: 3 })),
      memory: memory({ backOff }),
      seconds: 80,
    });
    expect(due.actions).toEqual(['start main 4']);
  });

  it('is kept once for `logs --previous`, and no longer', () => {
    const instances = [
      exited('main', 1, { attempt: 0 }),
      exited('main', 1, { attempt: 1 }),
      running('main', { attempt: 2 }),
    ];
    expect(planOf({ runtime: runtime([sandbox()], ...instances) }).actions).toEqual([
      'remove main-0',
    ]);
    const kept = (deadInstancesKept: number) =>
      planOf({ runtime: runtime([sandbox()], ...instances), deadInstancesKept }).actions;
    expect([kept(2), kept(Infinity)]).toEqual([[], []]);
  });
});

describe('a running container', () => {
  const facts = runtime([sandbox()], running('main'));

  it('is left alone', () => {
    expect(planOf({ runtime: facts }).actions).toEqual([]);
  });

  it('ends when its liveness probe failed, with the grace of that probe', () => {
    const probes = new Map([['main-0', { liveness: false }]]);
    const livenessProbe = { terminationGracePeriodSeconds: 5 };
    const probed = pod({ containers: [container('main', { livenessProbe })] });
    expect(planOf({ pod: probed, runtime: facts, memory: memory({ probes }) }).actions).toEqual([
      'kill main-0 5s: Container main failed liveness probe, will be restarted',
    ]);
    const ending = new Set(['main-0']);
    const asked = memory({ probes, ending });
    expect(planOf({ pod: probed, runtime: facts, memory: asked }).actions).toEqual([]);
  });

  it('is replaced when its image changed', () => {
    const changed = pod({ containers: [container('main', { image: 'main:2' })] });
    expect(planOf({ pod: changed, runtime: facts }).actions).toEqual([
      'kill main-0 30s: Container main definition changed, will be restarted',
    ]);
  });
});

describe('a lost sandbox', () => {
  it('takes its containers with it, and init containers run again', () => {
    const inited = pod({ initContainers: [container('a')] });
    const dead = sandbox({ state: 'not-ready' });
    const still = runtime([dead], exited('a', 0), running('main'));
    expect(planOf({ pod: inited, runtime: still }).actions).toEqual([
      'kill main-0 30s: Stopping container main',
    ]);
    const empty = runtime([dead], exited('a', 0), exited('main', 137));
    expect(planOf({ pod: inited, runtime: empty }).actions).toEqual([
      'create sandbox 1',
      'start a 1',
    ]);
  });

  it('of an earlier boot goes at once, and restarts go on counting', () => {
    const old = sandbox({ bootId: 'boot-0' });
    expect(planOf({ runtime: runtime([old], running('main')) }).actions).toEqual([
      'remove-sandbox sandbox-0',
    ]);
    const containerStatuses = [
      {
        name: 'main',
        restartCount: 2,
        containerID: 'docker://x',
        ready: true,
        image: '',
        imageID: '',
      },
    ];
    expect(planOf({ pod: pod({}, { status: { containerStatuses } }) }).actions).toEqual([
      'create sandbox 0',
      'start main 3',
    ]);
  });
});

describe('a deleted pod', () => {
  it('ends its containers with grace, then goes with its sandbox, then its object', () => {
    const gone = deleted(pod(), 7);
    expect(planOf({ pod: gone, runtime: runtime([sandbox()], running('main')) }).actions).toEqual([
      'kill main-0 7s: Stopping container main',
    ]);
    const ending = memory({ ending: new Set(['main-0']) });
    const facts = runtime([sandbox()], running('main'));
    expect(planOf({ pod: gone, runtime: facts, memory: ending }).actions).toEqual([]);
    const ended = runtime([sandbox()], exited('main', 143));
    expect(planOf({ pod: gone, runtime: ended }).actions).toEqual([
      'remove-sandbox sandbox-0',
      'finish',
    ]);
  });

  it('never starts what it has not started yet', () => {
    expect(planOf({ pod: deleted(pod()) }).actions).toEqual(['finish']);
  });
});

it('a former sandbox goes once it holds nothing any more', () => {
  const both = [sandbox({ state: 'not-ready' }), sandbox({ attempt: 1 })];
  const here = running('main', { attempt: 1, sandboxId: 'sandbox-1' });
  expect(planOf({ runtime: runtime(both, exited('main', 137), here) }).actions).toEqual([]);
  expect(planOf({ runtime: runtime(both, here) }).actions).toEqual(['remove-sandbox sandbox-0']);
});
