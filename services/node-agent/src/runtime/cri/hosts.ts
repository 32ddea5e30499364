/** A pod's /etc/hosts, as kubelet writes it: the runtime gives containers that of the node. Pure. */
import type { SandboxConfig } from '../runtime.ts';

export interface Hosts {
  readonly hostname: string;
  readonly hostAliases: SandboxConfig['hostAliases'];
}

/** `nodeText` is the node's own file, for a pod in its network, which has no address of its own. */
export function hostsFile(
  { hostname, hostAliases }: Hosts,
  address: string | undefined,
  nodeText: string,
): string {
  const lines =
    address === undefined
      ? ['# Kubernetes-managed hosts file (host network).', nodeText.replace(/\n$/, '')]
      : [
          '# Kubernetes-managed hosts file.',
          '127.0.0.1\tlocalhost',
          '::1\tlocalhost ip6-localhost ip6-loopback',
          'fe00::0\tip6-localnet',
          'fe00::0\tip6-mcastprefix',
          'fe00::1\tip6-allnodes',
          'fe00::2\tip6-allrouters',
          `${address}\t${hostname}`,
        ];
  if (hostAliases.length > 0) {
    lines.push('', '# Entries added by HostAliases.');
    for (const { ip, hostnames } of hostAliases) lines.push([ip, ...hostnames].join('\t'));
  }
  return `${lines.join('\n')}\n`;
}
