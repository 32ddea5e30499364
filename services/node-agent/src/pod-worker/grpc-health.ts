/**
 * Asks a container's health service (grpc.health.v1), as a gRPC probe does: in clear text, one connection
 * a question. The words are kubelet's (pkg/probe/grpc).
 */
import { Client, credentials, status, type ServiceError } from '@grpc/grpc-js';
import type { Clock, Millis } from '@drydock/ports';
import { formatGoDuration } from '../pod-lifecycle/go-duration.ts';

const method = '/grpc.health.v1.Health/Check';
/** HealthCheckResponse.ServingStatus by number. */
const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
/** By number, as Go prints them. */
const codes = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
];

export interface HealthQuestion {
  readonly host: string;
  readonly port: number;
  /** Empty: the server as a whole. */
  readonly service: string;
}

export interface HealthAnswer {
  readonly isHealthy: boolean;
  readonly output: string;
}

export async function askHealth(
  clock: Clock,
  { host, port, service }: HealthQuestion,
  timeoutMillis: Millis,
): Promise<HealthAnswer> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const client = new Client(address, credentials.createInsecure(), {
    'grpc.primary_user_agent': 'kube-probe/1.32',
    'grpc.use_local_subchannel_pool': 1,
  });
  let isConnected = false;
  const late = Promise.withResolvers<HealthAnswer>();
  const timer = clock.setTimer(timeoutMillis, () => {
    const output = isConnected
      ? `timeout: health rpc did not complete within ${formatGoDuration(timeoutMillis)}`
      : notReached(address, timeoutMillis);
    late.resolve({ isHealthy: false, output });
  });
  try {
    const connected = connect(client).then(() => {
      isConnected = true;
      return check(client, service);
    });
    return await Promise.race([connected, late.promise]);
  } finally {
    timer.cancel();
    client.close();
  }
}

/** Refused connections are tried again until the time is over, so that it is always the time that is told. */
export function notReached(address: string, timeoutMillis: Millis): string {
  const within = `within ${formatGoDuration(timeoutMillis)}`;
  return `timeout: failed to connect service "${address}" ${within}: context deadline exceeded`;
}

/** Tries until it succeeds; closing the client ends it with an error that nobody waits for any more. */
function connect(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.waitForReady(Infinity, (error) => (error === undefined ? resolve() : reject(error)));
  });
}

function check(client: Client, service: string): Promise<HealthAnswer> {
  return new Promise((resolve) => {
    client.makeUnaryRequest(method, encodeRequest, decodeStatus, service, (error, name) => {
      if (error !== null) resolve({ isHealthy: false, output: failureOf(error) });
      else if (name === 'SERVING') resolve({ isHealthy: true, output: 'service healthy' });
      else resolve({ isHealthy: false, output: `service unhealthy (responded with "${name}")` });
    });
  });
}

function failureOf({ code, details }: ServiceError): string {
  if (code === status.UNIMPLEMENTED) {
    return `error: this server does not implement the grpc health protocol (grpc.health.v1.Health): ${details}`;
  }
  return `error: health rpc probe failed: rpc error: code = ${codes[code]} desc = ${details}`;
}

/** HealthCheckRequest: one string, field 1. */
function encodeRequest(service: string): Buffer {
  const bytes = Buffer.from(service);
  if (bytes.length === 0) return bytes;
  const length = [];
  for (let left = bytes.length; ; left >>>= 7) {
    length.push(left > 0x7f ? (left & 0x7f) | 0x80 : left);
    if (left <= 0x7f) break;
  }
  return Buffer.concat([Buffer.from([0x0a, ...length]), bytes]);
}

/** HealthCheckResponse: one enum, field 1; absent when it is the first of its values. */
function decodeStatus(bytes: Buffer): string {
  const number = bytes[0] === 0x08 ? bytes[1]! : 0;
  return statuses[number] ?? String(number);
}
