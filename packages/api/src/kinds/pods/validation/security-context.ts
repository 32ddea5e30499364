/** As whom, and with which rights, containers run. */
import {
  duplicate,
  invalid,
  notSupported,
  notSupportedInOrder,
  required,
} from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type {
  PodSecurityContext,
  PodSpec,
  SecurityContext,
  Sysctl,
} from '../../../generated/types.ts';
import { goStruct } from '../../../go-literal.ts';
import { validateAppArmorProfile, validateSeccompProfile } from './security-profiles.ts';
import { validateWindowsOptions } from './windows-options.ts';

const idMax = 2_147_483_647;

export function validateId(field: string, id: number | undefined): FieldError[] {
  return id === undefined || (id >= 0 && id <= idMax)
    ? []
    : [invalid(field, id, `must be between 0 and ${idMax}, inclusive`)];
}

/** Rights that a container cannot gain, and such as it has already. */
function validateEscalation(context: SecurityContext, field: string): FieldError[] {
  if (context.allowPrivilegeEscalation !== false) return [];
  const errors: FieldError[] = [];
  const refuse = (what: string) => {
    const why = `cannot set \`allowPrivilegeEscalation\` to false and ${what}`;
    errors.push(invalid(field, goStruct('core.SecurityContext'), why));
  };
  if (context.privileged === true) refuse('`privileged` to true');
  if (context.capabilities?.add?.includes('CAP_SYS_ADMIN') === true) {
    refuse('`capabilities.Add` CAP_SYS_ADMIN');
  }
  return errors;
}

const procMounts = ['Default', 'Unmasked'];

function validateProcMount(procMount: string, sharesUsers: boolean, field: string): FieldError[] {
  if (!procMounts.includes(procMount)) return [notSupportedInOrder(field, procMount, procMounts)];
  return sharesUsers && procMount === 'Unmasked'
    ? [invalid(field, procMount, '`hostUsers` must be false to use `Unmasked`')]
    : [];
}

/** @param sharesUsers whether the pod's users are those of the node */
export function validateSecurityContext(
  context: SecurityContext | undefined,
  sharesUsers: boolean,
  field: string,
): FieldError[] {
  if (context === undefined) return [];
  const { procMount, seccompProfile, windowsOptions, appArmorProfile } = context;
  const errors = validateId(`${field}.runAsUser`, context.runAsUser);
  errors.push(...validateId(`${field}.runAsGroup`, context.runAsGroup));
  if (procMount !== undefined) {
    errors.push(...validateProcMount(procMount, sharesUsers, `${field}.procMount`));
  }
  if (seccompProfile !== undefined) {
    errors.push(...validateSeccompProfile(seccompProfile, `${field}.seccompProfile`));
  }
  errors.push(...validateEscalation(context, field));
  if (windowsOptions !== undefined) {
    errors.push(...validateWindowsOptions(windowsOptions, `${field}.windowsOptions`));
  }
  if (appArmorProfile !== undefined) {
    errors.push(...validateAppArmorProfile(appArmorProfile, `${field}.appArmorProfile`));
  }
  return errors;
}

const sysctlLengthMax = 253;
const sysctlSegmentText = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const sysctlText = `^(${sysctlSegmentText}[\\./])*${sysctlSegmentText}$`;
const sysctlSegment = /^[a-z0-9](?:[-_a-z0-9]*[a-z0-9])?$/;

const isSysctlName = (name: string) =>
  name.length <= sysctlLengthMax && name.split(/[./]/).every((part) => sysctlSegment.test(part));

const ipcSysctls = new Set([
  'kernel.msg',
  'kernel.msgmax',
  'kernel.msgmnb',
  'kernel.msgmni',
  'kernel.sem',
  'kernel.shm',
  'kernel.shm_rmid_forced',
  'kernel.shmall',
  'kernel.shmmax',
  'kernel.shmmni',
]);

/** Which of the namespaces that a pod may share with its node a setting belongs to. */
function namespaceOf(sysctl: string): 'net' | 'ipc' | undefined {
  // A name may be written with slashes for dots, and then with dots for slashes.
  const isSlashed = /^[^./]*\//.test(sysctl);
  const name = isSlashed ? sysctl.replace(/[./]/g, (one) => (one === '.' ? '/' : '.')) : sysctl;
  if (name.startsWith('net.')) return 'net';
  return ipcSysctls.has(name) || name.startsWith('fs.mqueue.') ? 'ipc' : undefined;
}

function validateSysctls(
  sysctls: readonly Sysctl[],
  { hostNetwork, hostIPC }: PodSpec,
  field: string,
): FieldError[] {
  const names = new Set<string>();
  return sysctls.flatMap(({ name }, index) => {
    const at = `${field}[${index}].name`;
    const errors: FieldError[] = [];
    if (name === '') errors.push(required(at));
    else if (!isSysctlName(name)) {
      const why = `must have at most ${sysctlLengthMax} characters and match regex ${sysctlText}`;
      errors.push(invalid(at, name, why));
    } else if (names.has(name)) errors.push(duplicate(at, name));
    const namespace = namespaceOf(name);
    if (hostNetwork === true && namespace === 'net') {
      errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    } else if (hostIPC === true && namespace === 'ipc') {
      errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    }
    names.add(name);
    return errors;
  });
}

function validateIds(context: PodSecurityContext, field: string): FieldError[] {
  return [
    ...validateId(`${field}.fsGroup`, context.fsGroup),
    ...validateId(`${field}.runAsUser`, context.runAsUser),
    ...validateId(`${field}.runAsGroup`, context.runAsGroup),
    ...(context.supplementalGroups ?? []).flatMap((group, index) =>
      validateId(`${field}.supplementalGroups[${index}]`, group),
    ),
  ];
}

const policies = {
  fsGroupChangePolicy: ['Always', 'OnRootMismatch'],
  supplementalGroupsPolicy: ['Merge', 'Strict'],
  seLinuxChangePolicy: ['MountOption', 'Recursive'],
} as const;

function validatePolicies(context: PodSecurityContext, field: string): FieldError[] {
  return (Object.keys(policies) as (keyof typeof policies)[]).flatMap((key) => {
    const value: string | undefined = context[key];
    const supported: readonly string[] = policies[key];
    if (value === undefined || supported.includes(value)) return [];
    return [notSupported(`${field}.${key}`, value, supported)];
  });
}

/** Most pods say nothing of it: what defaulting writes there is empty. */
function isEmpty(context: PodSecurityContext): boolean {
  for (const _key in context) return false;
  return true;
}

/** @param field of the security context */
export function validatePodSecurity(spec: PodSpec, field: string): FieldError[] {
  const { securityContext: context, shareProcessNamespace, hostPID } = spec;
  const errors: FieldError[] = [];
  if (shareProcessNamespace === true && hostPID === true) {
    const why = 'ShareProcessNamespace and HostPID cannot both be enabled';
    errors.push(invalid(`${field}.shareProcessNamespace`, true, why));
  }
  if (context === undefined || isEmpty(context)) return errors;
  const { sysctls, seccompProfile, windowsOptions, appArmorProfile } = context;
  errors.unshift(...validateIds(context, field));
  if (sysctls !== undefined) errors.push(...validateSysctls(sysctls, spec, `${field}.sysctls`));
  if (seccompProfile !== undefined) {
    errors.push(...validateSeccompProfile(seccompProfile, `${field}.seccompProfile`));
  }
  if (windowsOptions !== undefined) {
    errors.push(...validateWindowsOptions(windowsOptions, `${field}.windowsOptions`));
  }
  if (appArmorProfile !== undefined) {
    errors.push(...validateAppArmorProfile(appArmorProfile, `${field}.appArmorProfile`));
  }
  return [...errors, ...validatePolicies(context, field)];
}
