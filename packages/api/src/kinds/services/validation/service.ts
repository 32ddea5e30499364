/** What a Service must say, for each of its types. Source: upstream's ValidateService. */
import { invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { Service, ServiceSpec } from '../../../generated/types.ts';
import { problemsAt, validateLabels } from '../../../metadata.ts';
import { dns1123SubdomainProblems, isIP } from '../../../names.ts';
import { validateEnum } from '../../shared/enum-validation.ts';
import { validateIP, validateNonSpecialIP } from '../../shared/ip-addresses.ts';
import { isHeadless, validateClusterIPs, validateNoClusterIPs } from './cluster-ips.ts';
import { validatePortUse, validateServicePorts } from './ports.ts';
import {
  validateAffinity,
  validateBalancing,
  validateSourceRanges,
  validateTraffic,
} from './traffic.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const hintsAnnotation = 'service.kubernetes.io/topology-aware-hints';
const topologyAnnotation = 'service.kubernetes.io/topology-mode';

/** The older of two annotations for the same. */
function validateTopology({ metadata: { annotations = {} } }: Service): FieldError[] {
  const [hints, mode] = [annotations[hintsAnnotation], annotations[topologyAnnotation]];
  if (hints === undefined || mode === undefined || hints === mode) return [];
  const why = `must match annotations[${hintsAnnotation}] when both are specified`;
  return [invalid(`metadata.annotations[${topologyAnnotation}]`, mode, why)];
}

function validateExternalName({ externalName = '' }: ServiceSpec): FieldError[] {
  const field = 'spec.externalName';
  const name = externalName.endsWith('.') ? externalName.slice(0, -1) : externalName;
  return name === '' ? [required(field)] : problemsAt(field, name, dns1123SubdomainProblems(name));
}

function validateType(spec: ServiceSpec): FieldError[] {
  const { type } = spec;
  if (type === 'ExternalName') {
    return [...validateNoClusterIPs(spec), ...validateExternalName(spec)];
  }
  if (!isHeadless(spec) || (type !== 'LoadBalancer' && type !== 'NodePort')) return [];
  const why = `may not be set to 'None' for ${type} services`;
  return [invalid('spec.clusterIPs[0]', 'None', why)];
}

function validateExternalIPs({ externalIPs = [] }: ServiceSpec): FieldError[] {
  return externalIPs.flatMap((address, index) => {
    const at = `spec.externalIPs[${index}]`;
    return isIP(address) ? validateNonSpecialIP(address, at) : validateIP(address, at);
  });
}

export function validateService(service: Service): FieldError[] {
  const { spec } = service;
  return [
    ...validateTopology(service),
    ...validateServicePorts(spec, isHeadless(spec)),
    ...validateType(spec),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...validateAffinity(spec),
    ...(spec.type === 'ExternalName' ? [] : validateClusterIPs(spec)),
    ...validateExternalIPs(spec),
    ...validateEnum('spec.type', spec.type, types),
    ...validatePortUse(spec),
    ...validateSourceRanges(service),
    ...validateBalancing(spec),
    ...validateTraffic(spec),
  ];
}
