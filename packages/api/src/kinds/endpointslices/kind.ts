/** EndpointSlice: a part of the addresses behind a Service. */
import { ageColumn, column, defineKind, nameColumn } from '../../define-kind.ts';
import { deepEqual } from '../../equality.ts';
import { duplicate, invalid, notSupported, required, tooMany } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { Endpoint, EndpointSlice } from '../../generated/types.ts';
import { isImmutable, problemsAt, validateLabels } from '../../metadata.ts';
import {
  dns1123LabelProblems,
  dns1123SubdomainProblems,
  ipAddressProblem,
  isIPv4,
  isIPv6,
} from '../../names.ts';
import { age } from '../../time.ts';

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const endpointCountMax = 1000;
const portCountMax = 20_000;
const addressCountMax = 100;
const shownCountMax = 3;

function addressProblems(address: string, type: EndpointSlice['addressType']): string[] {
  switch (type) {
    case 'IPv4':
      return isIPv4(address) ? [] : ['must be a valid IPv4 address'];
    case 'IPv6':
      return isIPv6(address) ? [] : ['must be a valid IPv6 address'];
    case 'FQDN':
      return dns1123SubdomainProblems(address);
    default:
      return [ipAddressProblem];
  }
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
    const problems = addressProblems(address, type);
    errors.push(...problemsAt(`${field}.addresses[${index}]`, address, problems));
  });
  if (hostname !== undefined) {
    errors.push(...problemsAt(`${field}.hostname`, hostname, dns1123LabelProblems(hostname)));
  }
  if (nodeName !== undefined) {
    errors.push(...problemsAt(`${field}.nodeName`, nodeName, dns1123SubdomainProblems(nodeName)));
  }
  errors.push(...validateLabels(endpoint.deprecatedTopology, `${field}.deprecatedTopology`));
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
  ports.forEach(({ name = '', protocol, port }, index) => {
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
