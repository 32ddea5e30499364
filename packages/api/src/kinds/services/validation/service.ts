/** What a Service must say, for each of its types. */
import { duplicate, forbidden, invalid, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Service, ServicePort, ServiceSpec } from '../../generated/types.ts';
import { goStrings } from '../../go-literal.ts';
import { isImmutable, problemsAt, validateLabels } from '../../metadata.ts';
import {
  dns1123LabelProblems,
  dns1123SubdomainProblems,
  ipAddressProblem,
  isIP,
  portNumberProblems,
} from '../../names.ts';
import { validatePort } from '../pods/validation/probes.ts';
import { validateEnum, validateOptionalEnum } from '../shared/enum-validation.ts';

const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const nodePortMin = 30_000;
const nodePortMax = 32_767;
const affinitySecondsMax = 86_400;

function validateServicePort(
  port: ServicePort,
  at: string,
  needsName: boolean,
  type: ServiceSpec['type'],
): FieldError[] {
  const errors: FieldError[] = [];
  const { name = '', nodePort } = port;
  if (name === '') {
    if (needsName) errors.push(required(`${at}.name`));
  } else errors.push(...problemsAt(`${at}.name`, name, dns1123LabelProblems(name)));
  errors.push(...problemsAt(`${at}.port`, port.port, portNumberProblems(port.port)));
  errors.push(...validateEnum(`${at}.protocol`, port.protocol, protocols));
  errors.push(...validatePort(port.targetPort ?? port.port, `${at}.targetPort`));
  if (nodePort !== undefined && nodePort !== 0) {
    if (type === 'ClusterIP' || type === 'ExternalName') {
      errors.push(forbidden(`${at}.nodePort`, `may not be used when \`type\` is '${type}'`));
    } else if (nodePort < nodePortMin || nodePort > nodePortMax) {
      const why = `provided port is not in the valid range. The range of valid ports is ${nodePortMin}-${nodePortMax}`;
      errors.push(invalid(`${at}.nodePort`, nodePort, why));
    }
  }
  return errors;
}

function validatePorts(spec: ServiceSpec, isHeadless: boolean): FieldError[] {
  const ports = spec.ports ?? [];
  const errors: FieldError[] = [];
  if (ports.length === 0 && !isHeadless && spec.type !== 'ExternalName') {
    errors.push(required('spec.ports'));
  }
  const names = new Set<string>();
  const numbers = new Set<string>();
  const nodePorts = new Set<string>();
  ports.forEach((port, index) => {
    const at = `spec.ports[${index}]`;
    errors.push(...validateServicePort(port, at, ports.length > 1, spec.type));
    if (port.name !== undefined && names.has(port.name)) {
      errors.push(duplicate(`${at}.name`, port.name));
    }
    if (port.name !== undefined) names.add(port.name);
    const number = `${port.protocol}/${port.port}`;
    if (numbers.has(number)) {
      const literal = `core.ServicePort{Protocol:"${port.protocol}", Port:${port.port}}`;
      errors.push(duplicate(at, { goLiteral: literal }));
    }
    numbers.add(number);
    if (port.nodePort === undefined || port.nodePort === 0) return;
    const nodePort = `${port.protocol}/${port.nodePort}`;
    if (nodePorts.has(nodePort)) errors.push(duplicate(`${at}.nodePort`, port.nodePort));
    nodePorts.add(nodePort);
  });
  return errors;
}

function validateClusterIPs(spec: ServiceSpec): FieldError[] {
  const addresses = spec.clusterIPs ?? [];
  if (spec.type === 'ExternalName') {
    const why = 'may not be set for ExternalName services';
    return addresses.length > 0 ? [forbidden('spec.clusterIPs', why)] : [];
  }
  const errors: FieldError[] = [];
  const first = addresses[0];
  if (first === 'None') {
    if (addresses.length > 1) {
      const why = "'None' must be the first and only value";
      errors.push(invalid('spec.clusterIPs', goStrings(addresses), why));
    } else if (spec.type !== 'ClusterIP') {
      const why = `may not be set to 'None' for ${spec.type} services`;
      errors.push(invalid('spec.clusterIPs[0]', first, why));
    }
    return errors;
  }
  if (first !== undefined && spec.clusterIP !== undefined && first !== spec.clusterIP) {
    const why = 'first value must match `clusterIP`';
    errors.push(invalid('spec.clusterIPs', goStrings(addresses), why));
  }
  addresses.forEach((address, index) => {
    if (isIP(address)) return;
    const why =
      index === 0 ? "must be empty, 'None', or a valid IP address" : 'must be a valid IP address';
    errors.push(invalid(`spec.clusterIPs[${index}]`, address, why));
  });
  return errors;
}

export function validateService({ spec }: Service): FieldError[] {
  const isHeadless = spec.clusterIPs?.[0] === 'None';
  const errors = [
    ...validatePorts(spec, isHeadless),
    ...validateLabels(spec.selector, 'spec.selector'),
    ...validateEnum('spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']),
    ...validateEnum('spec.type', spec.type, types),
    ...validateClusterIPs(spec),
    ...validateOptionalEnum('spec.externalTrafficPolicy', spec.externalTrafficPolicy, [
      'Cluster',
      'Local',
    ]),
    ...validateOptionalEnum('spec.internalTrafficPolicy', spec.internalTrafficPolicy, [
      'Cluster',
      'Local',
    ]),
  ];
  const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (seconds !== undefined && (seconds <= 0 || seconds > affinitySecondsMax)) {
    const field = 'spec.sessionAffinityConfig.clientIP.timeoutSeconds';
    const why = `must be greater than 0 and less than ${affinitySecondsMax}`;
    errors.push(invalid(field, seconds, why));
  }
  if (spec.type === 'ExternalName') {
    const name = (spec.externalName ?? '').replace(/\.$/, '');
    if (name === '') errors.push(required('spec.externalName'));
    else errors.push(...problemsAt('spec.externalName', name, dns1123SubdomainProblems(name)));
  }
  (spec.externalIPs ?? []).forEach((address, index) => {
    if (!isIP(address)) {
      errors.push(invalid(`spec.externalIPs[${index}]`, address, ipAddressProblem));
    }
  });
  return errors;
}

export function validateServiceUpdate({ spec }: Service, { spec: old }: Service): FieldError[] {
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return [];
  const [now, before] = [spec.clusterIPs?.[0], old.clusterIPs?.[0]];
  return before === undefined || now === before
    ? []
    : [
        invalid(
          'spec.clusterIPs[0]',
          goStrings(spec.clusterIPs),
          now === undefined ? isImmutable : 'may not change once set',
        ),
      ];
}
