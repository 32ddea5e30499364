/**
 * Calls by service, method and outcome, and the messages and bytes of them, in the names by which
 * servers written in Go publish them.
 */
import { Counter, Histogram, type Registry } from 'prom-client';
import type { Answer, GrpcMethods, MessageStream, StreamHandler, UnaryHandler } from '../grpc.ts';
import type { MemberMeters } from './member-meters.ts';

const codeNames = [
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
const ok = 0;
const cancelled = 1;
const internal = 13;

interface MethodMeter {
  readonly labels: { grpc_type: string; grpc_service: string; grpc_method: string };
  started: number;
  received: number;
  sent: number;
  /** By code. */
  readonly handled: number[];
  readonly observe: ((seconds: number) => void) | undefined;
}

/** The stream that carries watches; the original counts those that are open. */
const watchPath = '/etcdserverpb.Watch/Watch';
const serverStreams = new Set([
  '/etcdserverpb.Maintenance/Snapshot',
  '/v3electionpb.Election/Observe',
  '/grpc.health.v1.Health/Watch',
]);

export interface CallMeters {
  /** The same methods, counted. */
  count(methods: GrpcMethods): GrpcMethods;
}

export function createCallMeters(
  registry: Registry,
  meters: MemberMeters,
  options: { readonly withHistogram: boolean },
): CallMeters {
  const methods: MethodMeter[] = [];
  const histogram = options.withHistogram
    ? new Histogram({
        name: 'grpc_server_handling_seconds',
        help: 'seconds until calls were answered',
        labelNames: ['grpc_type', 'grpc_service', 'grpc_method'],
        registers: [registry],
      })
    : undefined;
  publish(registry, methods);

  const meterOf = (path: string, type: string): MethodMeter => {
    const [, service = '', method = ''] = path.split('/');
    const labels = { grpc_type: type, grpc_service: service, grpc_method: method };
    const handled = codeNames.map(() => 0);
    const timer = histogram?.labels(labels);
    const observe = timer === undefined ? undefined : (value: number) => timer.observe(value);
    const meter: MethodMeter = { labels, started: 0, received: 0, sent: 0, handled, observe };
    methods.push(meter);
    return meter;
  };
  return {
    count: ({ unary, streams }) => ({
      unary: Object.fromEntries(
        Object.entries(unary).map(([path, handler]) => [
          path,
          countUnary(handler, meterOf(path, 'unary'), meters),
        ]),
      ),
      streams: Object.fromEntries(
        Object.entries(streams).map(([path, handler]) => [
          path,
          countStream(
            handler,
            meterOf(path, serverStreams.has(path) ? 'server_stream' : 'bidi_stream'),
            { meters, isWatch: path === watchPath },
          ),
        ]),
      ),
    }),
  };
}

function publish(registry: Registry, methods: readonly MethodMeter[]): void {
  const labelNames = ['grpc_type', 'grpc_service', 'grpc_method'] as const;
  const counter = (name: string, help: string, read: (meter: MethodMeter) => number) =>
    new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        for (const meter of methods) this.inc(meter.labels, read(meter));
      },
    });
  counter('grpc_server_started_total', 'calls begun', (meter) => meter.started);
  counter('grpc_server_msg_received_total', 'messages received', (meter) => meter.received);
  counter('grpc_server_msg_sent_total', 'messages sent', (meter) => meter.sent);
  const handled = new Counter({
    name: 'grpc_server_handled_total',
    help: 'calls answered, by their status',
    labelNames: [...labelNames, 'grpc_code'],
    registers: [],
    collect() {
      this.reset();
      for (const { labels, handled } of methods) {
        for (const [code, count] of handled.entries()) {
          this.inc({ ...labels, grpc_code: codeNames[code]! }, count);
        }
      }
    },
  });
  registry.registerMetric(handled);
}

function countUnary(handler: UnaryHandler, meter: MethodMeter, meters: MemberMeters): UnaryHandler {
  const settle = (answer: Answer, startedAt: number): Answer => {
    if (Buffer.isBuffer(answer)) {
      meter.sent++;
      meters.clientBytesSent += answer.length;
      meter.handled[ok]!++;
    } else meter.handled[answer.code < codeNames.length ? answer.code : internal]!++;
    meter.observe?.((performance.now() - startedAt) / 1_000);
    return answer;
  };
  const broken = (error: unknown): never => {
    meter.handled[internal]!++;
    throw error;
  };
  return (bytes, call, asker) => {
    const startedAt = meter.observe === undefined ? 0 : performance.now();
    meter.started++;
    meter.received++;
    meters.clientBytesReceived += bytes.length;
    let answer: Answer | Promise<Answer>;
    try {
      answer = handler(bytes, call, asker);
    } catch (error) {
      return broken(error);
    }
    if (!(answer instanceof Promise)) return settle(answer, startedAt);
    return answer.then((one) => settle(one, startedAt), broken);
  };
}

function countStream(
  handler: StreamHandler,
  meter: MethodMeter,
  { meters, isWatch }: { meters: MemberMeters; isWatch: boolean },
): StreamHandler {
  return (stream) => {
    meter.started++;
    if (isWatch) meters.watchStreams++;
    let code = cancelled;
    let onClose = () => {};
    const counted: MessageStream = {
      call: stream.call,
      get isReady() {
        return stream.isReady;
      },
      get isClosed() {
        return stream.isClosed;
      },
      onMessage: (listener) =>
        stream.onMessage((bytes) => {
          meter.received++;
          meters.clientBytesReceived += bytes.length;
          listener(bytes);
        }),
      onEnd: (listener) => stream.onEnd(listener),
      onClose: (listener) => {
        onClose = listener;
      },
      onReady: (listener) => stream.onReady(listener),
      send: (message) => {
        meter.sent++;
        meters.clientBytesSent += message.length;
        stream.send(message);
      },
      sendInTwo: (head, tail) => {
        meter.sent++;
        meters.clientBytesSent += head.length + tail.length;
        stream.sendInTwo(head, tail);
      },
      pause: () => stream.pause(),
      resume: () => stream.resume(),
      end: () => {
        code = ok;
        stream.end();
      },
      fail: (failure) => {
        code = failure.code;
        stream.fail(failure);
      },
    };
    stream.onClose(() => {
      meter.handled[code < codeNames.length ? code : internal]!++;
      if (isWatch) meters.watchStreams--;
      onClose();
    });
    handler(counted);
  };
}
