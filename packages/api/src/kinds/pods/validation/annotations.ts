/**
 * Annotations that mean something in a pod or a template: that it mirrors a static pod, what it costs
 * to delete it, and the profiles of seccomp and AppArmor that have fields by now.
 */
import { forbidden, invalid } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { AppArmorProfile, PodSpec, SeccompProfile } from '../../../generated/types.ts';
import { parseTolerations } from './annotated-tolerations.ts';
import { validateDescendingPath } from '../../shared/path-validation.ts';
import { containersOf } from './every-container.ts';
import { validateTolerations } from './tolerations.ts';

export const mirrorAnnotation = 'kubernetes.io/config.mirror';
const tolerationsAnnotation = 'scheduler.alpha.kubernetes.io/tolerations';
const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';
const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/';
const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';

type Annotations = Readonly<Record<string, string>>;

const costPattern = /^(?:0|-\d+|[1-9]\d*)$/;
const costMax = 2 ** 31;

/** A number of 32 bits without a plus and without zeros before it. */
function isCost(text: string): boolean {
  const cost = Number(text);
  return costPattern.test(text) && cost >= -costMax && cost < costMax;
}

function validateSeccompText(text: string, field: string): FieldError[] {
  if (text === 'runtime/default' || text === 'docker/default' || text === 'unconfined') return [];
  const prefix = 'localhost/';
  return text.startsWith(prefix)
    ? validateDescendingPath(text.slice(prefix.length), field)
    : [invalid(field, text, 'must be a valid seccomp profile')];
}

function validateAppArmorText(name: string, text: string, spec: PodSpec, field: string) {
  const errors: FieldError[] = [];
  const isThere = [...containersOf(spec, '')].some(({ container }) => container.name === name);
  if (!isThere) errors.push(invalid(field, name, 'container not found'));
  const isKnown = text === '' || text === 'runtime/default' || text === 'unconfined';
  if (!isKnown && !text.startsWith('localhost/')) {
    errors.push(invalid(field, text, `invalid AppArmor profile name: ${JSON.stringify(text)}`));
  }
  return errors;
}

/** @param field of the annotations */
export function validatePodAnnotations(
  annotations: Annotations | undefined,
  spec: PodSpec,
  field: string,
): FieldError[] {
  if (annotations === undefined) return [];
  const errors: FieldError[] = [];
  const mirror = annotations[mirrorAnnotation];
  if (mirror !== undefined && (spec.nodeName ?? '') === '') {
    const why = 'must set spec.nodeName if mirror pod annotation is set';
    errors.push(invalid(`${field}[${mirrorAnnotation}]`, mirror, why));
  }
  const tolerations = annotations[tolerationsAnnotation] ?? '';
  if (tolerations !== '') {
    const read = parseTolerations(tolerations);
    if ('problem' in read) errors.push(invalid(field, tolerationsAnnotation, read.problem));
    else errors.push(...validateTolerations(read.tolerations, `${field}.${tolerationsAnnotation}`));
  }
  const cost = annotations[deletionCostAnnotation];
  if (cost !== undefined && !isCost(cost)) {
    const why = 'must be a 32bit integer';
    errors.push(invalid(`${field}[${deletionCostAnnotation}]`, cost, why));
  }
  for (const key in annotations) {
    const text = annotations[key]!;
    if (key === seccompPodAnnotation || key.startsWith(seccompContainerPrefix)) {
      errors.push(...validateSeccompText(text, `${field}.${key}`));
    } else if (key.startsWith(appArmorPrefix)) {
      const name = key.slice(appArmorPrefix.length);
      errors.push(...validateAppArmorText(name, text, spec, `${field}[${key}]`));
    }
  }
  return errors;
}

/** How annotations write the types of profiles; `localhost/` is followed by the profile's name. */
const texts = {
  Localhost: ['localhost/'],
  RuntimeDefault: ['runtime/default', 'docker/default'],
  Unconfined: ['unconfined'],
} as const;

function validateMatch(
  text: string | undefined,
  { type, localhostProfile }: SeccompProfile | AppArmorProfile,
  words: { readonly name: string; readonly allowsDocker: boolean },
  field: string,
): FieldError[] {
  if (text === undefined || !Object.hasOwn(texts, type)) return [];
  if (type === 'Localhost') {
    const [prefix] = texts.Localhost;
    if (text.startsWith(prefix)) {
      if (text.slice(prefix.length) === localhostProfile) return [];
      const why = `${words.name} profile in annotation and field must match`;
      return [forbidden(`${field}.localhostProfile`, why)];
    }
  } else {
    const known: readonly string[] = texts[type];
    if (known.slice(0, words.allowsDocker ? undefined : 1).includes(text)) return [];
  }
  return [forbidden(`${field}.type`, `${words.name} type in annotation and field must match`)];
}

const seccomp = { name: 'seccomp', allowsDocker: true };
const appArmor = { name: 'apparmor', allowsDocker: false };

/** What annotations and fields say of the same container must be the same. Of new pods, and templates. */
export function validateProfilesMatch(
  annotations: Annotations | undefined,
  spec: PodSpec,
  field: string,
): FieldError[] {
  if (annotations === undefined) return [];
  const errors: FieldError[] = [];
  const { seccompProfile, appArmorProfile } = spec.securityContext ?? {};
  if (seccompProfile !== undefined) {
    const at = `${field}.securityContext.seccompProfile`;
    const text = annotations[seccompPodAnnotation];
    errors.push(...validateMatch(text, seccompProfile, seccomp, at));
  }
  for (const { container, at } of containersOf(spec, field)) {
    const own = container.securityContext?.seccompProfile;
    if (own === undefined) continue;
    const text = annotations[seccompContainerPrefix + container.name];
    errors.push(...validateMatch(text, own, seccomp, `${at}.securityContext.seccompProfile`));
  }
  if (spec.os?.name === 'windows') return errors;
  for (const { container, at } of containersOf(spec, field)) {
    const profile = container.securityContext?.appArmorProfile ?? appArmorProfile;
    if (profile === undefined) continue;
    const text = annotations[appArmorPrefix + container.name];
    errors.push(...validateMatch(text, profile, appArmor, `${at}.securityContext.appArmorProfile`));
  }
  return errors;
}

/** An update leaves alone what says that the pod mirrors another, and how AppArmor confines it. */
export function validateFixedAnnotations(
  now: Annotations = {},
  old: Annotations = {},
): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (key: string, verb: string) => {
    const at = `metadata.annotations[${key}]`;
    if (key.startsWith(appArmorPrefix)) {
      errors.push(forbidden(at, `may not ${verb} AppArmor annotations`));
    }
    if (key === mirrorAnnotation) {
      errors.push(forbidden(at, `may not ${verb} mirror pod annotation`));
    }
  };
  for (const key in old) if (now[key] !== old[key]) refuse(key, 'remove or update');
  for (const key in now) if (old[key] === undefined) refuse(key, 'add');
  return errors;
}
