/** Kubelet's settings of eviction, of garbage collection and of what pods may be, with its names and defaults. */
import { boolean, duration, integer, list, type FlagValues } from '@drydock/process';
import { defaultHard, parseThresholds } from './eviction/thresholds.ts';
import { parseReserved, type Reserved } from './node/allocatable.ts';
import type { UpkeepOptions } from './node/upkeep.ts';
import type { SecurityOptions } from './node-agent.ts';
import { checkSysctlPatterns } from './pod-lifecycle/sysctls.ts';

/** Kubelet takes -1 for "no limit". */
const unlimited = -1;

export const upkeepFlags = {
  'eviction-hard': list({
    default: defaultHard,
    help: 'when pods are evicted at once: memory.available<100Mi,nodefs.available<10%',
  }),
  'eviction-soft': list({ default: [], help: 'when pods are evicted after a while' }),
  'eviction-soft-grace-period': list({
    default: [],
    help: 'after which while, for each soft threshold: memory.available=1m30s',
  }),
  'eviction-minimum-reclaim': list({
    default: [],
    help: 'what becomes free beyond a threshold once it was met: nodefs.available=500Mi',
  }),
  'eviction-pressure-transition-period': duration({
    default: 300_000,
    help: 'for how long the node says it is under pressure after it was',
  }),
  'eviction-max-pod-grace-period': integer({
    default: 0,
    help: 'seconds that a pod gets at most to end when a soft threshold is met',
  }),
  'system-reserved': list({ default: [], help: 'kept from pods: cpu=100m,memory=200Mi' }),
  'kube-reserved': list({ default: [], help: 'kept from pods for Kubernetes’ own processes' }),
  'image-gc-high-threshold': integer({
    default: 85,
    max: 100,
    help: 'percent of disk use at which images are removed; 100: never',
  }),
  'image-gc-low-threshold': integer({
    default: 80,
    max: 100,
    help: 'percent of disk use down to which images are removed',
  }),
  'minimum-image-ttl-duration': duration({
    default: 120_000,
    help: 'age at which an unused image may be removed',
  }),
  'image-maximum-gc-age': duration({
    default: 0,
    help: 'how long an image may be unused before it is removed anyway; 0: for ever',
  }),
  'maximum-dead-containers-per-container': integer({
    default: 1,
    min: unlimited,
    help: 'dead instances that each container keeps; -1: all',
  }),
  'maximum-dead-containers': integer({
    default: unlimited,
    min: unlimited,
    help: 'dead containers that the node keeps; -1: all',
  }),
  'minimum-container-ttl-duration': duration({
    default: 0,
    help: 'age at which a dead container may be removed',
  }),
  'node-status-max-images': integer({
    default: 50,
    min: unlimited,
    help: 'images that the node’s status tells of; -1: all',
  }),
  'seccomp-default': boolean({
    default: false,
    help: 'containers that ask for no seccomp profile get the engine’s',
  }),
  'allowed-unsafe-sysctls': list({
    default: [],
    help: 'sysctls that pods may set beside the safe ones; kernel.msg* takes all of a prefix',
  }),
} as const;

type UpkeepConfig = FlagValues<typeof upkeepFlags>;

/** @throws Error that says which flag is wrong */
export function upkeepOptions(config: UpkeepConfig): UpkeepOptions {
  const high = config['image-gc-high-threshold'];
  const low = config['image-gc-low-threshold'];
  if (low >= high) {
    throw new Error(
      `--image-gc-low-threshold ${low} must be less than --image-gc-high-threshold ${high}`,
    );
  }
  return {
    eviction: {
      thresholds: parseThresholds({
        hard: config['eviction-hard'],
        soft: config['eviction-soft'],
        softGracePeriod: config['eviction-soft-grace-period'],
        minimumReclaim: config['eviction-minimum-reclaim'],
      }),
      transitionMillis: config['eviction-pressure-transition-period'],
      maxPodGraceSeconds: config['eviction-max-pod-grace-period'],
    },
    containers: {
      ageMillisMin: config['minimum-container-ttl-duration'],
      perContainerMax: config['maximum-dead-containers-per-container'],
      totalMax: config['maximum-dead-containers'],
    },
    images: {
      highThresholdPercent: high,
      lowThresholdPercent: low,
      ageMillisMin: config['minimum-image-ttl-duration'],
      ageMillisMax: config['image-maximum-gc-age'],
    },
  };
}

/** @throws Error that says which flag is wrong */
export const reservations = (config: UpkeepConfig): readonly Reserved[] =>
  (['system-reserved', 'kube-reserved'] as const).map((flag) =>
    parseReserved(`--${flag}`, config[flag]),
  );

/** @throws Error that says which flag is wrong */
export function securityOptions(
  config: UpkeepConfig,
  rootFolder: string,
): Omit<SecurityOptions, 'hasAppArmor'> {
  const flag = 'allowed-unsafe-sysctls';
  checkSysctlPatterns(`--${flag}`, config[flag]);
  return {
    seccomp: { isDefault: config['seccomp-default'], folder: `${rootFolder}/seccomp` },
    allowedUnsafeSysctls: config[flag],
  };
}
