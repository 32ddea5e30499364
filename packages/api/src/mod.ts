/** The surface of @drydock/api. */
export type * from './generated/types.ts';
export type { KubernetesList, KubernetesObject } from './object.ts';

export { fieldsOf, typeFacts } from './schema.ts';
export type { ElementType, FieldSchema, SchemaName, TypeFacts } from './schema.ts';

export { groupVersion, qualifiedResource, referenceTo } from './kind.ts';
export type {
  DiscoveryResource,
  KindDefinition,
  PrepareContext,
  ScaleDefinition,
  SubresourceDefinition,
  TableCell,
  TableColumn,
} from './kind.ts';

export {
  bindings,
  clusterRoleBindings,
  clusterRoles,
  componentStatuses,
  configMaps,
  deployments,
  endpointSlices,
  events,
  findKind,
  findResource,
  findServed,
  isMeasured,
  kinds,
  leases,
  namespaces,
  nodeMetrics,
  nodes,
  podMetrics,
  pods,
  replicaSets,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
  services,
} from './registry.ts';
export { systemPriorityClasses } from './kinds/priorityclasses/system.ts';
export { findReview, reviews } from './reviews.ts';
export type { ReviewDefinition } from './reviews.ts';
export { groupVersions, servedResources } from './served.ts';
export { beforeCreate, beforePartUpdate, beforeStatusUpdate, beforeUpdate } from './strategy.ts';
export { generatedName } from './metadata.ts';
export type { NewObject } from './metadata.ts';

export * from './errors.ts';
export { formatFieldError, goQuote } from './field-error.ts';
export { goBytes } from './go-literal.ts';
export type { FieldError, FieldErrorType } from './field-error.ts';

export { convertBody, convertObject, decodeObject, parseBody, parseObjectBody } from './decode.ts';
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
export { matchesNodeSelector, matchesNodeTerm } from './node-selector.ts';
export type { SelectableNode } from './node-selector.ts';
export * from './volume-binding.ts';
export { parseFieldRequirements, parseFieldSelector } from './field-selector.ts';
export type { FieldRequirement, FieldSelector } from './field-selector.ts';

export {
  QuantityError,
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  parseQuantity,
  formatQuantity,
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
export { defaultClassAnnotations, isDefaultClass } from './kinds/shared/default-class.ts';
export { betaStorageClassAnnotation } from './kinds/shared/storage-class-name.ts';
export { podAmounts } from './pod-amounts.ts';
export {
  addAmounts,
  exceededNames,
  formatAmounts,
  increase,
  isNothing,
  pickAmounts,
} from './quota/amounts.ts';
export type { Amounts } from './quota/amounts.ts';
export type { QuotaEvaluator } from './quota/evaluator.ts';
export { quotaEvaluatorOf, quotaMatches, quotaUsage } from './quota/evaluators.ts';
export { forbiddenLabels } from './node-labels.ts';
export { taintNotReady, taintUnreachable, taintUnschedulable, tolerates } from './taints.ts';
export {
  CertificateRequestError,
  parseCertificateRequest,
  pemBlocks,
} from './certificate-request.ts';
export { podTemplateHash } from './template-hash.ts';
export { applyMediaType, supportedPatchTypes } from './patch/media-types.ts';
export { validateBinding } from './kinds/bindings/validation.ts';
export { validateNamespaceFinalizers } from './kinds/namespaces/kind.ts';
export { parsePatch } from './patch/parse-patch.ts';
export { patchObject } from './patch/patch-object.ts';
export type { PatchRequest } from './patch/patch-object.ts';
export { applyJsonPatch } from './patch/json-patch.ts';
export { applyMergePatch } from './patch/merge-patch.ts';
export { applyStrategicMergePatch } from './patch/strategic-merge-patch.ts';
export { applyConfiguration } from './apply/apply-configuration.ts';
export type { ConfigurationToApply } from './apply/apply-configuration.ts';
export {
  managerOfUserAgent,
  validateFieldManager,
  validatePatchOptions,
} from './apply/field-manager-name.ts';
export { ownedType, ownedTypeOf } from './apply/owned-type.ts';
export type { OwnedType } from './apply/owned-type.ts';
export { ownersAfterScale, scaleOwners } from './apply/scale-owners.ts';
export { newOwners } from './apply/new-owners.ts';
export { trackUpdate } from './apply/track-update.ts';
export type { UpdateToTrack } from './apply/track-update.ts';
export {
  aggregatedDiscovery,
  aggregatedDiscoveryMediaType,
  apiGroup,
  apiGroupList,
  apiResourceList,
  apiVersions,
} from './discovery.ts';
export type { Descriptions } from './openapi/definitions.ts';
export { createOpenApi } from './openapi/documents.ts';
export type { OpenApiDocument } from './openapi/documents.ts';
export {
  decodeProtobufBody,
  decodeProtobufObject,
  isProtobufEnvelope,
  protobufMediaType,
} from './protobuf.ts';
