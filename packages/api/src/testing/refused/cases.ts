import { containerCases } from './containers.ts';
import { coreCases } from './core.ts';
import { nodeCases } from './nodes.ts';
import { podStatusCases } from './pod-status.ts';
import { serviceCases } from './services.ts';
import { countCases, groupCases } from './groups.ts';
import { podCases } from './pods.ts';

export const refusedCases = [
  ...podCases,
  ...containerCases,
  ...podStatusCases,
  ...serviceCases,
  ...nodeCases,
  ...coreCases,
  ...countCases,
  ...groupCases,
];
