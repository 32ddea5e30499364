/** Ports of containers, and ports of the node that stand for them. */
import { duplicate, invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { Container, ContainerPort } from '../../../generated/types.ts';
import { problemsAt } from '../../../metadata.ts';
import { portNameProblems, portNumberProblems } from '../../../names.ts';
import { protocols, validateEnum } from '../../shared/enum-validation.ts';

const isPort = (port: number) => port > 0 && port <= 65_535 && Number.isInteger(port);

export function validatePorts(
  ports: readonly ContainerPort[] | undefined,
  field: string,
): FieldError[] {
  if (ports === undefined) return [];
  const names = new Set<string>();
  const errors: FieldError[] = [];
  ports.forEach(({ name = '', containerPort, hostPort = 0, protocol }, index) => {
    if (name !== '') {
      const problems = portNameProblems(name);
      if (problems.length > 0)
        errors.push(...problemsAt(`${field}[${index}].name`, name, problems));
      else if (names.has(name)) errors.push(duplicate(`${field}[${index}].name`, name));
      else names.add(name);
    }
    if (containerPort === 0) errors.push(required(`${field}[${index}].containerPort`));
    else if (!isPort(containerPort)) {
      const problems = portNumberProblems(containerPort);
      errors.push(...problemsAt(`${field}[${index}].containerPort`, containerPort, problems));
    }
    if (hostPort !== 0 && !isPort(hostPort)) {
      const problems = portNumberProblems(hostPort);
      errors.push(...problemsAt(`${field}[${index}].hostPort`, hostPort, problems));
    }
    if (!protocols.includes(protocol ?? '')) {
      errors.push(...validateEnum(`${field}[${index}].protocol`, protocol, protocols));
    }
  });
  return errors;
}

/** Two containers cannot listen at one port of the node. @param field of the list of containers */
export function validateHostPorts(containers: readonly Container[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  let used: Set<string> | undefined;
  containers.forEach(({ ports }, containerIndex) => {
    ports?.forEach(({ hostPort = 0, hostIP = '', protocol }, index) => {
      if (hostPort === 0) return;
      used ??= new Set();
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (used.has(key)) {
        errors.push(duplicate(`${field}[${containerIndex}].ports[${index}].hostPort`, key));
      }
      used.add(key);
    });
  });
  return errors;
}

/**
 * In the node's network a port is the node's. In a template it may be left out, as it is filled in when
 * the pod is made.
 */
export function validateHostNetworkPorts(
  containers: readonly Container[],
  isPod: boolean,
  field: string,
): FieldError[] {
  return containers.flatMap(({ ports = [] }, containerIndex) =>
    ports.flatMap(({ hostPort = 0, containerPort }, index) => {
      if (hostPort === containerPort || (!isPod && hostPort === 0)) return [];
      const at = `${field}[${containerIndex}].ports[${index}].hostPort`;
      const why = 'must match `containerPort` when `hostNetwork` is true';
      return [invalid(at, hostPort, why)];
    }),
  );
}
