/** What a pod for one operating system may not ask for, and containers that are processes of the node. */
import { forbidden, invalid, notSupported, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { PodSpec, SecurityContext } from '../../../generated/types.ts';
import { containersOf } from './every-container.ts';

const names = ['linux', 'windows'];
const notOnWindows = 'cannot be set for a windows pod';

function validateLinux(spec: PodSpec, field: string): FieldError[] {
  const why = 'windows options cannot be set for a linux pod';
  const errors: FieldError[] = [];
  if (spec.securityContext?.windowsOptions !== undefined) {
    errors.push(forbidden(`${field}.securityContext.windowsOptions`, why));
  }
  for (const { container, at } of containersOf(spec, field)) {
    if (container.securityContext?.windowsOptions === undefined) continue;
    errors.push(forbidden(`${at}.securityContext.windowsOptions`, why));
  }
  return errors;
}

/** In upstream's order; the others are fields of the spec. */
const refusedOfPod = [
  'appArmorProfile',
  'seLinuxOptions',
  ...(['hostUsers', 'hostPID', 'hostIPC'] as const),
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'shareProcessNamespace',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
] as const;
const refusedOfContainers: readonly (keyof SecurityContext)[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
];

function isGiven(spec: PodSpec, key: (typeof refusedOfPod)[number]): boolean {
  switch (key) {
    case 'hostPID':
    case 'hostIPC':
      return spec[key] === true;
    case 'hostUsers':
    case 'shareProcessNamespace':
      return spec[key] !== undefined;
    default:
      return spec.securityContext?.[key] !== undefined;
  }
}

const specKeys: ReadonlySet<string> = new Set([
  'hostIPC',
  'hostPID',
  'hostUsers',
  'shareProcessNamespace',
]);

function validateWindows(spec: PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of refusedOfPod) {
    if (!isGiven(spec, key)) continue;
    const at = specKeys.has(key) ? `${field}.${key}` : `${field}.securityContext.${key}`;
    errors.push(forbidden(at, notOnWindows));
  }
  for (const { container, at } of containersOf(spec, field)) {
    const context = container.securityContext;
    if (context === undefined) continue;
    for (const key of refusedOfContainers) {
      if (context[key] === undefined) continue;
      errors.push(forbidden(`${at}.securityContext.${key}`, notOnWindows));
    }
  }
  return errors;
}

export function validateOS(spec: PodSpec, field: string): FieldError[] {
  const { os } = spec;
  if (os === undefined) return [];
  if (os.name === '') return [required(`${field}.os.name`, 'cannot be empty')];
  if (!names.includes(os.name)) return [notSupported(`${field}.os`, os.name, names)];
  return os.name === 'linux' ? validateLinux(spec, field) : validateWindows(spec, field);
}

/** Of a pod's containers either all or none are processes of a Windows node. */
export function validateHostProcesses(spec: PodSpec, field: string): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const errors: FieldError[] = [];
  let count = 0;
  let hostProcessCount = 0;
  for (const { container, at } of containersOf(spec, field)) {
    count += 1;
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const why = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
      errors.push(invalid(`${at}.securityContext.windowsOptions.hostProcess`, own, why));
    }
    if (own ?? ofPod ?? false) hostProcessCount += 1;
  }
  if (hostProcessCount === 0) return errors;
  if (hostProcessCount !== count) {
    const why =
      'If pod contains any hostProcess containers then all containers must be HostProcess containers';
    errors.push(invalid(field, '', why));
  }
  if (spec.hostNetwork !== true) {
    const why = 'hostNetwork must be true if pod contains any hostProcess containers';
    errors.push(invalid(`${field}.hostNetwork`, false, why));
  }
  return errors;
}

/** Users of its own go with no other namespace of the node. */
export function validateHostUsers(spec: PodSpec, field: string): FieldError[] {
  if (spec.hostUsers !== false) return [];
  const why = 'when `pod.Spec.HostUsers` is false';
  const errors: FieldError[] = [];
  if (spec.hostNetwork === true) errors.push(forbidden(`${field}.hostNetwork`, why));
  if (spec.hostPID === true) errors.push(forbidden(`${field}.HostPID`, why));
  if (spec.hostIPC === true) errors.push(forbidden(`${field}.HostIPC`, why));
  return errors;
}
