/** Containers, init containers and what they share. */
import {
  duplicate,
  forbidden,
  invalid,
  notSupported,
  notSupportedInOrder,
  required,
} from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  Container,
  ContainerResizePolicy,
  EphemeralContainer,
  PodSpec,
  Volume,
} from '../../../generated/types.ts';
import { goStruct } from '../../../go-literal.ts';
import { problemsAt } from '../../../metadata.ts';
import { dns1123LabelProblems } from '../../../names.ts';
import { isSidecar } from '../../../pod.ts';
import { pullPolicies, validateEnum, validateEnumInOrder } from '../../shared/enum-validation.ts';
import { validateHostPorts, validatePorts } from './container-ports.ts';
import { validateEnv, validateEnvFrom } from './env.ts';
import { validateLifecycle, validateProbe } from './probes.ts';
import { validateResources } from './resources.ts';
import { validateSecurityContext } from './security-context.ts';
import { validateDevices, validateMounts } from './volume-mounts.ts';

/** What the pod around a container is, as far as the container's rules need it. */
export interface ContainerScope {
  /** Those that may be mounted. */
  readonly volumes: ReadonlyMap<string, Volume>;
  /** The names of the pod's claims of devices. */
  readonly claims: ReadonlySet<string>;
  readonly restartPolicy: string | undefined;
  /** How long the pod may take to end. */
  readonly graceSeconds: number | undefined;
  /** Whether the pod's users are those of the node. */
  readonly sharesUsers: boolean;
}

const resizable = ['cpu', 'memory'];
const resizePolicies = ['NotRequired', 'RestartContainer'];
const messagePolicies = ['File', 'FallbackToLogsOnError'];

/** Upstream tells of the list, and not which element of it is wrong. */
function validateResizePolicies(
  policies: readonly ContainerResizePolicy[],
  podRestartPolicy: string | undefined,
  field: string,
): FieldError[] {
  const seen = new Set<string>();
  return policies.flatMap(({ resourceName, restartPolicy }, index) => {
    const errors: FieldError[] = [];
    if (seen.has(resourceName)) errors.push(duplicate(`${field}[${index}]`, resourceName));
    seen.add(resourceName);
    errors.push(...validateEnum(field, resourceName, resizable));
    errors.push(...validateEnum(field, restartPolicy, resizePolicies));
    if (podRestartPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      const why = "must be 'NotRequired' when `restartPolicy` is 'Never'";
      errors.push(invalid(field, restartPolicy, why));
    }
    return errors;
  });
}

/** What holds for containers of every kind. */
export function validateContainer(
  container: Container | EphemeralContainer,
  scope: ContainerScope,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const { name, image = '', terminationMessagePolicy, imagePullPolicy, resizePolicy } = container;
  if (name === '') errors.push(required(`${field}.name`));
  else errors.push(...problemsAt(`${field}.name`, name, dns1123LabelProblems(name)));
  if (image === '') errors.push(required(`${field}.image`));
  if (!messagePolicies.includes(terminationMessagePolicy ?? '')) {
    const at = `${field}.terminationMessagePolicy`;
    errors.push(...validateEnumInOrder(at, terminationMessagePolicy, messagePolicies));
  }
  errors.push(
    ...validatePorts(container.ports, `${field}.ports`),
    ...validateEnv(container.env, `${field}.env`),
    ...validateEnvFrom(container.envFrom, `${field}.envFrom`),
    ...validateMounts(container, scope.volumes, `${field}.volumeMounts`),
    ...validateDevices(container.volumeDevices, container, scope.volumes, `${field}.volumeDevices`),
  );
  if (!pullPolicies.includes(imagePullPolicy ?? '')) {
    errors.push(...validateEnum(`${field}.imagePullPolicy`, imagePullPolicy, pullPolicies));
  }
  errors.push(...validateResources(container.resources, scope.claims, `${field}.resources`));
  if (resizePolicy !== undefined) {
    const at = `${field}.resizePolicy`;
    errors.push(...validateResizePolicies(resizePolicy, scope.restartPolicy, at));
  }
  const { securityContext } = container;
  if (securityContext !== undefined) {
    const at = `${field}.securityContext`;
    errors.push(...validateSecurityContext(securityContext, scope.sharesUsers, at));
  }
  return errors;
}

const once = { mustSucceedOnce: true, mayEndContainer: true };
const anyTimes = { mustSucceedOnce: false, mayEndContainer: false };

function validateHooksAndProbes(
  { lifecycle, livenessProbe, readinessProbe, startupProbe }: Container,
  graceSeconds: number | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (lifecycle !== undefined) {
    errors.push(...validateLifecycle(lifecycle, graceSeconds, `${field}.lifecycle`));
  }
  if (livenessProbe !== undefined) {
    errors.push(...validateProbe(livenessProbe, `${field}.livenessProbe`, once));
  }
  if (readinessProbe !== undefined) {
    errors.push(...validateProbe(readinessProbe, `${field}.readinessProbe`, anyTimes));
  }
  if (startupProbe !== undefined) {
    errors.push(...validateProbe(startupProbe, `${field}.startupProbe`, once));
  }
  return errors;
}

const initOnly = 'may not be set for init containers without restartPolicy=Always';
const refusedOfInit = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function validateInitContainer(
  container: Container,
  scope: ContainerScope,
  field: string,
): FieldError[] {
  const { restartPolicy, resizePolicy = [] } = container;
  const errors: FieldError[] = [];
  if (isSidecar(container)) {
    errors.push(...validateHooksAndProbes(container, scope.graceSeconds, field));
  } else {
    for (const key of refusedOfInit) {
      if (container[key] !== undefined) errors.push(forbidden(`${field}.${key}`, initOnly));
    }
  }
  if (restartPolicy !== undefined && !isSidecar(container)) {
    errors.unshift(notSupported(`${field}.restartPolicy`, restartPolicy, ['Always']));
  }
  if (resizePolicy.length > 0) {
    const why = 'must not be set for init containers';
    errors.push(invalid(`${field}.resizePolicy`, goStruct('[]core.ContainerResizePolicy'), why));
  }
  return errors;
}

export function validateContainers(
  spec: PodSpec,
  scope: ContainerScope,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const at = `${field}.containers`;
  if (spec.containers.length === 0) errors.push(required(at));
  const names = new Set<string>();
  spec.containers.forEach((container, index) => {
    const here = `${at}[${index}]`;
    errors.push(...validateContainer(container, scope, here));
    if (names.has(container.name)) errors.push(duplicate(`${here}.name`, container.name));
    names.add(container.name);
    errors.push(...validateHooksAndProbes(container, scope.graceSeconds, here));
    if (container.restartPolicy !== undefined) {
      errors.push(forbidden(`${here}.restartPolicy`, 'may not be set for non-init containers'));
    }
  });
  errors.push(...validateHostPorts(spec.containers, at));
  spec.initContainers?.forEach((container, index) => {
    const here = `${field}.initContainers[${index}]`;
    errors.push(...validateContainer(container, scope, here));
    if (names.has(container.name)) errors.push(duplicate(`${here}.name`, container.name));
    if (container.name !== '') names.add(container.name);
    // They run one by one, so only their own ports may collide.
    errors.push(...validateHostPorts([container], `${field}.initContainers`));
    errors.push(...validateInitContainer(container, scope, here));
  });
  return errors;
}

/** Templates may name images with blanks around them, which some take for a sign of their own. */
export function validateTrimmedImages(
  containers: readonly (Container | EphemeralContainer)[] | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  containers?.forEach(({ image = '' }, index) => {
    if (image === image.trim()) return;
    const why = 'must not have leading or trailing whitespace';
    errors.push(invalid(`${field}[${index}].image`, image, why));
  });
  return errors;
}

const restartPolicies = ['Always', 'OnFailure', 'Never'];

export function validateRestartPolicy(policy: string | undefined, field: string): FieldError[] {
  if (policy === undefined || policy === '') return [required(field)];
  return restartPolicies.includes(policy)
    ? []
    : [notSupportedInOrder(field, policy, restartPolicies)];
}
