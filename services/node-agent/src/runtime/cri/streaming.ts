/**
 * The streaming endpoints of a runtime: it answers `Exec`, `Attach` and `PortForward` with a URL, and what
 * is found there is SPDY/3.1 with the protocols of Kubernetes' remote commands, for every runtime.
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import {
  createSocketCarrier,
  createSpdyClientSession,
  type SpdyClientSession,
} from '@drydock/spdy';
import { RuntimeError } from '../runtime.ts';

const answerBytesMax = 64 * 1024;

/** @throws RuntimeError */
export function openSession(url: string, protocol: string): Promise<SpdyClientSession> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown) =>
      reject(new RuntimeError('FAILED', `cannot open the streams at ${url}: ${why}`, cause));
    const request = send(url, {
      method: 'POST',
      agent: false,
      // The runtime's own server on this machine; its URL came over its socket.
      rejectUnauthorized: false,
      headers: {
        connection: 'Upgrade',
        upgrade: 'SPDY/3.1',
        'x-stream-protocol-version': protocol,
        'content-length': 0,
      },
    });
    request.on('error', (error) => fail(error.message, error));
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        if (text.length < answerBytesMax) text += piece;
      });
      response.on('close', () => fail(`${response.statusCode ?? 0}: ${text.trim()}`));
    });
    request.on('upgrade', (_, socket: Duplex, head: Buffer) =>
      resolve(
        createSpdyClientSession(createSocketCarrier(socket, { head, beat: () => undefined })),
      ),
    );
    request.end();
  });
}
