/** The spec of a pod or of a template. */
import { invalid, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { PodSpec } from '../../../generated/types.ts';
import { defaultNameProblems, problemsAt, validateLabels } from '../../../metadata.ts';
import {
  dns1123LabelProblems,
  dns1123SubdomainProblems,
  ipAddressProblem,
  isIP,
} from '../../../names.ts';
import { validateEnum } from '../../shared/enum-validation.ts';
import { validateContainers, validateId } from './containers.ts';
import { validateEphemeralContainers } from './ephemeral-containers.ts';
import { validateAffinity, validateSpreading, validateTolerations } from './scheduling.ts';
import { validateVolumes } from './volumes.ts';

const secondsMax = 2_147_483_647;

function validateNames(spec: PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const check = (
    key: string,
    value: string | undefined,
    problemsOf: (name: string) => string[],
  ) => {
    if (value !== undefined && value !== '') {
      errors.push(...problemsAt(`${field}.${key}`, value, problemsOf(value)));
    }
  };
  check('serviceAccountName', spec.serviceAccountName, defaultNameProblems);
  check('nodeName', spec.nodeName, defaultNameProblems);
  check('hostname', spec.hostname, dns1123LabelProblems);
  check('subdomain', spec.subdomain, dns1123LabelProblems);
  check('priorityClassName', spec.priorityClassName, dns1123SubdomainProblems);
  check('runtimeClassName', spec.runtimeClassName, dns1123SubdomainProblems);
  return errors;
}

function validateSecurity(spec: PodSpec, field: string): FieldError[] {
  const context = spec.securityContext ?? {};
  const at = `${field}.securityContext`;
  return [
    ...validateId(`${at}.runAsUser`, context.runAsUser),
    ...validateId(`${at}.runAsGroup`, context.runAsGroup),
    ...validateId(`${at}.fsGroup`, context.fsGroup),
    ...(context.supplementalGroups ?? []).flatMap((group, index) =>
      validateId(`${at}.supplementalGroups[${index}]`, group),
    ),
    ...(spec.shareProcessNamespace === true && spec.hostPID === true
      ? [
          invalid(
            `${field}.shareProcessNamespace`,
            true,
            'ShareProcessNamespace and HostPID cannot both be enabled',
          ),
        ]
      : []),
  ];
}

const nameserverCountMax = 3;

function validateDns({ dnsPolicy, dnsConfig }: PodSpec, field: string): FieldError[] {
  const at = `${field}.dnsConfig`;
  if (dnsConfig === undefined) {
    const why = 'must provide `dnsConfig` when `dnsPolicy` is None';
    return dnsPolicy === 'None' ? [required(at, why)] : [];
  }
  const nameservers = dnsConfig.nameservers ?? [];
  const errors: FieldError[] = [];
  if (dnsPolicy === 'None' && nameservers.length === 0) {
    const why = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    errors.push(required(`${at}.nameservers`, why));
  }
  if (nameservers.length > nameserverCountMax) {
    const why = `must not have more than ${nameserverCountMax} nameservers`;
    errors.push(invalid(`${at}.nameservers`, nameservers, why));
  }
  nameservers.forEach((address, index) => {
    if (!isIP(address)) {
      errors.push(invalid(`${at}.nameservers[${index}]`, address, ipAddressProblem));
    }
  });
  return errors;
}

export function validatePodSpec(spec: PodSpec, field: string): FieldError[] {
  const volumes = spec.volumes ?? [];
  const volumeNames = new Set(volumes.map(({ name }) => name));
  const errors = [
    ...validateVolumes(volumes, `${field}.volumes`),
    ...validateContainers(spec, volumeNames, field),
    ...validateEphemeralContainers(spec, volumeNames, field),
    ...validateEnum(`${field}.restartPolicy`, spec.restartPolicy, ['Always', 'Never', 'OnFailure']),
    ...validateEnum(`${field}.dnsPolicy`, spec.dnsPolicy, [
      'ClusterFirst',
      'ClusterFirstWithHostNet',
      'Default',
      'None',
    ]),
    ...validateDns(spec, field),
    ...validateLabels(spec.nodeSelector, `${field}.nodeSelector`),
    ...validateSecurity(spec, field),
    ...validateAffinity(spec.affinity, `${field}.affinity`),
    ...validateNames(spec, field),
    ...validateTolerations(spec.tolerations ?? [], `${field}.tolerations`),
    ...validateSpreading(
      spec.topologySpreadConstraints ?? [],
      `${field}.topologySpreadConstraints`,
    ),
  ];
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > secondsMax)) {
    const why = `must be between 1 and ${secondsMax}, inclusive`;
    errors.push(invalid(`${field}.activeDeadlineSeconds`, deadline, why));
  }
  for (const [index, { ip }] of (spec.hostAliases ?? []).entries()) {
    if (!isIP(ip)) errors.push(invalid(`${field}.hostAliases[${index}].ip`, ip, ipAddressProblem));
  }
  return errors;
}
