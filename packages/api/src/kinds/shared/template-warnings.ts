/** Warnings about the template of a workload. */
import type { PodTemplateSpec } from '../../generated/types.ts';
import type { KubernetesObject } from '../../object.ts';
import { podWarnings } from '../pods/warnings/pod-spec.ts';
import { nameWarnings } from './warnings.ts';

/** What the names of a workload's pods begin with. */
export const podsNameWarnings = ({ metadata }: KubernetesObject): string[] =>
  nameWarnings(metadata.name, 'Pod names and hostnames');

export function templateWarnings(template: PodTemplateSpec | undefined, field: string): string[] {
  return template === undefined ? [] : podWarnings(template, field);
}

/** Told once: an update that leaves the spec as it is warns of nothing. */
export const isRespecified = (object: KubernetesObject, old: KubernetesObject): boolean =>
  object.metadata.generation !== old.metadata.generation;

type WithTemplate = KubernetesObject & { readonly spec: { readonly template?: PodTemplateSpec } };

/** The hooks of kinds whose template is `spec.template`. */
export const templateUpdateWarnings = (object: WithTemplate, old: WithTemplate): string[] =>
  isRespecified(object, old) ? templateWarnings(object.spec.template, 'spec.template') : [];

export const podsTemplateWarnings = (object: WithTemplate): string[] => [
  ...podsNameWarnings(object),
  ...templateWarnings(object.spec.template, 'spec.template'),
];
