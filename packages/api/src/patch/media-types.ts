/** What a PATCH may be written in. */

export const patchMediaTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
] as const;

export type PatchMediaType = (typeof patchMediaTypes)[number];

/** Server-side apply. Its variant in CBOR is refused, as upstream refuses it by default. */
export const applyMediaType = 'application/apply-patch+yaml';

/** In the order in which a refusal names them. */
export const supportedPatchTypes: readonly string[] = [...patchMediaTypes, applyMediaType];
