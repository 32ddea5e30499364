/**
 * Paths that lead through the apiserver to something else. Pure.
 *
 *   /api/v1/namespaces/NS/pods/[SCHEME:]NAME[:PORT]/proxy/ANY/PATH      also services
 *   /api/v1/nodes/[SCHEME:]NAME[:PORT]/proxy/ANY/PATH
 */
import type { ResourcePath } from '../path.ts';

export interface ProxyPath extends ResourcePath {
  readonly resource: 'pods' | 'services' | 'nodes';
  readonly subresource: 'proxy';
  /** What the client wrote up to and with `/proxy`: what addresses of the other side begin with here. */
  readonly prefix: string;
  /** As sent, from its slash on; empty when nothing follows `/proxy`. */
  readonly rest: string;
}

const pattern =
  /^(\/api\/v1\/(?:namespaces\/([^/]+)\/(pods|services)|(nodes))\/([^/]+)\/proxy)(\/.*)?$/;

/** Of a path without its query; undefined for a path that leads nowhere else. */
export function parseProxyPath(path: string): ProxyPath | undefined {
  const [, prefix, namespace = '', namespaced, node, name, rest = ''] = pattern.exec(path) ?? [];
  if (prefix === undefined) return undefined;
  try {
    return {
      group: '',
      version: 'v1',
      namespace: decodeURIComponent(namespace),
      resource: (namespaced ?? node) as ProxyPath['resource'],
      name: decodeURIComponent(name!),
      subresource: 'proxy',
      prefix,
      rest,
    };
  } catch {
    // What is no valid escape names nothing.
    return undefined;
  }
}

export interface Place {
  readonly scheme: 'http' | 'https';
  readonly name: string;
  /** A number or a name; empty when none is given. */
  readonly port: string;
}

/** `NAME`, `NAME:PORT` or `SCHEME:NAME:PORT`, where scheme and port may be empty; undefined for any other. */
export function splitPlace(text: string): Place | undefined {
  const parts = text.split(':');
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  const isScheme = scheme === '' || scheme === 'http' || scheme === 'https';
  if (parts.length > 3 || !isScheme || name === '') return undefined;
  return { scheme: scheme === 'https' ? 'https' : 'http', name, port };
}
