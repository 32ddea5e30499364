/** The classes that every cluster has, for the parts that it cannot do without. */

export const systemPrefix = 'system-';

export interface SystemPriorityClass {
  readonly name: string;
  readonly value: number;
  readonly description: string;
}

export const systemPriorityClasses: readonly SystemPriorityClass[] = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'For pods without which their node does not work.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description: 'For pods without which the cluster does not work, wherever they run.',
  },
];
