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

export {
  configMaps,
  deployments,
  endpointSlices,
  events,
  findKind,
  findResource,
  groupVersions,
  kinds,
  leases,
  namespaces,
  nodes,
  pods,
  replicaSets,
  secrets,
  serviceAccounts,
  services,
} from './registry.ts';
export { beforeCreate, beforeStatusUpdate, beforeUpdate } from './strategy.ts';
export { generatedName } from './metadata.ts';
export type { NewObject } from './metadata.ts';

export * from './errors.ts';
export { formatFieldError } from './field-error.ts';
export type { FieldError, FieldErrorType } from './field-error.ts';

export { convertBody, convertObject, decodeObject, parseBody } from './decode.ts';
export type { Decoded, DecodeOptions, FieldValidation, Parsed } from './decode.ts';

export {
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

export { deepCopy, deepEqual } from './equality.ts';
export { resolveIntOrPercent, resolveRollingUpdate } from './int-or-string.ts';
export {
  controllerOf,
  controllerReference,
  findCondition,
  isControlledBy,
  withCondition,
} from './owners.ts';
export {
  isPodActive,
  isPodFinished,
  isPodReady,
  isPodTerminating,
  isSidecar,
  podCondition,
  podQosClass,
  podRequests,
  resourceAmount,
} from './pod.ts';
export type { ResourceAmounts } from './pod.ts';
export { taintNotReady, taintUnreachable, taintUnschedulable, tolerates } from './taints.ts';
export { podTemplateHash } from './template-hash.ts';
export { patchMediaTypes, patchObject } from './patch/patch-object.ts';
export type { PatchMediaType, PatchRequest } from './patch/patch-object.ts';
export { applyJsonPatch } from './patch/json-patch.ts';
export { applyMergePatch } from './patch/merge-patch.ts';
export { applyStrategicMergePatch } from './patch/strategic-merge-patch.ts';
export {
  aggregatedDiscovery,
  aggregatedDiscoveryMediaType,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
} from './discovery.ts';
export type { DiscoveryResource } from './discovery.ts';
export { openApiV2Stub, openApiV3, openApiV3Index } from './openapi.ts';
export type { OpenApiDocument } from './openapi.ts';
export {
  decodeProtobufBody,
  decodeProtobufObject,
  isProtobufEnvelope,
  protobufMediaType,
} from './protobuf.ts';
