import { describe, expect, it } from 'vitest';
import { cableCommands, cableName, masqueradeRules, routeCommands } from './plan.ts';

const sandboxId = '0123456789abcdef'.repeat(4);

describe('a pod’s cable', () => {
  it('has a name that Linux takes', () => {
    expect(cableName(sandboxId).length).toBeLessThanOrEqual(15);
  });

  it('leads to the pod from outside and to the node from inside', () => {
    const commands = cableCommands({
      sandboxId,
      pid: 42,
      address: '10.244.1.5',
      gateway: '10.244.1.1',
      mtuBytes: 1450,
    });
    expect(commands.outside).toEqual([
      'link add veth0123456789 mtu 1450 type veth peer name eth0 mtu 1450 netns 42',
      'address add 10.244.1.1/32 dev veth0123456789',
      'link set veth0123456789 up',
      'route replace 10.244.1.5/32 dev veth0123456789 src 10.244.1.1 proto 157',
    ]);
    expect(commands.inside.at(-1)).toBe('route add default via 10.244.1.1 dev eth0');
  });
});

describe('routes to other nodes', () => {
  const node2 = { node: 'node-2', podRange: '10.244.2.0/24', address: '172.20.0.3' };

  it('are added, moved to a new address, and removed', () => {
    expect(routeCommands([], [node2])).toEqual([
      'route replace 10.244.2.0/24 via 172.20.0.3 proto 157',
    ]);
    expect(routeCommands([{ dst: '10.244.2.0/24', gateway: '172.20.0.9' }], [node2])).toEqual([
      'route replace 10.244.2.0/24 via 172.20.0.3 proto 157',
    ]);
    expect(routeCommands([{ dst: '10.244.2.0/24', gateway: '172.20.0.3' }], [])).toEqual([
      'route del 10.244.2.0/24 proto 157',
    ]);
  });

  it('leave what is right, and the routes into cables, as they are', () => {
    const present = [
      { dst: '10.244.2.0/24', gateway: '172.20.0.3' },
      { dst: '10.244.1.5', dev: 'veth0123456789' },
    ];
    expect(routeCommands(present, [node2])).toEqual([]);
  });
});

it('pods keep their address within the cluster and lose it outside', () => {
  const rules = masqueradeRules('10.244.1.0/24', ['10.244.2.0/24', '10.244.1.0/24']);
  expect(rules).toContain('elements = { 10.244.1.0/24, 10.244.2.0/24 }');
  expect(rules).toContain('ip saddr 10.244.1.0/24 ip daddr != @pod-ranges');
});
