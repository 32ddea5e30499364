/** Addresses of the other side as its client must ask for them: behind the proxy's path. Pure. */

export interface ProxyView {
  /** `/api/v1/namespaces/NS/pods/NAME/proxy`. */
  readonly prefix: string;
  /** What the other side is called by this server: an address and a port. */
  readonly backendHost: string;
  /** What the client calls this server, which the other side is told. */
  readonly clientHost: string;
}

const pattern = /^([a-z][a-z0-9+.-]*:)?(\/\/[^/?#]*)?([^?#]*)(.*)$/i;

/** Absolute paths, here and on the other side's own hosts, go through the proxy; all else is left alone. */
export function rewriteLocation(location: string, view: ProxyView): string {
  const [, scheme = '', authority = '', path = '', rest = ''] = pattern.exec(location) ?? [];
  const host = authority.slice(2);
  const isOurs = host === '' || host === view.backendHost || host === view.clientHost;
  if (!isOurs || !path.startsWith('/')) return location;
  // The client's own name for this server goes on to be good.
  const origin = host === view.clientHost ? scheme + authority : '';
  const isBehind = path === view.prefix || path.startsWith(`${view.prefix}/`);
  return origin + (isBehind ? path : view.prefix + path) + rest;
}
