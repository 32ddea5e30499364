/** EndpointSlice: a part of the addresses behind a Service. */
import { ageColumn, column, defineKind, nameColumn } from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import { duplicate, invalid, notSupported, required, tooMany } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Endpoint, EndpointHints, EndpointSlice } from '../../generated/types.ts';
import { isImmutable, problemsAt, validateLabels } from '../../metadata.ts';
import {
  dns1123LabelProblems,
  dns1123SubdomainProblems,
  isIPv4,
  isIPv6,
  labelValueProblems,
  qualifiedNameProblems,
} from '../../names.ts';
import { isMappedIPv4, validateEndpointIP } from '../shared/ip-addresses.ts';
import { age } from '../../time.ts';

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const endpointCountMax = 1000;
const portCountMax = 20_000;
const addressCountMax = 100;
const zoneCountMax = 8;
const topologyCountMax = 16;
const shownCountMax = 3;

function validateAddress(address: string, type: string, field: string): FieldError[] {
  switch (type) {
    case 'IPv4':
    case 'IPv6': {
      const fits = type === 'IPv4' ? isIPv4(address) : isIPv6(address) && !isMappedIPv4(address);
      return [
        ...(fits ? [] : [invalid(field, address, `must be a valid ${type} address`)]),
        ...validateEndpointIP(address, field),
      ];
    }
    case 'FQDN':
      return validateFullName(address, field);
    default:
      return [];
  }
}

/** A name of a host with its domain. */
function validateFullName(text: string, field: string): FieldError[] {
  if (text === '') return [required(field)];
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const problems = dns1123SubdomainProblems(name);
  if (problems.length > 0) return [invalid(field, name, problems.join(','))];
  if (!name.includes('.')) {
    const why = 'should be a domain with at least two segments separated by dots';
    return [invalid(field, name, why)];
  }
  for (const label of name.split('.')) {
    const own = dns1123LabelProblems(label);
    if (own.length > 0) return [invalid(field, label, own.join(','))];
  }
  return [];
}

function validateHints({ forZones = [] }: EndpointHints, field: string): FieldError[] {
  const at = `${field}.forZones`;
  if (forZones.length > zoneCountMax) return [tooMany(at, forZones.length, zoneCountMax)];
  const seen = new Set<string>();
  return forZones.flatMap(({ name }, index) => {
    const errors = problemsAt(`${at}[${index}].name`, name, labelValueProblems(name));
    if (seen.has(name)) errors.unshift(duplicate(`${at}[${index}].name`, name));
    seen.add(name);
    return errors;
  });
}

function validateEndpoint(
  endpoint: Endpoint,
  type: EndpointSlice['addressType'],
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const { addresses, hostname, nodeName } = endpoint;
  if (addresses.length === 0) {
    errors.push(required(`${field}.addresses`, 'must contain at least 1 address'));
  } else if (addresses.length > addressCountMax) {
    errors.push(tooMany(`${field}.addresses`, addresses.length, addressCountMax));
  }
  addresses.forEach((address, index) => {
    errors.push(...validateAddress(address, type, `${field}.addresses[${index}]`));
  });
  if (hostname !== undefined) {
    errors.push(...problemsAt(`${field}.hostname`, hostname, dns1123LabelProblems(hostname)));
  }
  if (nodeName !== undefined) {
    errors.push(...problemsAt(`${field}.nodeName`, nodeName, dns1123SubdomainProblems(nodeName)));
  }
  const topologyCount = Object.keys(endpoint.deprecatedTopology ?? {}).length;
  if (topologyCount > topologyCountMax) {
    errors.push(tooMany(`${field}.deprecatedTopology`, topologyCount, topologyCountMax));
  }
  errors.push(...validateLabels(endpoint.deprecatedTopology, `${field}.deprecatedTopology`));
  if (endpoint.hints !== undefined) {
    errors.push(...validateHints(endpoint.hints, `${field}.hints`));
  }
  return errors;
}

function validateSlice(slice: EndpointSlice): FieldError[] {
  const errors: FieldError[] = [];
  if ((slice.addressType as string) === '') errors.push(required('addressType'));
  else if (!addressTypes.includes(slice.addressType)) {
    errors.push(notSupported('addressType', slice.addressType, addressTypes));
  }
  if (slice.endpoints.length > endpointCountMax) {
    errors.push(tooMany('endpoints', slice.endpoints.length, endpointCountMax));
    return errors;
  }
  slice.endpoints.forEach((endpoint, index) => {
    errors.push(...validateEndpoint(endpoint, slice.addressType, `endpoints[${index}]`));
  });
  const ports = slice.ports ?? [];
  if (ports.length > portCountMax) errors.push(tooMany('ports', ports.length, portCountMax));
  const names = new Set<string>();
  ports.forEach(({ name = '', protocol, port, appProtocol }, index) => {
    const field = `ports[${index}]`;
    if (name !== '') errors.push(...problemsAt(`${field}.name`, name, dns1123LabelProblems(name)));
    if (names.has(name)) errors.push(duplicate(`${field}.name`, name));
    names.add(name);
    if (protocol === undefined) errors.push(required(`${field}.protocol`));
    else if (!protocols.includes(protocol)) {
      errors.push(notSupported(`${field}.protocol`, protocol, protocols));
    }
    if (port !== undefined && (port < 1 || port > 65_535)) {
      errors.push(invalid(`${field}.port`, port, 'must be between 1 and 65535, inclusive'));
    }
    if (appProtocol !== undefined) {
      const problems = qualifiedNameProblems(appProtocol);
      errors.push(...problemsAt(`${field}.appProtocol`, appProtocol, problems));
    }
  });
  return errors;
}

function some(texts: readonly string[]): string {
  if (texts.length === 0) return '<unset>';
  const shown = texts.slice(0, shownCountMax).join(',');
  const rest = texts.length - shownCountMax;
  return rest > 0 ? `${shown} + ${rest} more...` : shown;
}

export const endpointSlices = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  kind: 'EndpointSlice',
  resource: 'endpointslices',
  description: 'An EndpointSlice holds some of the addresses behind a Service.',
  setDefaults(slice) {
    for (const port of slice.ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },
  prepareForCreate(slice) {
    slice.metadata.generation = 1;
  },
  prepareForUpdate(slice, old) {
    const { metadata: _metadata, ...content } = slice;
    const { metadata: _oldMetadata, ...oldContent } = old;
    const isChanged =
      !deepEqual(content, oldContent) || !deepEqual(slice.metadata.labels, old.metadata.labels);
    if (isChanged) slice.metadata.generation = (old.metadata.generation ?? 0) + 1;
  },
  validate: validateSlice,
  validateUpdate: (slice, old) =>
    slice.addressType === old.addressType
      ? []
      : [invalid('addressType', slice.addressType, isImmutable)],
  columns: [
    nameColumn,
    column('AddressType', 'IPv4, IPv6 or FQDN.'),
    column('Ports', 'The ports of every endpoint.'),
    column('Endpoints', 'The addresses.'),
    ageColumn,
  ],
  cells: (slice, wallTime) => [
    slice.metadata.name,
    slice.addressType,
    some((slice.ports ?? []).map(({ port }) => (port === undefined ? '*' : String(port)))),
    // An object that upstream stored has null where Go's list was nil.
    some((slice.endpoints ?? []).flatMap(({ addresses }) => addresses)),
    age(slice.metadata.creationTimestamp, wallTime),
  ],
});
