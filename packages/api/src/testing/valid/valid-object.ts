/** Bodies of creates that upstream takes, for every kind. */
import type * as fc from 'fast-check';
import { groupVersion } from '../../kind.ts';
import type { KindDefinition } from '../../kind.ts';
import { kinds } from '../../registry.ts';
import { validValues, type FieldRules, type Struct } from './grammar.ts';
import { kindFields, kindShapes } from './kinds.ts';
import { metadataFields, metadataShapes } from './metadata.ts';
import { podFields, podShapes } from './pods.ts';
import { volumeFields, volumeShapes } from './volumes.ts';
import { workloadFields, workloadShapes } from './workloads.ts';

/** Of the objects themselves: what they are is added, their status is the server's. */
const objectFields: FieldRules = Object.fromEntries(
  kinds.flatMap(({ schema }) => [
    [`${schema}.kind`, { presence: 'never' }],
    [`${schema}.apiVersion`, { presence: 'never' }],
    [`${schema}.status`, { presence: 'never' }],
    [`${schema}.spec`, { presence: 'always' }],
  ]),
);

const values = validValues({
  fields: {
    ...objectFields,
    ...metadataFields,
    ...volumeFields,
    ...podFields,
    ...workloadFields,
    ...kindFields,
  },
  shapes: { ...metadataShapes, ...volumeShapes, ...podShapes, ...workloadShapes, ...kindShapes },
});

/** Its name is `x`, its namespace `default`. */
export function validBody(kind: KindDefinition): fc.Arbitrary<Struct> {
  const place = kind.namespaced ? { name: 'x', namespace: 'default' } : { name: 'x' };
  return values.of(kind.schema).map(({ metadata, ...content }) => ({
    apiVersion: groupVersion(kind),
    kind: kind.kind,
    metadata: { ...(metadata as Struct | undefined), ...place },
    ...content,
  }));
}
