/** The surface of @drydock/api. */
export type * from './generated/types.ts';
export type { KubernetesList, KubernetesObject } from './object.ts';
export { fieldsOf, typeFacts } from './schema.ts';
export type { ElementType, FieldSchema, SchemaName, TypeFacts } from './schema.ts';
export { formatFieldError, formatFieldErrorBody } from './field-error.ts';
export type { FieldError, FieldErrorType } from './field-error.ts';
export { groupVersion, qualifiedResource, referenceTo } from './kind.ts';
export type {
  KindDefinition,
  PrepareContext,
  ScaleDefinition,
  SubresourceDefinition,
  TableCell,
  TableColumn,
} from './kind.ts';
