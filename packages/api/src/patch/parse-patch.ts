/** The body of a PATCH request, parsed; what is no patch is refused in the words of upstream's decoders. */
import { parseBody } from '../decode.ts';
import type { FieldValidation, Parsed } from '../decode.ts';
import { badRequestError, unsupportedMediaTypeError } from '../errors.ts';
import { goKindOf } from '../normalize.ts';
import { patchMediaTypes, supportedPatchTypes } from './media-types.ts';
import type { PatchMediaType } from './media-types.ts';
import { isMap } from './merge-patch.ts';

const map = 'map[string]interface {}';

/** How each kind of patch tells what is wrong with it, and what it is read into. */
function rulesOf(media: PatchMediaType, isValidating: boolean) {
  switch (media) {
    case 'application/json-patch+json':
      return isValidating
        ? { prefix: 'error decoding patch: ', type: '[]handlers.jsonPatchOp' }
        : { prefix: '', type: 'jsonpatch.Patch' };
    case 'application/merge-patch+json':
      return isValidating
        ? { prefix: 'error decoding patch: ', type: map }
        : { prefix: '', type: map, always: 'Invalid JSON Patch' };
    case 'application/strategic-merge-patch+json':
      return { prefix: '', type: map };
    default:
      return media satisfies never;
  }
}

/** @param mediaType of the request, which may be none that a patch has. @throws ApiError */
export function parsePatch(
  text: string,
  mediaType: string,
  fieldValidation: FieldValidation = 'Warn',
): Parsed & { readonly media: PatchMediaType } {
  const media = patchMediaTypes.find((one) => one === mediaType);
  if (media === undefined) throw unsupportedMediaTypeError(supportedPatchTypes);
  const { prefix, type, always } = {
    always: undefined,
    ...rulesOf(media, fieldValidation !== 'Ignore'),
  };
  const refuse = (why: string) => badRequestError(always ?? `${prefix}${why}`);
  const parsed = parseBody(text, { fieldValidation }, refuse);
  const { value } = parsed;
  const isList = media === 'application/json-patch+json';
  const fits = value === null || (isList ? Array.isArray(value) : isMap(value));
  if (fits) return { ...parsed, media, value: value ?? (isList ? [] : {}) };
  throw refuse(`json: cannot unmarshal ${goKindOf(value)} into Go value of type ${type}`);
}
