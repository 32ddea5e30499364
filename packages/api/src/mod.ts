/** The surface of @drydock/api. */
export type * from './generated/types.ts';
export type { KubernetesList, KubernetesObject } from './object.ts';

export { fieldsOf, typeFacts } from './schema.ts';
export type { ElementType, FieldSchema, SchemaName, TypeFacts } from './schema.ts';

export { groupVersion, qualifiedResource, referenceTo } from './kind.ts';
export type {
  KindDefinition,
  PrepareContext,
  ScaleDefinition,
  SubresourceDefinition,
  TableCell,
  TableColumn,
} from './kind.ts';

export * from './errors.ts';
export { formatFieldError, formatFieldErrorBody } from './field-error.ts';
export type { FieldError, FieldErrorType } from './field-error.ts';

export { convertBody, convertObject, decodeObject, parseBody } from './decode.ts';
export type { Decoded, DecodeOptions, FieldValidation, Parsed } from './decode.ts';

export {
  createSelector,
  formatLabelSelector,
  formatLabels,
  parseLabelSelector,
  selectEverything,
  selectNothing,
  selectorFromLabelSelector,
  selectorFromLabels,
} from './label-selector.ts';
export type { Labels, Selector, SelectorRequirement } from './label-selector.ts';
export { parseFieldRequirements, parseFieldSelector } from './field-selector.ts';
export type { FieldRequirement, FieldSelector } from './field-selector.ts';

export {
  QuantityError,
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  parseQuantity,
  quantityFromBytes,
  quantityFromMilli,
  quantityMilliValue,
  quantityValue,
  subtractQuantities,
} from './quantity.ts';
export { age, formatMicroTime, formatTime, humanDuration, parseTime } from './time.ts';
export {
  dns1035LabelProblems,
  dns1123LabelProblems,
  dns1123SubdomainProblems,
  isCIDR,
  isIP,
  isIPv4,
  isIPv6,
  qualifiedNameProblems,
} from './names.ts';
