/** The surface of @drydock/api. */
export type * from './generated/types.ts';
export type { KubernetesList, KubernetesObject } from './object.ts';
export { fieldsOf, typeFacts } from './schema.ts';
export type { ElementType, FieldSchema, SchemaName, TypeFacts } from './schema.ts';
