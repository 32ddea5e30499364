/** What nodes may say of a pod. Source: upstream's ValidatePodStatusUpdate. */
import { duplicate, forbidden, invalid, notSupported } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  Container,
  ContainerStatus,
  Pod,
  PodStatus,
  ResourceStatus,
} from '../../../generated/types.ts';
import { goStruct } from '../../../go-literal.ts';
import { defaultNameProblems, problemsAt, validateImmutable } from '../../../metadata.ts';
import { isIPv6, qualifiedNameProblems } from '../../../names.ts';
import { isSidecar } from '../../../pod.ts';
import { validateIP } from '../../shared/ip-addresses.ts';
import { validateFixedAnnotations, validatePodAnnotations } from './annotations.ts';
import { validateId } from './security-context.ts';

type StatusKey = 'containerStatuses' | 'initContainerStatuses' | 'ephemeralContainerStatuses';

const systemConditions = new Set(['Initialized', 'PodScheduled', 'Ready']);

function validateConditions({ conditions = [] }: PodStatus): FieldError[] {
  return conditions.flatMap(({ type }, index) =>
    systemConditions.has(type)
      ? []
      : problemsAt(`metadata.conditions[${index}].Type`, type, qualifiedNameProblems(type)),
  );
}

/** A container that has ended for good stays so. @param runsAgain of one that ended so */
function validateTransitions(
  key: StatusKey,
  now: PodStatus,
  old: PodStatus,
  runsAgain: (name: string, exitCode: number) => boolean,
): FieldError[] {
  return (old[key] ?? []).flatMap(({ name, state }, index) => {
    const ended = state?.terminated;
    if (ended === undefined || runsAgain(name, ended.exitCode)) return [];
    return (now[key] ?? [])
      .filter((status) => status.name === name && status.state?.terminated === undefined)
      .map(() => {
        const why = 'may not be transitioned to non-terminated state';
        return forbidden(`status.${key}[${index}].state`, why);
      });
  });
}

function validateAllTransitions(pod: Pod, old: Pod): FieldError[] {
  const { restartPolicy, initContainers = [] } = old.spec;
  const runsAgain = (exitCode: number) =>
    restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0);
  const isRestartable = (name: string) => {
    const container = initContainers.find((one) => one.name === name);
    return container !== undefined && isSidecar(container);
  };
  return [
    ...validateTransitions('containerStatuses', pod.status, old.status, (_name, exitCode) =>
      runsAgain(exitCode),
    ),
    ...validateTransitions(
      'initContainerStatuses',
      pod.status,
      old.status,
      (name, exitCode) => runsAgain(exitCode) || isRestartable(name),
    ),
    ...validateTransitions('ephemeralContainerStatuses', pod.status, old.status, () => false),
  ];
}

interface WithAddress {
  readonly ip?: string;
}

/** One address of each family, at most. @param type the Go type of the elements */
function validateAddresses(
  addresses: readonly WithAddress[],
  type: string,
  field: string,
): FieldError[] {
  const texts = addresses.map(({ ip = '' }) => ip);
  const errors = texts.flatMap((ip, index) => validateIP(ip, `${field}[${index}]`));
  if (texts.length < 2) return errors;
  const isDualStack = texts.some(isIPv6) && texts.some((ip) => !isIPv6(ip));
  if (!isDualStack || texts.length > 2) {
    const why = 'may specify no more than one IP for each IP family';
    errors.push(invalid(field, goStruct(`[]${type}`), why));
  }
  const seen = new Set<string>();
  texts.forEach((ip, index) => {
    const shown = { goLiteral: `${type}{IP:"${ip}"}` };
    if (seen.has(ip)) errors.push(duplicate(`${field}[${index}]`, shown));
    seen.add(ip);
  });
  return errors;
}

function validateHostAddresses({ hostIP = '', hostIPs = [] }: PodStatus): FieldError[] {
  const [first] = hostIPs;
  if (first === undefined) return [];
  const field = 'status.hostIPs';
  const errors =
    hostIP === first.ip ? [] : [invalid(`${field}[0].ip`, first.ip, 'must be equal to `hostIP`')];
  return [...errors, ...validateAddresses(hostIPs, 'core.HostIP', field)];
}

const healths = ['Healthy', 'Unhealthy', 'Unknown'];
const claimPrefix = 'claim:';

/** Whether the container asks for what its status says it was given. */
function isAskedFor(name: string, { resources = {} }: Container): boolean {
  if (!name.startsWith(claimPrefix)) return resources.requests?.[name] !== undefined;
  return (resources.claims ?? []).some(({ name: claim, request = '' }) => {
    const text = request === '' ? claim : `${claim}/${request}`;
    return name === `${claimPrefix}${text}`;
  });
}

function validateHealth({ resources = [] }: ResourceStatus, at: string): FieldError[] {
  const seen = new Set<string>();
  return resources.flatMap(({ resourceID, health = '' }, index) => {
    const field = `${at}.resources[${index}]`;
    const errors: FieldError[] = [];
    if (!healths.includes(health)) errors.push(notSupported(`${field}.health`, health, healths));
    if (seen.has(resourceID)) errors.push(duplicate(`${field}.resourceID`, resourceID));
    seen.add(resourceID);
    return errors;
  });
}

function validateAllocated(
  { name, allocatedResourcesStatus = [] }: ContainerStatus,
  containers: readonly Container[],
  at: string,
): FieldError[] {
  const container = containers.find((one) => one.name === name);
  return allocatedResourcesStatus.flatMap((status, index) => {
    const field = `${at}.allocatedResourcesStatus[${index}]`;
    const errors: FieldError[] = [];
    if (container !== undefined && !isAskedFor(status.name, container)) {
      const why = status.name.startsWith(claimPrefix)
        ? "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
        : "must match one of the container's resource requests";
      errors.push(invalid(`${field}.name`, status.name, why));
    }
    return [...errors, ...validateHealth(status, field)];
  });
}

function validateUser({ user }: ContainerStatus, isWindows: boolean, at: string): FieldError[] {
  if (user?.linux === undefined) return [];
  const field = `${at}.linux`;
  if (isWindows) return [forbidden(field, 'cannot be set for a windows pod')];
  const { uid, gid, supplementalGroups = [] } = user.linux;
  return [
    ...validateId(`${field}.uid`, uid),
    ...validateId(`${field}.gid`, gid),
    ...supplementalGroups.flatMap((group, index) =>
      validateId(`${field}.supplementalGroups[${index}]`, group),
    ),
  ];
}

function validateStatuses({ spec, status }: Pod): FieldError[] {
  const isWindows = spec.os?.name === 'windows';
  const users = (key: StatusKey) =>
    (status[key] ?? []).flatMap((one, index) =>
      validateUser(one, isWindows, `status.${key}[${index}]`),
    );
  const allocated = (key: StatusKey, containers: readonly Container[]) =>
    (status[key] ?? []).flatMap((one, index) =>
      validateAllocated(one, containers, `status.${key}[${index}]`),
    );
  return [
    ...users('containerStatuses'),
    ...users('initContainerStatuses'),
    ...users('ephemeralContainerStatuses'),
    ...allocated('containerStatuses', spec.containers),
    ...allocated('initContainerStatuses', spec.initContainers ?? []),
    ...(status.ephemeralContainerStatuses ?? []).flatMap((one, index) =>
      (one.allocatedResourcesStatus ?? []).length === 0
        ? []
        : [
            forbidden(
              `status.ephemeralContainerStatuses[${index}].allocatedResourcesStatus`,
              'must not be specified in container status',
            ),
          ],
    ),
  ];
}

function validateClaimStatuses({ spec, status }: Pod): FieldError[] {
  const seen = new Set<string>();
  return (status.resourceClaimStatuses ?? []).flatMap(({ name, resourceClaimName }, index) => {
    const field = `status.resourceClaimStatuses[${index}].name`;
    const errors: FieldError[] = [];
    if (spec.resourceClaims?.some((claim) => claim.name === name) !== true) {
      const why = 'must match the name of an entry in `spec.resourceClaims`';
      errors.push(invalid(field, name, why));
    }
    if (seen.has(name)) errors.push(duplicate(field, name));
    seen.add(name);
    if (resourceClaimName !== undefined) {
      const problems = defaultNameProblems(resourceClaimName);
      errors.push(...problemsAt(field, resourceClaimName, problems));
    }
    return errors;
  });
}

export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const { metadata, spec, status } = pod;
  const errors = [
    ...validateFixedAnnotations(metadata.annotations, old.metadata.annotations),
    ...validatePodAnnotations(metadata.annotations, spec, 'metadata.annotations'),
    ...validateConditions(status),
  ];
  const { nominatedNodeName: nominated = '' } = status;
  if (nominated !== '' && nominated !== old.status.nominatedNodeName) {
    const problems = defaultNameProblems(nominated);
    errors.push(...problemsAt('status.nominatedNodeName', nominated, problems));
  }
  return [
    ...errors,
    ...validateImmutable('status.qosClass', status.qosClass, old.status.qosClass),
    ...validateAllTransitions(pod, old),
    ...validateClaimStatuses(pod),
    ...validateAddresses(status.podIPs ?? [], 'core.PodIP', 'status.podIPs'),
    ...validateHostAddresses(status),
    ...validateStatuses(pod),
  ];
}
