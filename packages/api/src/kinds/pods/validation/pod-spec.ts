/**
 * The spec of a pod or of a template. Source: upstream's ValidatePodSpec.
 *
 * It is on the way of every create: what a pod does not say costs a comparison, and no list is made for it.
 */
import { duplicate, forbidden } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { HostAlias, Pod, PodSpec } from '../../../generated/types.ts';
import { defaultNameProblems, problemsAt, validateLabels } from '../../../metadata.ts';
import { dns1123LabelProblems, qualifiedNameProblems } from '../../../names.ts';
import { validateEnumInOrder } from '../../shared/enum-validation.ts';
import { validateIP } from '../../shared/ip-addresses.ts';
import { validateRange } from '../../shared/volume-sources.ts';
import { validateAffinity } from './affinity.ts';
import { validatePodAnnotations } from './annotations.ts';
import { validateHostNetworkPorts } from './container-ports.ts';
import { validateContainers, validateRestartPolicy, validateTrimmedImages } from './containers.ts';
import { validateDns } from './dns.ts';
import { validateEphemeralContainers } from './ephemeral-containers.ts';
import { validateHostProcesses, validateHostUsers, validateOS } from './pod-os.ts';
import { claimNamesOf, validateResourceClaims } from './resource-claims.ts';
import { validateResources } from './resources.ts';
import { validatePodSecurity } from './security-context.ts';
import { validateSpreading } from './spreading.ts';
import { validateTolerations } from './tolerations.ts';
import { validateVolumes } from './volumes.ts';

const deadlineRange = { min: 1, max: 2_147_483_647 };
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const preemptionPolicies = ['PreemptLowerPriority', 'Never'];

/** Names, empty where the pod has none. */
const names = [
  ['serviceAccountName', defaultNameProblems],
  ['nodeName', defaultNameProblems],
  ['hostname', dns1123LabelProblems],
  ['subdomain', dns1123LabelProblems],
  ['priorityClassName', defaultNameProblems],
] as const;

function validateNames(spec: PodSpec, field: string, errors: FieldError[]): void {
  for (const [key, problemsOf] of names) {
    const name = spec[key] ?? '';
    if (name === '') continue;
    const problems = problemsOf(name);
    if (problems.length > 0) errors.push(...problemsAt(`${field}.${key}`, name, problems));
  }
  const { runtimeClassName: name } = spec;
  if (name === undefined) return;
  errors.push(...problemsAt(`${field}.runtimeClassName`, name, defaultNameProblems(name)));
}

function validateHostAliases(aliases: readonly HostAlias[], field: string): FieldError[] {
  return aliases.flatMap(({ ip, hostnames = [] }, index) => [
    ...validateIP(ip, `${field}[${index}].ip`),
    ...hostnames.flatMap((name, position) =>
      problemsAt(`${field}[${index}].hostnames[${position}]`, name, defaultNameProblems(name)),
    ),
  ]);
}

/** What must be so before a pod counts as ready, and before it is scheduled. */
function validateGates({ readinessGates, schedulingGates }: PodSpec, field: string): FieldError[] {
  const errors: FieldError[] = [];
  readinessGates?.forEach(({ conditionType }, index) => {
    const at = `${field}.readinessGates[${index}].conditionType`;
    errors.push(...problemsAt(at, conditionType, qualifiedNameProblems(conditionType)));
  });
  const seen = new Set<string>();
  schedulingGates?.forEach(({ name }, index) => {
    const at = `${field}.schedulingGates[${index}]`;
    errors.push(...problemsAt(at, name, qualifiedNameProblems(name)));
    if (seen.has(name)) errors.push(duplicate(at, name));
    seen.add(name);
  });
  return errors;
}

function validatePlacement(spec: PodSpec, field: string, errors: FieldError[]): void {
  if (spec.nodeSelector !== undefined) {
    errors.push(...validateLabels(spec.nodeSelector, `${field}.nodeSelector`));
  }
  if (spec.affinity !== undefined) {
    errors.push(...validateAffinity(spec.affinity, `${field}.affinity`));
  }
  if (spec.topologySpreadConstraints !== undefined) {
    const at = `${field}.topologySpreadConstraints`;
    errors.push(...validateSpreading(spec.topologySpreadConstraints, at));
  }
  if (spec.tolerations !== undefined) {
    errors.push(...validateTolerations(spec.tolerations, `${field}.tolerations`));
  }
  if (spec.preemptionPolicy !== undefined) {
    const at = `${field}.preemptionPolicy`;
    errors.push(...validateEnumInOrder(at, spec.preemptionPolicy, preemptionPolicies));
  }
  if (spec.overhead !== undefined) {
    const amounts = { limits: spec.overhead };
    errors.push(...validateResources(amounts, noClaims, `${field}.overhead`));
  }
}

const noClaims: ReadonlySet<string> = new Set();

function validateWhole(spec: PodSpec, field: string, isPod: boolean): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.hostNetwork === true) {
    errors.push(...validateHostNetworkPorts(spec.containers, isPod, `${field}.containers`));
  }
  errors.push(
    ...validateRestartPolicy(spec.restartPolicy, `${field}.restartPolicy`),
    ...validateEnumInOrder(`${field}.dnsPolicy`, spec.dnsPolicy, dnsPolicies),
    ...validatePodSecurity(spec, `${field}.securityContext`),
    ...validateDns(spec, `${field}.dnsConfig`),
  );
  if (spec.readinessGates !== undefined || spec.schedulingGates !== undefined) {
    errors.push(...validateGates(spec, field));
  }
  validatePlacement(spec, field, errors);
  errors.push(...validateHostProcesses(spec, field), ...validateHostUsers(spec, field));
  validateNames(spec, field, errors);
  const { activeDeadlineSeconds: deadline, hostAliases } = spec;
  errors.push(...validateRange(deadline, `${field}.activeDeadlineSeconds`, deadlineRange));
  if (hostAliases !== undefined) {
    errors.push(...validateHostAliases(hostAliases, `${field}.hostAliases`));
  }
  errors.push(...validateOS(spec, field));
  return errors;
}

/** @param podName empty in a template */
export function validatePodSpec(spec: PodSpec, field: string, podName = ''): FieldError[] {
  const { sound, errors: volumeErrors } = validateVolumes(
    spec.volumes,
    `${field}.volumes`,
    podName,
  );
  const scope = {
    volumes: sound,
    claims: spec.resourceClaims === undefined ? noClaims : claimNamesOf(spec.resourceClaims),
    restartPolicy: spec.restartPolicy,
    graceSeconds: spec.terminationGracePeriodSeconds,
    sharesUsers: spec.hostUsers !== false,
  };
  const errors = [...volumeErrors];
  if (spec.resourceClaims !== undefined) {
    errors.push(...validateResourceClaims(spec.resourceClaims, `${field}.resourceClaims`));
  }
  errors.push(...validateContainers(spec, scope, field));
  if (spec.ephemeralContainers !== undefined) {
    errors.push(...validateEphemeralContainers(spec, scope, field));
  }
  errors.push(...validateWhole(spec, field, podName !== ''));
  return errors;
}

/** A token is one of the account that the pod runs as. */
function validateTokens({ serviceAccountName = '', volumes }: PodSpec): FieldError[] {
  if (serviceAccountName !== '' || volumes === undefined) return [];
  return volumes.flatMap(({ projected }, index) =>
    (projected?.sources ?? []).flatMap(({ serviceAccountToken }, position) => {
      if (serviceAccountToken === undefined) return [];
      const at = `spec.volumes[${index}].projected.sources[${position}].serviceAccountToken`;
      return [forbidden(at, 'must not be specified when serviceAccountName is not set')];
    }),
  );
}

/** What holds for a pod whenever it is written. */
export function validatePod({ metadata, spec }: Pod): FieldError[] {
  return [
    ...validatePodAnnotations(metadata.annotations, spec, 'metadata.annotations'),
    ...validatePodSpec(spec, 'spec', metadata.name),
    ...validateTokens(spec),
    ...validateTrimmedImages(spec.containers, 'spec.containers'),
    ...validateTrimmedImages(spec.initContainers, 'spec.initContainers'),
  ];
}

/** What holds for a pod only when it is made. */
export function validateNewPod({ spec }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  // They come through their subresource, into a pod that is there.
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if ((spec.schedulingGates ?? []).length > 0 && (spec.nodeName ?? '') !== '') {
    const why = 'cannot be set until all schedulingGates have been cleared';
    errors.push(forbidden('spec.nodeName', why));
  }
  return errors;
}
