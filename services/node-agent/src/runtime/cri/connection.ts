/**
 * gRPC to a runtime over its Unix socket. No pings: servers in Go end a connection that pings more often
 * than they like, and a Unix socket tells by itself when the other side is gone.
 */
import { Client, credentials, type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import type { Clock, Millis } from '@drydock/ports';
import { RuntimeError } from '../runtime.ts';
import { toRuntimeError } from './errors.ts';

/** Kubelet's: a list of very many containers is large. */
const messageBytesMax = 16 * 1024 * 1024;
/** Kubelet's --runtime-request-timeout. */
const timeoutMillisDefault: Millis = 120_000;

export interface CallOptions {
  /** In cluster time; Infinity waits for ever. */
  readonly timeoutMillis?: Millis;
  readonly signal?: AbortSignal;
}

/** As much of a method's definition as a caller needs. */
interface CriMethod<Request, Response> {
  readonly path: string;
  readonly requestSerialize: (value: Request) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Response;
}

export interface CriConnection {
  /** @throws RuntimeError */
  call<Request, Response>(
    method: CriMethod<Request, Response>,
    request: Request,
    options?: CallOptions,
  ): Promise<Response>;
  /** Fails with a ServiceError. */
  stream<Request, Response>(
    method: CriMethod<Request, Response>,
    request: Request,
  ): ClientReadableStream<Response>;
  close(): void;
}

/** `unix:///run/containerd/containerd.sock`, as kubelet is told it; a path alone will do. */
export function connectCri(endpoint: string, clock: Clock): CriConnection {
  const target = endpoint.startsWith('unix:') ? endpoint : `unix://${endpoint}`;
  const client = new Client(target, credentials.createInsecure(), {
    'grpc.max_receive_message_length': messageBytesMax,
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 2_000,
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
  });
  return {
    call: (method, request, { timeoutMillis = timeoutMillisDefault, signal } = {}) =>
      new Promise((resolve, reject) => {
        const call = client.makeUnaryRequest(
          method.path,
          method.requestSerialize,
          method.responseDeserialize,
          request,
          (error: ServiceError | null, response) => {
            timer?.cancel();
            signal?.removeEventListener('abort', cancel);
            if (error === null && response !== undefined) resolve(response);
            else reject(timedOut ?? toRuntimeError(error));
          },
        );
        const cancel = () => call.cancel();
        let timedOut: RuntimeError | undefined;
        const timer =
          timeoutMillis === Infinity
            ? undefined
            : clock.setTimer(timeoutMillis, () => {
                const name = method.path.replace(/^.*\//, '');
                const seconds = timeoutMillis / 1000;
                timedOut = new RuntimeError('TIMEOUT', `${name} was not answered in ${seconds}s`);
                cancel();
              });
        if (signal?.aborted === true) cancel();
        signal?.addEventListener('abort', cancel, { once: true });
      }),
    stream: (method, request) =>
      client.makeServerStreamRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
      ),
    close: () => client.close(),
  };
}
