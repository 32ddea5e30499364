/** What an Ingress must say. Source: upstream's networking validation. */
import { invalid, notSupported, required } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressRule,
  IngressServiceBackend,
  IngressTLS,
} from '../../generated/types.ts';
import { defaultNameProblems, problemsAt } from '../../metadata.ts';
import {
  dns1035LabelProblems,
  dns1123SubdomainProblems,
  isIP,
  portNameProblems,
  portNumberProblems,
} from '../../names.ts';
import { hostProblems } from '../shared/host-names.ts';
import { validateIP } from '../shared/ip-addresses.ts';
import { validateTypedReference } from '../shared/typed-reference.ts';

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];
const refusedSequences = ['//', '/./', '/../', '%2f', '%2F'];
const refusedSuffixes = ['/..', '/.'];
const notAnAddress = 'must be a DNS name, not an IP address';
export const classAnnotation = 'kubernetes.io/ingress.class';

function validateServiceBackend(
  { name, port: { name: portName = '', number = 0 } = {} }: IngressServiceBackend,
  field: string,
): FieldError[] {
  const at = `${field}.service`;
  const errors =
    name === ''
      ? [required(`${at}.name`)]
      : problemsAt(`${at}.name`, name, dns1035LabelProblems(name));
  if (portName !== '' && number !== 0) {
    errors.push(invalid(field, '', 'cannot set both port name & port number'));
  } else if (portName !== '') {
    errors.push(...problemsAt(`${at}.port.name`, portName, portNameProblems(portName)));
  } else if (number !== 0) {
    errors.push(...problemsAt(`${at}.port.number`, number, portNumberProblems(number)));
  } else errors.push(required(field, 'port name or number is required'));
  return errors;
}

function validateBackend({ resource, service }: IngressBackend, field: string): FieldError[] {
  if (resource !== undefined) {
    return service === undefined
      ? validateTypedReference(resource, `${field}.resource`)
      : [invalid(field, '', 'cannot set both resource and service backends')];
  }
  return service === undefined
    ? [invalid(field, '', 'resource or service backend is required')]
    : validateServiceBackend(service, field);
}

function pathProblems(path: string, type: string): string[] {
  const problems = path.startsWith('/') ? [] : ['must be an absolute path'];
  if (type === 'ImplementationSpecific') return path === '' ? [] : problems;
  return [
    ...problems,
    ...refusedSequences
      .filter((sequence) => path.includes(sequence))
      .map((sequence) => `must not contain '${sequence}'`),
    ...refusedSuffixes
      .filter((suffix) => path.endsWith(suffix))
      .map((suffix) => `cannot end with '${suffix}'`),
  ];
}

function validatePath(
  { path = '', pathType, backend }: HTTPIngressPath,
  field: string,
): FieldError[] {
  if ((pathType as string | undefined) === undefined) {
    return [required(`${field}.pathType`, 'pathType must be specified')];
  }
  const errors = pathTypes.includes(pathType)
    ? problemsAt(`${field}.path`, path, pathProblems(path, pathType))
    : [notSupported(`${field}.pathType`, pathType, pathTypes)];
  return [...errors, ...validateBackend(backend, `${field}.backend`)];
}

function validateRule({ host = '', http }: IngressRule, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (host !== '') {
    if (isIP(host)) errors.push(invalid(`${field}.host`, host, notAnAddress));
    errors.push(...problemsAt(`${field}.host`, host, hostProblems(host)));
  }
  if (http === undefined) return errors;
  if (http.paths.length === 0) errors.push(required(`${field}.http.paths`));
  http.paths.forEach((path, index) => {
    errors.push(...validatePath(path, `${field}.http.paths[${index}]`));
  });
  return errors;
}

function validateTls({ hosts = [], secretName = '' }: IngressTLS, field: string): FieldError[] {
  const nameProblems = secretName === '' ? [] : defaultNameProblems(secretName);
  return [
    ...hosts.flatMap((host, index) =>
      problemsAt(`${field}.hosts[${index}]`, host, hostProblems(host)),
    ),
    ...problemsAt(`${field}.secretName`, secretName, nameProblems),
  ];
}

export function validateIngress({ spec }: Ingress): FieldError[] {
  const { rules = [], tls = [], defaultBackend, ingressClassName } = spec;
  const errors: FieldError[] = [];
  if (rules.length === 0 && defaultBackend === undefined) {
    const why = 'either `defaultBackend` or `rules` must be specified';
    errors.push(invalid('spec', { goLiteral: '[]networking.IngressRule(nil)' }, why));
  }
  if (defaultBackend !== undefined) {
    errors.push(...validateBackend(defaultBackend, 'spec.defaultBackend'));
  }
  rules.forEach((rule, index) => errors.push(...validateRule(rule, `spec.rules[${index}]`)));
  tls.forEach((one, index) => errors.push(...validateTls(one, `spec.tls[${index}]`)));
  if (ingressClassName !== undefined) {
    const problems = defaultNameProblems(ingressClassName);
    errors.push(...problemsAt('spec.ingressClassName', ingressClassName, problems));
  }
  return errors;
}

/** A new Ingress that names its class in the annotation of old times and in the field, names one. */
export function validateNewIngress({ metadata, spec }: Ingress): FieldError[] {
  const annotation = metadata.annotations?.[classAnnotation];
  const name = spec.ingressClassName;
  if (annotation === undefined || name === undefined || annotation === name) return [];
  const why = 'must match `ingressClassName` when both are specified';
  return [invalid(`annotations.${classAnnotation}`, annotation, why)];
}

export function validateIngressStatus({ status }: Ingress): FieldError[] {
  return (status.loadBalancer?.ingress ?? []).flatMap(({ ip = '', hostname = '' }, index) => {
    const at = `status.loadBalancer.ingress[${index}]`;
    const errors = ip === '' ? [] : validateIP(ip, `${at}.ip`);
    if (hostname === '') return errors;
    errors.push(...problemsAt(`${at}.hostname`, hostname, dns1123SubdomainProblems(hostname)));
    if (isIP(hostname)) errors.push(invalid(`${at}.hostname`, hostname, notAnAddress));
    return errors;
  });
}
