/** What a list or a watch asks for: a namespace or all, labels, fields. */
import type { FieldSelector, KindDefinition, Selector } from '@drydock/api';
import { parseFieldSelector, parseLabelSelector } from '@drydock/api';
import type { StoredObject } from '../storage/stored-object.ts';

/** What a field must be, or must not be. */
export interface FieldRule {
  readonly field: string;
  readonly isEqual: boolean;
  readonly value: string;
}

export interface Selection {
  /** Empty for all namespaces. */
  readonly namespace: string;
  /** Set when the fields ask for one name: a lookup instead of a scan. */
  readonly name: string | undefined;
  /** Whether more than namespace and name is asked. */
  readonly isNarrow: boolean;
  /** Of other fields than name and namespace. */
  readonly fields: readonly FieldRule[];
  matches(object: StoredObject): boolean;
}

/** @throws ApiError with upstream's text for a selector that cannot be read. */
export function createSelection(
  kind: KindDefinition,
  ask: {
    readonly namespace: string;
    readonly labelSelector?: string | undefined;
    readonly fieldSelector?: string | undefined;
  },
): Selection {
  const labels = ask.labelSelector ? parseLabelSelector(ask.labelSelector) : undefined;
  const fields = ask.fieldSelector ? parseFieldSelector(ask.fieldSelector, kind) : undefined;
  return select(ask.namespace, labels, fields);
}

function select(
  askedNamespace: string,
  labels: Selector | undefined,
  fields: FieldSelector | undefined,
): Selection {
  let namespace = askedNamespace;
  let name: string | undefined;
  let isImpossible = false;
  const rest: FieldRule[] = [];
  for (const requirement of fields?.requirements ?? []) {
    const { field, operator, value } = requirement;
    if (operator === '=' && field === 'metadata.name' && name === undefined) name = value;
    else if (operator === '=' && field === 'metadata.namespace' && value !== '') {
      if (namespace !== '' && namespace !== value) isImpossible = true;
      namespace = value;
    } else rest.push({ field, isEqual: operator === '=', value });
  }
  const asksLabels = labels !== undefined && !labels.isEverything;
  return {
    namespace,
    name,
    isNarrow: asksLabels || rest.length > 0 || name !== undefined || isImpossible,
    fields: rest,
    matches: (object) => {
      if (isImpossible) return false;
      if (namespace !== '' && object.namespace !== namespace) return false;
      if (name !== undefined && object.name !== name) return false;
      if (!asksLabels && rest.length === 0) return true;
      const attributes = object.attributes;
      for (const { field, isEqual, value } of rest) {
        if ((attributes.fields[field] === value) !== isEqual) return false;
      }
      return !asksLabels || labels.matches(attributes.labels);
    },
  };
}
