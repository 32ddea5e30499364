/** Rules of what every object has, and of references and selectors. */
import * as fc from 'fast-check';
import type { FieldRules, Shape, Struct } from './grammar.ts';
import { label, labelValue, ownedName, qualifiedName, sentence, subdomain } from './words.ts';

const never = { presence: 'never' } as const;

/** An operator decides whether there are values. */
function fitValues(struct: Struct, without: readonly string[], single: readonly string[]) {
  const operator = struct['operator'] as string;
  if (without.includes(operator)) delete struct['values'];
  else if (single.includes(operator)) struct['values'] = ['1'];
  else struct['values'] ??= ['1'];
  return struct;
}

export const metadataFields: FieldRules = {
  // Names are given by the test; the server writes the rest.
  'ObjectMeta.name': never,
  'ObjectMeta.generateName': never,
  'ObjectMeta.namespace': never,
  'ObjectMeta.selfLink': never,
  'ObjectMeta.uid': never,
  'ObjectMeta.resourceVersion': never,
  'ObjectMeta.generation': never,
  'ObjectMeta.creationTimestamp': never,
  'ObjectMeta.deletionTimestamp': never,
  'ObjectMeta.deletionGracePeriodSeconds': never,
  'ObjectMeta.managedFields': never,
  'ObjectMeta.annotations': { values: sentence },
  'ObjectMeta.labels': { values: labelValue },
  'ObjectMeta.finalizers': { values: ownedName },
  'OwnerReference.apiVersion': { values: fc.constantFrom('v1', 'apps/v1') },
  'OwnerReference.kind': { values: fc.constant('Deployment') },
  'OwnerReference.controller': { values: fc.constant(false) },
  'OwnerReference.uid': { values: fc.uuid() },
  'LabelSelector.matchLabels': { values: labelValue },
  'LabelSelectorRequirement.key': { values: qualifiedName },
  'LabelSelectorRequirement.values': { values: labelValue },
  'NodeSelectorRequirement.key': { values: qualifiedName },
  'SecretReference.name': { values: label, presence: 'always' },
  'SecretReference.namespace': { values: label, presence: 'always' },
  'LocalObjectReference.name': { values: subdomain, presence: 'always' },
  'TypedLocalObjectReference.apiGroup': {
    values: fc.constant('example.com'),
    presence: 'always',
  },
  'TypedObjectReference.apiGroup': { values: fc.constant('example.com'), presence: 'always' },
};

export const metadataShapes: Readonly<Record<string, Shape>> = {
  LabelSelectorRequirement: { fit: (one) => fitValues(one, ['Exists', 'DoesNotExist'], []) },
  NodeSelectorRequirement: {
    fit: (one) => fitValues(one, ['Exists', 'DoesNotExist'], ['Gt', 'Lt']),
  },
};
