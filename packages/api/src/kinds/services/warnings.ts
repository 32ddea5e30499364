/** What the writer of a Service is told although it is valid. Source: upstream's pkg/api/service. */
import type { Service } from '../../generated/types.ts';
import { canonicalIPv6 } from '../shared/ip-addresses.ts';

const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints';
const topologyAnnotation = 'service.kubernetes.io/topology-mode';

const loops = (canonical: string) =>
  `is not in RFC 5952 canonical format ("${canonical}"), which may cause controller apply-loops`;

function addressWarnings(address: string, field: string): string[] {
  const canonical = canonicalIPv6(address);
  if (canonical === undefined || canonical === address) return [];
  return [`${field}: IPv6 address "${address}" ${loops(canonical)}`];
}

function rangeWarnings(range: string, field: string): string[] {
  const [address = '', bits = ''] = range.trim().split('/');
  const canonical = canonicalIPv6(address);
  if (canonical === undefined || `${canonical}/${bits}` === range) return [];
  return [`${field}: IPv6 prefix "${range}" ${loops(`${canonical}/${bits}`)}`];
}

export function serviceWarnings({ metadata, spec }: Service): string[] {
  const { clusterIPs = [], externalIPs = [], loadBalancerIP = '', externalName = '' } = spec;
  const isExternal = spec.type === 'ExternalName';
  const hasAddress = !isExternal && (spec.clusterIP ?? '') !== '' && spec.clusterIP !== 'None';
  return [
    ...(metadata.annotations?.[hintsAnnotation] === undefined
      ? []
      : [`annotation ${hintsAnnotation} is deprecated, please use ${topologyAnnotation} instead`]),
    ...(hasAddress
      ? clusterIPs.flatMap((ip, index) => addressWarnings(ip, `spec.clusterIPs[${index}]`))
      : []),
    ...externalIPs.flatMap((ip, index) => addressWarnings(ip, `spec.externalIPs[${index}]`)),
    ...addressWarnings(loadBalancerIP, 'spec.loadBalancerIP'),
    ...(spec.loadBalancerSourceRanges ?? []).flatMap((range, index) =>
      rangeWarnings(range, `spec.loadBalancerSourceRanges[${index}]`),
    ),
    ...(isExternal && externalIPs.length > 0
      ? ['spec.externalIPs is ignored when spec.type is "ExternalName"']
      : []),
    ...(!isExternal && externalName !== ''
      ? ['spec.externalName is ignored when spec.type is not "ExternalName"']
      : []),
  ];
}
