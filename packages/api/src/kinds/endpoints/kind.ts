/** Endpoints: the addresses behind a Service, all in one object. EndpointSlices do the same in parts. */
import { ageColumn, column, defineKind, nameColumn } from '../../define-kind.ts';
import { required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type { EndpointAddress, CoreV1EndpointPort, Endpoints } from '../../generated/types.ts';
import { defaultNameProblems, problemsAt } from '../../metadata.ts';
import {
  dns1123LabelProblems,
  isIPv6,
  portNumberProblems,
  qualifiedNameProblems,
} from '../../names.ts';
import { age } from '../../time.ts';
import { validateEnum } from '../shared/enum-validation.ts';
import { validateIP, validateNonSpecialIP } from '../shared/ip-addresses.ts';
import { repackSubsets } from './repack.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];
const shownCountMax = 3;

function validateAddress(
  { ip, hostname = '', nodeName }: EndpointAddress,
  field: string,
): FieldError[] {
  const errors = validateIP(ip, `${field}.ip`);
  if (hostname !== '') {
    errors.push(...problemsAt(`${field}.hostname`, hostname, dns1123LabelProblems(hostname)));
  }
  if (nodeName !== undefined) {
    errors.push(...problemsAt(`${field}.nodeName`, nodeName, defaultNameProblems(nodeName)));
  }
  return [...errors, ...validateNonSpecialIP(ip, `${field}.ip`)];
}

function validatePort(
  { name = '', port, protocol, appProtocol }: CoreV1EndpointPort,
  field: string,
  needsName: boolean,
): FieldError[] {
  const errors: FieldError[] = [];
  if (name !== '') errors.push(...problemsAt(`${field}.name`, name, dns1123LabelProblems(name)));
  else if (needsName) errors.push(required(`${field}.name`));
  errors.push(...problemsAt(`${field}.port`, port, portNumberProblems(port)));
  errors.push(...validateEnum(`${field}.protocol`, protocol, protocols));
  if (appProtocol !== undefined) {
    const problems = qualifiedNameProblems(appProtocol);
    errors.push(...problemsAt(`${field}.appProtocol`, appProtocol, problems));
  }
  return errors;
}

function validateEndpoints({ subsets = [] }: Endpoints): FieldError[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
    const at = `subsets[${index}]`;
    const errors: FieldError[] = [];
    if (addresses.length === 0 && notReadyAddresses.length === 0) {
      errors.push(required(at, 'must specify `addresses` or `notReadyAddresses`'));
    }
    for (const [key, list] of Object.entries({ addresses, notReadyAddresses })) {
      list.forEach((address, position) => {
        errors.push(...validateAddress(address, `${at}.${key}[${position}]`));
      });
    }
    ports.forEach((port, position) => {
      errors.push(...validatePort(port, `${at}.ports[${position}]`, ports.length > 1));
    });
    return errors;
  });
}

function endpointsCell({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>';
  const texts = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) =>
          addresses.map(({ ip }) => (isIPv6(ip) ? `[${ip}]:${port}` : `${ip}:${port}`)),
        ),
  );
  const shown = texts.slice(0, shownCountMax).join(',');
  const rest = texts.length - shownCountMax;
  return rest > 0 ? `${shown} + ${rest} more...` : shown;
}

export const endpoints = defineKind<Endpoints>({
  kind: 'Endpoints',
  resource: 'endpoints',
  description: 'An Endpoints object holds the addresses behind the Service of its name.',
  shortNames: ['ep'],
  allowCreateOnUpdate: true,
  setDefaults({ subsets = [] }) {
    for (const { ports = [] } of subsets) {
      for (const port of ports) port.protocol ??= 'TCP';
    }
  },
  validate: validateEndpoints,
  canonicalize(object) {
    if (object.subsets !== undefined) object.subsets = repackSubsets(object.subsets);
  },
  columns: [nameColumn, column('Endpoints', 'The addresses that are ready.'), ageColumn],
  cells: (object, wallTime) => [
    object.metadata.name,
    endpointsCell(object),
    age(object.metadata.creationTimestamp, wallTime),
  ],
});
