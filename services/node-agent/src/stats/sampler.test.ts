import { silentLogger } from '@drydock/ports';
import { createManualClock } from '@drydock/testing/manual-clock';
import { describe, expect, it } from 'vitest';
import { createSimulatedRuntime } from '../runtime/simulated/simulated-runtime.ts';
import { container, sandbox } from '../runtime/testing/configs.ts';
import { createStatsSampler, samplePeriodMillis } from './sampler.ts';

async function startNode(script: string) {
  const clock = createManualClock();
  const runtime = createSimulatedRuntime({ bootId: 'boot' }, { clock });
  const stop = new AbortController();
  const start = async () => {
    const annotations = { 'simulation.drydock.dev/main': script };
    const status = await runtime.runPodSandbox(sandbox(annotations));
    const id = await runtime.createContainer(status, container('demo:1', 'true'));
    await runtime.startContainer(id);
    return id;
  };
  const own = { value: 0 };
  const sampler = createStatsSampler({
    runtime,
    ownUsage: () =>
      Promise.resolve({
        wallTime: clock.wallTime(),
        cpuMicros: own.value,
        workingSetBytes: 1_000,
      }),
    clock,
    log: silentLogger,
  });
  void sampler.run(stop.signal);
  return {
    runtime,
    start,
    own,
    sampler,
    pass: (millis: number) => clock.advance(millis),
    stop: () => stop.abort(),
  };
}

describe('a sampler', () => {
  it('has two samples a period apart, and the rate between them', async () => {
    const node = await startNode('cpu=250m, memory=64Mi');
    await node.start();
    await node.pass(2 * samplePeriodMillis);
    const [one] = node.sampler.usage().containers;
    const { previous, last } = one!.samples;
    expect(last.wallTime - previous!.wallTime).toBe(samplePeriodMillis);
    expect((last.cpuMicros - previous!.cpuMicros) / samplePeriodMillis).toBe(250);
    expect(last.workingSetBytes).toBe(64 * 1024 * 1024);
    node.stop();
  });

  it('counts for the node what is its own and all that has run on it', async () => {
    const node = await startNode('cpu=100m, memory=1Ki');
    await node.pass(samplePeriodMillis);
    const id = await node.start();
    node.own.value = 7_000;
    await node.pass(samplePeriodMillis);
    const ran = samplePeriodMillis * 100;
    expect(node.sampler.usage().node?.last).toMatchObject({
      cpuMicros: 7_000 + ran,
      workingSetBytes: 1_000 + 1_024,
    });
    await node.runtime.removeContainer(id);
    await node.pass(samplePeriodMillis);
    expect(node.sampler.usage().containers).toEqual([]);
    expect(node.sampler.usage().node?.last).toMatchObject({
      cpuMicros: 7_000 + ran,
      workingSetBytes: 1_000,
    });
    node.stop();
  });

  it('knows nothing when the engine does not answer, and begins anew', async () => {
    const clock = createManualClock();
    const runtime = createSimulatedRuntime({ bootId: 'boot' }, { clock });
    let isDown = false;
    const sampler = createStatsSampler({
      runtime: {
        containerStats: (id) => runtime.containerStats(id),
        listContainers: () =>
          isDown ? Promise.reject(new Error('down')) : runtime.listContainers(),
      },
      ownUsage: () => Promise.resolve(undefined),
      clock,
      log: silentLogger,
    });
    const stop = new AbortController();
    void sampler.run(stop.signal);
    await clock.advance(samplePeriodMillis);
    expect(sampler.usage().node).toMatchObject({ last: {}, previous: {} });
    isDown = true;
    await clock.advance(samplePeriodMillis);
    expect(sampler.usage()).toEqual({ node: undefined, containers: [] });
    isDown = false;
    await clock.advance(samplePeriodMillis);
    expect(sampler.usage().node?.previous).toBeUndefined();
    stop.abort();
  });
});
