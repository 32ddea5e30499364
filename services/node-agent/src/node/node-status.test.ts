import { describe, expect, it } from 'vitest';
import { capacityOf, nodeEvents, nodeStatus, type MachineFacts } from './node-status.ts';

const facts: MachineFacts = {
  cpuCount: 2,
  memoryBytes: 2 ** 30 + 10,
  diskBytes: 10 * 2 ** 30,
  maxPods: 110,
  kernelVersion: '6.1',
  osImage: 'Debian',
  architecture: 'amd64',
  machineId: 'm',
  bootId: 'b',
  address: '10.0.0.1',
  kubeletPort: 10250,
  runtimeVersion: 'docker://20.10.24',
  images: [],
  hugepages: { 'hugepages-2Mi': 0 },
};
const statusOf = (more: Partial<MachineFacts>) =>
  nodeStatus({
    nodeName: 'node-1',
    facts: { ...facts, ...more },
    problems: [],
    former: undefined,
    wallTime: 0,
  });

describe('the status of a node', () => {
  it('tells what there is and what may be asked for', () => {
    const allocatable = { ...capacityOf(facts), cpuMillis: 1900, memoryBytes: 900 * 2 ** 20 };
    const { capacity, allocatable: told } = statusOf({ allocatable });
    expect(capacity).toEqual({
      cpu: '2',
      'ephemeral-storage': '10Gi',
      'hugepages-2Mi': '0',
      memory: '1Gi',
      pods: '110',
    });
    expect(told).toMatchObject({ cpu: '1900m', memory: '900Mi' });
  });

  it('tells of the largest images, digests before tags and five names at most', () => {
    const image = (sizeBytes: number, ...names: string[]) => ({ sizeBytes, names });
    const names = ['a:1', 'a:2', 'a:3', 'a:4', 'a:5', 'a@sha256:1'];
    const images = [image(1, 'small:1'), image(9, ...names), image(5), image(3, 'mid:1')];
    expect(statusOf({ images, imagesMax: 2 }).images).toEqual([
      { sizeBytes: 9, names: ['a@sha256:1', 'a:1', 'a:2', 'a:3', 'a:4'] },
      { sizeBytes: 3, names: ['mid:1'] },
    ]);
    expect(statusOf({ images, imagesMax: -1 }).images).toHaveLength(3);
  });

  it('tells of pressure, and events tell of its coming and going', () => {
    const pressed = statusOf({ pressures: ['DiskPressure', 'PIDPressure'] });
    expect(pressed.conditions!.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['MemoryPressure', 'False', 'KubeletHasSufficientMemory'],
      ['DiskPressure', 'True', 'KubeletHasDiskPressure'],
      ['PIDPressure', 'True', 'KubeletHasInsufficientPID'],
      ['Ready', 'True', 'KubeletReady'],
    ]);
    const reasons = (from: ReturnType<typeof statusOf>, to: ReturnType<typeof statusOf>) =>
      nodeEvents('node-1', { status: from }, to).map(({ reason }) => reason);
    expect(reasons(statusOf({}), pressed)).toEqual([
      'NodeHasDiskPressure',
      'NodeHasInsufficientPID',
    ]);
    expect(reasons(pressed, statusOf({}))).toEqual([
      'NodeHasNoDiskPressure',
      'NodeHasSufficientPID',
    ]);
  });
});
