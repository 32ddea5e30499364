/**
 * Bearer tokens as requests carry them: in the Authorization header, or, because a browser's WebSocket
 * takes no headers, in a subprotocol. Pure.
 */

/** Undefined when the header carries something else, or nothing. */
export function bearerTokenOf(authorization: string | undefined): string | undefined {
  const [scheme = '', token = ''] = (authorization ?? '').trim().split(' ', 2);
  return scheme.toLowerCase() === 'bearer' && token !== '' ? token : undefined;
}

const tokenProtocol = 'base64url.bearer.authorization.k8s.io.';

export type Subprotocols =
  | {
      readonly kind: 'valid';
      readonly token: string | undefined;
      /** The others: what the server may choose from, never the token. */
      readonly protocols: readonly string[];
    }
  | { readonly kind: 'invalid'; readonly why: string };

/** Takes the token out of a Sec-WebSocket-Protocol header. */
export function splitSubprotocols(header: string | undefined): Subprotocols {
  const offered = (header ?? '').split(',').flatMap((word) => word.trim() || []);
  const protocols = offered.filter((word) => !word.startsWith(tokenProtocol));
  const [first, ...more] = offered.filter((word) => word.startsWith(tokenProtocol));
  if (first === undefined) return { kind: 'valid', token: undefined, protocols };
  if (more.length > 0) return { kind: 'invalid', why: 'multiple bearer tokens in subprotocols' };
  const bytes = Buffer.from(first.slice(tokenProtocol.length), 'base64url');
  const token = bytes.toString();
  if (token === '' || !Buffer.from(token).equals(bytes)) {
    return { kind: 'invalid', why: 'the bearer token in the subprotocol is empty or not UTF-8' };
  }
  if (protocols.length === 0) {
    return { kind: 'invalid', why: 'a bearer token needs another subprotocol beside it' };
  }
  return { kind: 'valid', token, protocols };
}
