/** The ports of a Service. */
import { duplicate, forbidden, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { ServicePort, ServiceSpec } from '../../../generated/types.ts';
import { problemsAt } from '../../../metadata.ts';
import { dns1123LabelProblems, portNumberProblems, qualifiedNameProblems } from '../../../names.ts';
import { validatePort } from '../../pods/validation/probes.ts';
import { protocols, validateEnum } from '../../shared/enum-validation.ts';

const nodePortMin = 30_000;
const nodePortMax = 32_767;

function validateServicePort(
  port: ServicePort,
  at: string,
  needsName: boolean,
  names: Set<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  const { name = '', appProtocol } = port;
  if (name === '') {
    if (needsName) errors.push(required(`${at}.name`));
  } else {
    errors.push(...problemsAt(`${at}.name`, name, dns1123LabelProblems(name)));
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name));
    names.add(name);
  }
  errors.push(...problemsAt(`${at}.port`, port.port, portNumberProblems(port.port)));
  errors.push(...validateEnum(`${at}.protocol`, port.protocol, protocols));
  errors.push(...validatePort(port.targetPort ?? port.port, `${at}.targetPort`));
  if (appProtocol !== undefined) {
    const problems = qualifiedNameProblems(appProtocol);
    errors.push(...problemsAt(`${at}.appProtocol`, appProtocol, problems));
  }
  return errors;
}

export function validateServicePorts(spec: ServiceSpec, isHeadless: boolean): FieldError[] {
  const ports = spec.ports ?? [];
  const errors: FieldError[] = [];
  if (ports.length === 0 && !isHeadless && spec.type !== 'ExternalName') {
    errors.push(required('spec.ports'));
  }
  const names = new Set<string>();
  ports.forEach((port, index) => {
    errors.push(...validateServicePort(port, `spec.ports[${index}]`, ports.length > 1, names));
  });
  return errors;
}

function validateNodePort(nodePort: number, type: ServiceSpec['type'], field: string) {
  if (type === 'ClusterIP' || type === 'ExternalName') {
    return [forbidden(field, `may not be used when \`type\` is '${type}'`)];
  }
  if (nodePort >= nodePortMin && nodePort <= nodePortMax) return [];
  const why = `provided port is not in the valid range. The range of valid ports is ${nodePortMin}-${nodePortMax}`;
  return [invalid(field, nodePort, why)];
}

/** Ports of the nodes, and that no port is there twice. */
export function validatePortUse({ ports = [], type }: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  ports.forEach(({ nodePort = 0, protocol }, index) => {
    if (nodePort === 0) return;
    const at = `spec.ports[${index}].nodePort`;
    errors.push(...validateNodePort(nodePort, type, at));
    const key = `${protocol}/${nodePort}`;
    if (taken.has(key)) errors.push(duplicate(at, nodePort));
    taken.add(key);
  });
  const seen = new Set<string>();
  ports.forEach(({ port, protocol }, index) => {
    const key = `${protocol}/${port}`;
    if (seen.has(key)) {
      const goLiteral = `core.ServicePort{Name:"", Protocol:"${protocol}", AppProtocol:(*string)(nil), Port:${port}, TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:""}, NodePort:0}`;
      errors.push(duplicate(`spec.ports[${index}]`, { goLiteral }));
    }
    seen.add(key);
  });
  return errors;
}
