import { createSystemClock } from '@drydock/process';
import { expect, it } from 'vitest';
import { describeRuntime } from '../testing/conformance.ts';
import { readScript } from './script.ts';
import { createSimulatedRuntime } from './simulated-runtime.ts';

const runtime = createSimulatedRuntime({ bootId: 'boot' }, { clock: createSystemClock() });

describeRuntime({ name: 'simulated', runtime: () => runtime, image: 'demo:1' });

it('a script gives each attempt its exit code', () => {
  const annotations = { 'simulation.drydock.dev/web': 'run=5s, exit=1/2/0' };
  const codes = [0, 1, 2, 3].map((attempt) => readScript(annotations, 'web', attempt).exitCode);
  expect(codes).toEqual([1, 2, 0, 0]);
});

it('a script with a mistake names the annotation and the setting', () => {
  const read = (text: string) => () => readScript({ 'simulation.drydock.dev/web': text }, 'web', 0);
  expect(read('runs=5s')).toThrow('annotation simulation.drydock.dev/web: unknown setting "runs"');
  expect(read('run=five')).toThrow('simulation.drydock.dev/web: run: a duration such as 500ms');
});
