/** Containers, init containers and what they share. */
import { duplicate, forbidden, invalid, notFound, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  Container,
  ContainerPort,
  EphemeralContainer,
  PodSpec,
  SecurityContext,
  VolumeMount,
} from '../../../generated/types.ts';
import { problemsAt } from '../../../metadata.ts';
import { dns1123LabelProblems, portNameProblems, portNumberProblems } from '../../../names.ts';
import { isSidecar } from '../../../pod.ts';
import { validateEnum } from '../../shared/enum-validation.ts';
import { validateEnv, validateEnvFrom } from './env.ts';
import { validateHook, validateProbe } from './probes.ts';
import { validateResources } from './resources.ts';
import { validateRelativePath } from './volumes.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];
const idMax = 2_147_483_647;

export function validateId(field: string, id: number | undefined): FieldError[] {
  return id === undefined || (id >= 0 && id <= idMax)
    ? []
    : [invalid(field, id, `must be between 0 and ${idMax}, inclusive`)];
}

function validatePorts(ports: readonly ContainerPort[], field: string): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap(({ name = '', containerPort, hostPort, protocol }, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (name !== '') {
      const problems = portNameProblems(name);
      errors.push(...problemsAt(`${at}.name`, name, problems));
      if (problems.length === 0 && names.has(name)) errors.push(duplicate(`${at}.name`, name));
      names.add(name);
    }
    if (containerPort === 0) errors.push(required(`${at}.containerPort`));
    else {
      const problems = portNumberProblems(containerPort);
      errors.push(...problemsAt(`${at}.containerPort`, containerPort, problems));
    }
    if (hostPort !== undefined) {
      errors.push(...problemsAt(`${at}.hostPort`, hostPort, portNumberProblems(hostPort)));
    }
    return [...errors, ...validateEnum(`${at}.protocol`, protocol, protocols)];
  });
}

function validateMounts(
  mounts: readonly VolumeMount[],
  volumeNames: ReadonlySet<string>,
  field: string,
): FieldError[] {
  const paths = new Set<string>();
  return mounts.flatMap(({ name, mountPath, subPath = '', subPathExpr = '' }, index) => {
    const at = `${field}[${index}]`;
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(`${at}.name`));
    else if (!volumeNames.has(name)) errors.push(notFound(`${at}.name`, name));
    if (mountPath === '') errors.push(required(`${at}.mountPath`));
    else if (paths.has(mountPath)) {
      errors.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'));
    }
    paths.add(mountPath);
    if (subPath !== '') errors.push(...validateRelativePath(subPath, `${at}.subPath`));
    if (subPathExpr !== '') {
      if (subPath !== '') {
        const why = 'subPathExpr and subPath are mutually exclusive';
        errors.push(invalid(`${at}.subPathExpr`, subPathExpr, why));
      }
      errors.push(...validateRelativePath(subPathExpr, `${at}.subPathExpr`));
    }
    return errors;
  });
}

function validateSecurityContext(
  context: SecurityContext | undefined,
  field: string,
): FieldError[] {
  if (context === undefined) return [];
  const errors = [
    ...validateId(`${field}.runAsUser`, context.runAsUser),
    ...validateId(`${field}.runAsGroup`, context.runAsGroup),
  ];
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged === true) {
      const why = 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true';
      errors.push(invalid(field, { goLiteral: 'core.SecurityContext{...}' }, why));
    }
    if (context.capabilities?.add?.some((name) => name === 'CAP_SYS_ADMIN') === true) {
      const why =
        'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN';
      errors.push(invalid(field, { goLiteral: 'core.SecurityContext{...}' }, why));
    }
  }
  return errors;
}

/** What holds for containers of every kind. */
export function validateContainer(
  container: Container | EphemeralContainer,
  volumeNames: ReadonlySet<string>,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const { name, image = '' } = container;
  if (name === '') errors.push(required(`${field}.name`));
  else errors.push(...problemsAt(`${field}.name`, name, dns1123LabelProblems(name)));
  if (image === '') errors.push(required(`${field}.image`));
  else if (image !== image.trim()) {
    const why = 'must not have leading or trailing whitespace';
    errors.push(invalid(`${field}.image`, image, why));
  }
  errors.push(
    ...validateEnum(`${field}.terminationMessagePolicy`, container.terminationMessagePolicy, [
      'FallbackToLogsOnError',
      'File',
    ]),
    ...validatePorts(container.ports ?? [], `${field}.ports`),
    ...validateEnv(container.env ?? [], `${field}.env`),
    ...validateEnvFrom(container.envFrom ?? [], `${field}.envFrom`),
    ...validateMounts(container.volumeMounts ?? [], volumeNames, `${field}.volumeMounts`),
    ...validateEnum(`${field}.imagePullPolicy`, container.imagePullPolicy, [
      'Always',
      'IfNotPresent',
      'Never',
    ]),
    ...validateResources(container.resources, `${field}.resources`),
    ...validateSecurityContext(container.securityContext, `${field}.securityContext`),
  );
  return errors;
}

function validateHooksAndProbes(container: Container, field: string): FieldError[] {
  const { lifecycle, livenessProbe, readinessProbe, startupProbe } = container;
  const once = { mustSucceedOnce: true, mayEndPod: true };
  return [
    ...validateHook(lifecycle?.postStart, `${field}.lifecycle.postStart`),
    ...validateHook(lifecycle?.preStop, `${field}.lifecycle.preStop`),
    ...validateProbe(livenessProbe, `${field}.livenessProbe`, once),
    ...validateProbe(readinessProbe, `${field}.readinessProbe`, {
      mustSucceedOnce: false,
      mayEndPod: false,
    }),
    ...validateProbe(startupProbe, `${field}.startupProbe`, once),
  ];
}

const initOnly = 'may not be set for init containers without restartPolicy=Always';

function validateInitContainer(container: Container, field: string): FieldError[] {
  if (container.restartPolicy !== undefined && !isSidecar(container)) {
    return validateEnum(`${field}.restartPolicy`, container.restartPolicy, ['Always']);
  }
  if (isSidecar(container)) return validateHooksAndProbes(container, field);
  const errors: FieldError[] = [];
  for (const key of ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    if (container[key] !== undefined) errors.push(forbidden(`${field}.${key}`, initOnly));
  }
  return errors;
}

function validateHostPorts(spec: PodSpec, containers: readonly Container[], field: string) {
  const errors: FieldError[] = [];
  const used = new Set<string>();
  containers.forEach(({ ports = [] }, containerIndex) => {
    ports.forEach(({ hostPort, hostIP = '', protocol, containerPort }, index) => {
      const at = `${field}[${containerIndex}].ports[${index}]`;
      if (spec.hostNetwork === true && hostPort !== containerPort) {
        const why = 'must match `containerPort` when `hostNetwork` is true';
        errors.push(invalid(`${at}.containerPort`, containerPort, why));
      }
      if (hostPort === undefined) return;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (used.has(key)) errors.push(duplicate(`${at}.hostPort`, key));
      used.add(key);
    });
  });
  return errors;
}

export function validateContainers(
  spec: PodSpec,
  volumeNames: ReadonlySet<string>,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const at = `${field}.containers`;
  if (spec.containers.length === 0) errors.push(required(at));
  const names = new Set<string>();
  spec.containers.forEach((container, index) => {
    const here = `${at}[${index}]`;
    errors.push(...validateContainer(container, volumeNames, here));
    if (container.name !== '' && names.has(container.name)) {
      errors.push(duplicate(`${here}.name`, container.name));
    }
    names.add(container.name);
    errors.push(...validateHooksAndProbes(container, here));
    if (container.restartPolicy !== undefined) {
      errors.push(forbidden(`${here}.restartPolicy`, 'may not be set for non-init containers'));
    }
  });
  errors.push(...validateHostPorts(spec, spec.containers, at));
  (spec.initContainers ?? []).forEach((container, index) => {
    const here = `${field}.initContainers[${index}]`;
    errors.push(...validateContainer(container, volumeNames, here));
    if (container.name !== '' && names.has(container.name)) {
      errors.push(duplicate(`${here}.name`, container.name));
    }
    names.add(container.name);
    errors.push(...validateInitContainer(container, here));
  });
  return errors;
}
