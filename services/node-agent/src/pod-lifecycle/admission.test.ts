import { describe, expect, it } from 'vitest';
import { clockAt, container, pod, startWallTime } from '../testing/builders.ts';
import { deadlineLeft, refusal } from './admission.ts';

const allocatable = { cpuMillis: 1000, memoryBytes: 1024 ** 3, pods: 2 };
const asking = (cpu: string) =>
  pod({ containers: [container('main', { resources: { requests: { cpu } } })] });

describe('admission', () => {
  it('refuses what does not fit beside the others, in kubelet’s words', () => {
    expect(refusal(asking('600m'), [], allocatable)).toBeUndefined();
    expect(refusal(asking('600m'), [asking('500m')], allocatable)).toEqual({
      reason: 'OutOfcpu',
      message:
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 600, used: 500, capacity: 1000",
    });
    expect(refusal(pod(), [pod(), pod()], allocatable)!.reason).toBe('OutOfpods');
  });

  it('lets in what asks for nothing, however full the node is', () => {
    expect(refusal(pod(), [asking('2')], allocatable)).toBeUndefined();
  });

  it('counts the largest init container, and sidecars with the rest', () => {
    const resources = { requests: { cpu: '700m' } };
    const init = container('init', { resources });
    const of = (more: object) =>
      pod({ ...asking('500m').spec, initContainers: [{ ...init, ...more }] });
    expect(refusal(of({}), [], allocatable)).toBeUndefined();
    expect(refusal(of({ restartPolicy: 'Always' }), [], allocatable)!.reason).toBe('OutOfcpu');
  });
});

it('a deadline counts from the pod’s start', () => {
  const limited = pod({ activeDeadlineSeconds: 30 });
  expect(deadlineLeft(limited, startWallTime, clockAt(10))).toBe(20_000);
  expect(deadlineLeft(limited, startWallTime, clockAt(40))).toBe(0);
  expect(deadlineLeft(pod(), startWallTime, clockAt(40))).toBeUndefined();
});
