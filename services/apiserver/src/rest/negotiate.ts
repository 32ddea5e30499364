/** Which of the forms that a client accepts it gets. Pure. */
import { notAcceptableError } from '@drydock/api';

export type ResponseForm = 'json' | 'yaml' | 'table' | 'partial';

const served = ['application/json', 'application/yaml'];

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

export function parseAccept(accept: string): MediaRange[] {
  return accept
    .split(',')
    .map((part, index) => {
      const [type = '', ...rest] = part.split(';').map((word) => word.trim());
      const parameters = new Map(
        rest.map((word): [string, string] => {
          const sign = word.indexOf('=');
          return sign < 0
            ? [word.toLowerCase(), '']
            : [word.slice(0, sign).trim().toLowerCase(), word.slice(sign + 1).trim()];
        }),
      );
      const quality = Number(parameters.get('q') ?? 1);
      return { type: type.toLowerCase(), parameters, quality, index };
    })
    .filter(({ type, quality }) => type !== '' && quality > 0)
    .sort((a, b) => b.quality - a.quality || a.index - b.index);
}

/** @throws ApiError 406 */
export function negotiate(accept: string | undefined): ResponseForm {
  if (accept === undefined || accept === '' || accept === '*/*' || accept === 'application/json')
    return 'json';
  for (const { type, parameters } of parseAccept(accept)) {
    const isJson = type === 'application/json' || type === '*/*' || type === 'application/*';
    const as = parameters.get('as');
    if (as === undefined || as === '') {
      if (isJson) return 'json';
      if (type === 'application/yaml') return 'yaml';
      continue;
    }
    if (type !== 'application/json' || parameters.get('g') !== 'meta.k8s.io') continue;
    if (parameters.get('v') !== 'v1') continue;
    if (as === 'Table') return 'table';
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return 'partial';
  }
  throw notAcceptableError(served);
}
