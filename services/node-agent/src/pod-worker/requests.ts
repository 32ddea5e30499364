/**
 * The questions that probes and hooks ask of a container: an HTTP GET, a TCP connection, a command, a call
 * of its health service. Failures are told in the words of upstream, which are those of Go's standard library.
 */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type {
  Container,
  ExecAction,
  GRPCAction,
  HTTPGetAction,
  IntOrString,
  TCPSocketAction,
} from '@drydock/api';
import type { Clock, Millis } from '@drydock/ports';
import { RuntimeError, type RuntimeService } from '../runtime/runtime.ts';
import type { ProbeAnswer } from '../pod-lifecycle/probe-state.ts';
import { askHealth } from './grpc-health.ts';

interface Question {
  readonly exec?: ExecAction;
  readonly httpGet?: HTTPGetAction;
  readonly tcpSocket?: TCPSocketAction;
  readonly grpc?: GRPCAction;
}

interface QuestionTarget {
  readonly container: Container;
  readonly containerId: string;
  readonly podIP: string;
}

interface Answer {
  readonly answer: ProbeAnswer;
  readonly output: string;
  /** Of a command that failed. */
  readonly exitCode?: number;
}

export type Ask = (
  question: Question,
  target: QuestionTarget,
  timeoutMillis: Millis,
) => Promise<Answer>;

const success = (output = ''): Answer => ({ answer: 'success', output });
const failure = (output: string): Answer => ({ answer: 'failure', output });

/** Asks over the node's network, and commands through the runtime. */
export function createAsk({
  runtime,
  clock,
}: {
  readonly runtime: RuntimeService;
  readonly clock: Clock;
}): Ask {
  return async (question, target, timeoutMillis) => {
    try {
      if (question.exec !== undefined) {
        return await askCommand(runtime, question.exec, target, timeoutMillis);
      }
      if (question.httpGet !== undefined) {
        return await askHttp(clock, question.httpGet, target, timeoutMillis);
      }
      if (question.tcpSocket !== undefined) {
        return await askTcp(clock, question.tcpSocket, target, timeoutMillis);
      }
      if (question.grpc !== undefined) {
        const { port, service = '' } = question.grpc;
        const asked = { host: target.podIP, port, service };
        const { isHealthy, output } = await askHealth(clock, asked, timeoutMillis);
        return isHealthy ? success(output) : failure(output);
      }
      return { answer: 'unknown', output: 'the probe asks nothing that this node understands' };
    } catch (error) {
      return { answer: 'unknown', output: (error as Error).message };
    }
  };
}

async function askCommand(
  runtime: RuntimeService,
  { command = [] }: ExecAction,
  { containerId }: QuestionTarget,
  timeoutMillis: Millis,
): Promise<Answer> {
  try {
    const { exitCode, output } = await runtime.execSync(containerId, command, timeoutMillis);
    return exitCode === 0 ? success(output) : { ...failure(output), exitCode };
  } catch (error) {
    if (!(error instanceof RuntimeError) || error.code !== 'TIMEOUT') throw error;
    return failure(`command "${command.join(' ')}" timed out`);
  }
}

function portOf(port: IntOrString, container: Container): number {
  if (typeof port === 'number') return port;
  const named = container.ports?.find((one) => one.name === port)?.containerPort;
  const number = named ?? Number(port);
  if (!Number.isInteger(number)) throw new Error(`couldn't find port: ${port}`);
  return number;
}

const responseBytesMax = 10 * 1024;

function askHttp(
  clock: Clock,
  action: HTTPGetAction,
  { container, podIP }: QuestionTarget,
  timeoutMillis: Millis,
): Promise<Answer> {
  const host = action.host === undefined || action.host === '' ? podIP : action.host;
  const port = portOf(action.port, container);
  const scheme = (action.scheme ?? 'HTTP').toLowerCase();
  const path = action.path === undefined || action.path === '' ? '/' : action.path;
  const url = `${scheme}://${host}:${port}${path.startsWith('/') ? '' : '/'}${path}`;
  const headers: Record<string, string> = { 'user-agent': 'kube-probe/1.32', accept: '*/*' };
  for (const { name, value } of action.httpHeaders ?? []) headers[name.toLowerCase()] = value;
  const send = scheme === 'https' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const request = send(url, { headers, agent: false, rejectUnauthorized: false }, (response) => {
      const { statusCode: code = 0 } = response;
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        if (body.length < responseBytesMax) body += text;
      });
      response.on('error', () => undefined);
      response.on('close', () => {
        timer.cancel();
        const ok = code >= 200 && code < 400;
        resolve(ok ? success(body) : failure(`HTTP probe failed with statuscode: ${code}`));
      });
    });
    const timer = clock.setTimer(timeoutMillis, () => {
      resolve(
        failure(
          `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
        ),
      );
      request.destroy();
    });
    request.on('error', (error: NodeJS.ErrnoException) => {
      timer.cancel();
      resolve(failure(`Get "${url}": ${goDialError(error, host, port)}`));
    });
    request.end();
  });
}

function askTcp(
  clock: Clock,
  action: TCPSocketAction,
  { container, podIP }: QuestionTarget,
  timeoutMillis: Millis,
): Promise<Answer> {
  const host = action.host === undefined || action.host === '' ? podIP : action.host;
  const port = portOf(action.port, container);
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (answer: Answer) => {
      timer.cancel();
      socket.destroy();
      resolve(answer);
    };
    const timer = clock.setTimer(timeoutMillis, () =>
      end(failure(`dial tcp ${host}:${port}: i/o timeout`)),
    );
    socket.on('connect', () => end(success()));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      end(failure(goDialError(error, host, port))),
    );
  });
}

function goDialError(error: NodeJS.ErrnoException, host: string, port: number): string {
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'connect: connection refused',
    EHOSTUNREACH: 'connect: no route to host',
    ENETUNREACH: 'connect: network is unreachable',
    ETIMEDOUT: 'i/o timeout',
  };
  if (error.code === 'ECONNRESET') return 'read: connection reset by peer';
  const known = words[error.code ?? ''];
  return known === undefined ? error.message : `dial tcp ${host}:${port}: ${known}`;
}
