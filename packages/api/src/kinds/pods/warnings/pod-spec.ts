/**
 * What a pod or a template of pods is told although it is valid: what is deprecated, what does nothing,
 * what is there twice. Source: upstream's pkg/api/pod/warnings.go.
 */
import type { Affinity, Container, ObjectMeta, PodSpec } from '../../../generated/types.ts';
import { nodeLabelWarning, nodeTermWarnings } from '../../shared/node-labels.ts';
import { fractionWarnings } from '../../shared/warnings.ts';
import { envWarnings, portWarnings } from './containers.ts';
import { volumeWarnings } from './volumes.ts';

const deprecatedAnnotations: Readonly<Record<string, string>> = {
  'scheduler.alpha.kubernetes.io/critical-pod':
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  'security.alpha.kubernetes.io/sysctls':
    'non-functional in v1.11+; use the "sysctls" field instead',
  'security.alpha.kubernetes.io/unsafe-sysctls':
    'non-functional in v1.11+; use the "sysctls" field instead',
};
const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainerAnnotation = 'container.seccomp.security.alpha.kubernetes.io/';
const appArmorAnnotation = 'container.apparmor.security.beta.kubernetes.io/';
const byteResources = ['memory', 'ephemeral-storage'];
const matchesNothing = 'a null labelSelector results in matching no pod';

export interface PodLike {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec: PodSpec;
}

/** @param field of the template, or empty for a pod */
export function podWarnings({ metadata, spec }: PodLike, field: string): string[] {
  const prefix = field === '' ? '' : `${field}.`;
  const at = `${prefix}spec`;
  const annotations = metadata?.annotations ?? {};
  const annotationWarning = (key: string, why: string): string[] =>
    Object.hasOwn(annotations, key) ? [`${prefix}metadata.annotations[${key}]: ${why}`] : [];
  const seccomp = 'non-functional in v1.27+; use the "seccompProfile" field instead';
  const appArmor = 'deprecated since v1.30; use the "appArmorProfile" field instead';
  const { securityContext = {} } = spec;
  const ofContainers = containersOf(spec).flatMap(({ container, key, index }) => [
    ...(container.securityContext?.seccompProfile === undefined
      ? annotationWarning(`${seccompContainerAnnotation}${container.name}`, seccomp)
      : []),
    ...((container.securityContext?.appArmorProfile ?? securityContext.appArmorProfile) ===
    undefined
      ? annotationWarning(`${appArmorAnnotation}${container.name}`, appArmor)
      : []),
    ...containerWarnings(container, `${at}.${key}[${index}]`),
  ]);
  return [
    ...Object.keys(spec.nodeSelector ?? {}).flatMap((label) => {
      const why = nodeLabelWarning(label);
      return why === undefined ? [] : [`${at}.nodeSelector[${label}]: ${why}`];
    }),
    ...nodeAffinityWarnings(spec.affinity, `${at}.affinity.nodeAffinity`),
    ...spreadWarnings(spec, `${at}.topologySpreadConstraints`),
    ...Object.entries(deprecatedAnnotations).flatMap(([key, why]) => annotationWarning(key, why)),
    ...volumeWarnings(spec.volumes ?? [], `${at}.volumes`),
    ...repeated(spec.hostAliases, ({ ip }) => ip, 'ip', `${at}.hostAliases`),
    ...repeated(spec.imagePullSecrets, ({ name }) => name, 'name', `${at}.imagePullSecrets`),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name = '' }, index) =>
      name === '' ? [`${at}.imagePullSecrets[${index}].name: invalid empty name ""`] : [],
    ),
    ...fractionWarnings(spec.overhead, byteResources, `${at}.overhead`),
    ...(securityContext.seccompProfile === undefined
      ? annotationWarning(seccompPodAnnotation, seccomp)
      : []),
    ...ofContainers,
    ...portWarnings(
      containersOf(spec).map(({ container, key, index }) => ({
        ports: container.ports,
        field: `${at}.${key}[${index}].ports`,
      })),
    ),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [
          `${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
        ]
      : []),
    ...podAffinityWarnings(spec.affinity, `${at}.affinity`),
  ];
}

interface Placed {
  readonly container: Container;
  readonly key: string;
  readonly index: number;
}

function containersOf(spec: PodSpec): Placed[] {
  return (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap((key) =>
    (spec[key] ?? []).map((container, index) => ({ container, key, index })),
  );
}

function containerWarnings({ resources, env }: Container, field: string): string[] {
  return [
    ...fractionWarnings(resources?.limits, ['memory'], `${field}.resources.limits`),
    ...fractionWarnings(resources?.requests, ['memory'], `${field}.resources.requests`),
    ...fractionWarnings(resources?.limits, ['ephemeral-storage'], `${field}.resources.limits`),
    ...fractionWarnings(resources?.requests, ['ephemeral-storage'], `${field}.resources.requests`),
    ...envWarnings(env ?? [], `${field}.env`),
  ];
}

function repeated<T>(
  items: readonly T[] | undefined,
  keyOf: (item: T) => string | undefined,
  key: string,
  field: string,
): string[] {
  const seen = new Set<string>();
  return (items ?? []).flatMap((item, index) => {
    const value = keyOf(item) ?? '';
    if (seen.has(value)) return [`${field}[${index}].${key}: duplicate ${key} "${value}"`];
    seen.add(value);
    return [];
  });
}

function nodeAffinityWarnings(affinity: Affinity | undefined, field: string): string[] {
  const {
    requiredDuringSchedulingIgnoredDuringExecution: required,
    preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
  } = affinity?.nodeAffinity ?? {};
  const terms = `${field}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
  const preferences = `${field}.preferredDuringSchedulingIgnoredDuringExecution`;
  return [
    ...(required?.nodeSelectorTerms ?? []).flatMap((term, index) =>
      nodeTermWarnings(term, `${terms}[${index}]`),
    ),
    ...preferred.flatMap(({ preference }, index) =>
      nodeTermWarnings(preference, `${preferences}[${index}].preference`),
    ),
  ];
}

function spreadWarnings({ topologySpreadConstraints = [] }: PodSpec, field: string): string[] {
  return topologySpreadConstraints.flatMap(({ topologyKey, labelSelector }, index) => {
    const at = `${field}[${index}]`;
    const why = nodeLabelWarning(topologyKey);
    return [
      ...(why === undefined ? [] : [`${at}.topologyKey: ${topologyKey} is ${why}`]),
      ...(labelSelector === undefined ? [`${at}.labelSelector: ${matchesNothing}`] : []),
    ];
  });
}

function podAffinityWarnings(affinity: Affinity | undefined, field: string): string[] {
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((key) => {
    const {
      requiredDuringSchedulingIgnoredDuringExecution: required = [],
      preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
    } = affinity?.[key] ?? {};
    const at = `${field}.${key}`;
    return [
      ...required.flatMap(({ labelSelector }, index) =>
        labelSelector === undefined
          ? [
              `${at}.requiredDuringSchedulingIgnoredDuringExecution[${index}].labelSelector: ${matchesNothing}`,
            ]
          : [],
      ),
      ...preferred.flatMap(({ podAffinityTerm }, index) =>
        podAffinityTerm.labelSelector === undefined
          ? [
              `${at}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm.labelSelector: ${matchesNothing}`,
            ]
          : [],
      ),
    ];
  });
}
