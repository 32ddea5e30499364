/** Which kernel settings a pod may have of its own (kubelet's sysctl allowlist). */
import type { Pod } from '@drydock/api';
import type { WaitingReason } from './memory.ts';

/** Settings that touch nobody but the pod. */
const safeSysctls = [
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
] as const;

/** The namespace that a setting belongs to; undefined: it is the whole machine's. */
function namespaceOf(name: string): 'ipc' | 'net' | undefined {
  if (/^(kernel\.shm|kernel\.msg|fs\.mqueue\.)/.test(name) || name === 'kernel.sem') return 'ipc';
  return name.startsWith('net.') ? 'net' : undefined;
}

/** @param patterns names, or prefixes that end in `*` @throws Error that names the wrong one */
export function checkSysctlPatterns(flag: string, patterns: readonly string[]): void {
  for (const pattern of patterns) {
    if (namespaceOf(pattern.replace(/\*$/, '')) !== undefined) continue;
    throw new Error(`${flag}: the sysctls ${pattern} are not known to be namespaced`);
  }
}

export function sysctlRefusal(pod: Pod, unsafe: readonly string[]): WaitingReason | undefined {
  const allowed = [...safeSysctls, ...unsafe];
  for (const { name: given } of pod.spec.securityContext?.sysctls ?? []) {
    const name = given.replaceAll('/', '.');
    const why = complaint(name, pod, allowed);
    if (why === undefined) continue;
    const message = `Pod was rejected: forbidden sysctl: "${name}" ${why}`;
    return { reason: 'SysctlForbidden', message };
  }
  return undefined;
}

function complaint(name: string, pod: Pod, allowed: readonly string[]): string | undefined {
  const isAllowed = allowed.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
  if (!isAllowed) return 'not allowlisted';
  const namespace = namespaceOf(name);
  const { hostNetwork, hostIPC } = pod.spec;
  if (namespace === 'net' && hostNetwork === true) return 'not allowed with host net enabled';
  if (namespace === 'ipc' && hostIPC === true) return 'not allowed with host ipc enabled';
  return undefined;
}
