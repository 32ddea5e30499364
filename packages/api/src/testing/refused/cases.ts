import { containerCases } from './containers.ts';
import { coreCases, nodeCases, podStatusCases, serviceCases } from './core.ts';
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
