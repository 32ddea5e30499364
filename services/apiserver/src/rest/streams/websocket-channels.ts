/**
 * Exec and attach in a WebSocket: the first byte of each message is its channel.
 *
 *   0 stdin · 1 stdout · 2 stderr · 3 error · 4 resize · 255 (v5) ends the channel that follows
 */
import { createByteQueue, createInputGate, type Carrier } from '@drydock/spdy';
import type { ProcessOptions } from './options.ts';
import type { RemoteCommandProtocol } from './protocols.ts';
import { createResizeRelay, renderEnd, type RemoteChannels } from './remote-channels.ts';
import { createSizeReader } from './terminal-size.ts';

const channel = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4, end: 255 } as const;

/** Real milliseconds between the last of the input and a goodbye that came with it. */
const withInputMillisMax = 2_000;

export function createWebSocketChannels(
  carrier: Carrier,
  { protocol, options }: { protocol: RemoteCommandProtocol; options: ProcessOptions },
): RemoteChannels {
  const gate = createInputGate(carrier);
  const stdin = createByteQueue((bytes) => gate.leave(bytes));
  const sizes = createSizeReader();
  const resizes = createResizeRelay();
  let lastInputAt = -Infinity;
  const send = (to: number, bytes: Uint8Array) =>
    carrier.send(Buffer.concat([Buffer.of(to), bytes]));

  carrier.signal.addEventListener('abort', () => stdin.end(), { once: true });
  carrier.start((message) => {
    const body = message.subarray(1);
    switch (message[0]) {
      case channel.stdin:
        if (!options.stdin || body.length === 0) return;
        lastInputAt = performance.now();
        gate.enter(body.length);
        return stdin.push(body);
      case channel.resize:
        return sizes.push(body).forEach(resizes.tell);
      case channel.end:
        return protocol.halfCloses && body[0] === channel.stdin ? stdin.end() : undefined;
      default:
        // Upstream ignores the rest, too: a later version may know more channels.
        return undefined;
    }
  });
  // Tells the client that the connection stands, on the first channel that it reads. kubectl, which
  // speaks v5, needs no such sign, and complains of one that comes before it has set up its channels.
  if (!protocol.halfCloses) {
    const first = options.stdout ? channel.stdout : options.stderr ? channel.stderr : channel.error;
    send(first, Buffer.alloc(0)).catch(() => undefined);
  }

  return {
    stdin: options.stdin ? stdin : undefined,
    onResize: resizes.onResize,
    write: (name, bytes) => send(channel[name], bytes),
    finish: async (status) => {
      const end = renderEnd(status, protocol);
      if (end.length > 0) await send(channel.error, end).catch(() => undefined);
      await carrier.end();
    },
    signal: carrier.signal,
    endsWithInput: () => gate.held > 0 || performance.now() - lastInputAt < withInputMillisMax,
  };
}
