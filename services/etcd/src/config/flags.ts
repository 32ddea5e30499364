/** Every flag of a member, in the sections of the original's help. */
import type { FlagValues } from '@drydock/process';
import type { EtcdFlags } from './flag.ts';
import { authFlags } from './sections/auth.ts';
import { clusteringFlags } from './sections/clustering.ts';
import { experimentalFlags, proxyFlags, unsafeFlags } from './sections/experimental.ts';
import { memberFlags } from './sections/member.ts';
import {
  drydockFlags,
  ignoredFlags,
  loggingFlags,
  monitoringFlags,
  tracingFlags,
} from './sections/operation.ts';
import { securityFlags } from './sections/security.ts';

export const flagSections: readonly (readonly [title: string, flags: EtcdFlags])[] = [
  ['Member', memberFlags],
  ['Clustering', clusteringFlags],
  ['Security', securityFlags],
  ['Auth', authFlags],
  ['Profiling and Monitoring', monitoringFlags],
  ['Logging', loggingFlags],
  ['Experimental distributed tracing', tracingFlags],
  ['v2 Proxy', proxyFlags],
  ['Experimental feature', experimentalFlags],
  ['Unsafe feature', unsafeFlags],
  ['Drydock', drydockFlags],
];

export const etcdFlags = {
  ...memberFlags,
  ...clusteringFlags,
  ...securityFlags,
  ...authFlags,
  ...monitoringFlags,
  ...loggingFlags,
  ...tracingFlags,
  ...proxyFlags,
  ...experimentalFlags,
  ...unsafeFlags,
  ...drydockFlags,
} as const;

/** What a command line may have; `etcdFlags` are those that have values. */
export const acceptedFlags: EtcdFlags = { ...etcdFlags, ...ignoredFlags };

export type EtcdFlagValues = FlagValues<typeof etcdFlags>;
