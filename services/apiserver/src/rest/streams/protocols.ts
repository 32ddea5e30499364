/** The protocols that streams are spoken in, and which of them a client gets. Pure. */

/** How a client learns how its command ended. */
export interface RemoteCommandProtocol {
  readonly name: string;
  /** The end is told as a Status; older clients get the text of a failure. */
  readonly tellsStatus: boolean;
  readonly resizes: boolean;
  /** In a WebSocket, stdin can be ended by itself, and refusals of the node come on the error channel. */
  readonly halfCloses: boolean;
  /** In a WebSocket, messages are text: a digit and base64. */
  readonly isBase64: boolean;
}

const protocol = (name: string, version: number): RemoteCommandProtocol => ({
  name,
  tellsStatus: version >= 4,
  resizes: version >= 3,
  halfCloses: version >= 5,
  isBase64: name.includes('base64'),
});

const binary = ['v5', 'v4', 'v3', 'v2'].map((version) =>
  protocol(`${version}.channel.k8s.io`, Number(version.slice(1))),
);

/** The last is that of clients which name none. */
export const webSocketProtocols: readonly RemoteCommandProtocol[] = [
  ...binary,
  protocol('channel.k8s.io', 1),
  protocol('v4.base64.channel.k8s.io', 4),
  protocol('base64.channel.k8s.io', 1),
  protocol('', 1),
];

export const spdyProtocols: readonly RemoteCommandProtocol[] = [
  ...binary,
  protocol('channel.k8s.io', 1),
];

export const portForwardProtocol = 'portforward.k8s.io';
/** SPDY frames in the messages of a WebSocket. */
export const tunnelProtocol = `SPDY/3.1+${portForwardProtocol}`;

/** Names in a header, in the client's order of preference. */
export function namesIn(header: string | undefined): readonly string[] {
  return (header ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** The first of the client's that is served; the newest wins over the order. */
export function choose<Protocol extends { readonly name: string }>(
  offered: readonly string[],
  served: readonly Protocol[],
): Protocol | undefined {
  const names = offered.length === 0 ? [''] : offered;
  const newest = served[0];
  if (newest !== undefined && names.includes(newest.name)) return newest;
  for (const name of names) {
    const found = served.find((one) => one.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
}
