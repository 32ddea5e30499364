/** Small sandboxes and containers for tests of runtimes. */
import type { ContainerConfig, ContainerSecurity, SandboxConfig } from '../runtime.ts';

export const security: ContainerSecurity = {
  user: undefined,
  supplementalGroups: [],
  privileged: false,
  readOnlyRootFilesystem: false,
  noNewPrivileges: false,
  capabilitiesAdded: [],
  capabilitiesDropped: [],
};

let count = 0;

export function sandbox(annotations: Record<string, string> = {}): SandboxConfig {
  const uid = `00000000-0000-4000-8000-${String(++count + process.pid * 1000).padStart(12, '0')}`;
  return {
    pod: { namespace: 'conformance', name: `pod-${count}`, uid },
    attempt: 0,
    hostname: `pod-${count}`,
    labels: {},
    annotations,
    dns: undefined,
    hostAliases: [],
    hostNetwork: false,
    address: undefined,
    privileged: false,
    sysctls: {},
  };
}

export function container(
  image: string,
  script: string,
  more: Partial<ContainerConfig> = {},
): ContainerConfig {
  return {
    name: 'main',
    attempt: 0,
    image,
    command: ['/bin/sh', '-c', script],
    args: [],
    environment: [{ name: 'GREETING', value: 'hello' }],
    workingDirectory: undefined,
    mounts: [],
    resources: {
      cpuShares: 128,
      cpuQuotaMicros: 50_000,
      memoryLimitBytes: 64 * 1024 * 1024,
      oomScoreAdjustment: 1000,
    },
    security,
    shareProcessNamespace: false,
    stdin: false,
    stdinOnce: false,
    tty: false,
    specHash: 'abc',
    ...more,
  };
}
