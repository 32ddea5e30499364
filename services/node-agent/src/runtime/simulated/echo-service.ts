/**
 * What listens on the ports of simulated containers: it sends back what it is sent. A connection that
 * begins as a request of HTTP gets one answer, which names the pod, for curl and browsers.
 */
import type { PortConnection } from '../runtime.ts';
import { createPipe } from '../pipe.ts';

export function connectEcho(podName: string, onClose: () => void): PortConnection {
  const output = createPipe<Uint8Array>();
  let request: string | undefined;
  let isFirst = true;
  const answer = async () => {
    const body = `${podName}\n`;
    const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    await output.write(new TextEncoder().encode(head + body));
    output.end();
  };
  const close = () => {
    output.close();
    onClose();
  };
  return {
    input: output,
    write: async (data) => {
      const text = new TextDecoder().decode(data);
      if (isFirst && /^[A-Z]+ \/\S* HTTP\/1/.test(text)) request = '';
      isFirst = false;
      if (request === undefined) return output.write(data);
      request += text;
      if (request.includes('\r\n\r\n')) void answer();
    },
    end: () => output.end(),
    close,
  };
}
