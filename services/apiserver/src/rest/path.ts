/**
 * What a path means: a resource of the API, or something beside it. Pure.
 *
 *   /api/v1/namespaces/NS/RESOURCE/NAME/SUBRESOURCE      the core group
 *   /apis/GROUP/VERSION/...                              the others
 */

export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
}

/** Undefined for a path that names no resource. */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const parts = path.split('/').slice(1).map(decodeSegment);
  if (parts.at(-1) === '') parts.pop();
  if (parts.some((part) => part === undefined || part === '')) return undefined;
  const words = parts as string[];
  const isCore = words[0] === 'api';
  if (!isCore && words[0] !== 'apis') return undefined;
  const group = isCore ? '' : (words[1] ?? '');
  const version = words[isCore ? 1 : 2];
  const rest = words.slice(isCore ? 2 : 3);
  if (version === undefined || rest.length === 0) return undefined;
  // /namespaces/NAME and its subresources are about the namespace itself.
  const isInside =
    rest[0] === 'namespaces' &&
    rest.length > 2 &&
    !(group === '' && rest.length === 3 && (rest[2] === 'status' || rest[2] === 'finalize'));
  const namespace = isInside ? rest[1]! : '';
  const [resource, name = '', subresource = '', ...more] = isInside ? rest.slice(2) : rest;
  if (more.length > 0 || resource === undefined) return undefined;
  return { group, version, namespace, resource, name, subresource };
}

/** Undefined for what is no valid escape. */
function decodeSegment(segment: string): string | undefined {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

const verbs: Readonly<Record<string, { readonly one: string; readonly many: string }>> = {
  GET: { one: 'get', many: 'list' },
  HEAD: { one: 'get', many: 'list' },
  POST: { one: 'create', many: 'create' },
  PUT: { one: 'update', many: 'update' },
  PATCH: { one: 'patch', many: 'patch' },
  DELETE: { one: 'delete', many: 'deletecollection' },
};

export function verbOf(method: string, options: { hasName: boolean; isWatch: boolean }): string {
  const verb = verbs[method];
  if (verb === undefined) return method.toLowerCase();
  if (options.hasName) return verb.one;
  return verb.many === 'list' && options.isWatch ? 'watch' : verb.many;
}
