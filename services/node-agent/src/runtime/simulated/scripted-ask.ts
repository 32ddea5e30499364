/** Probes and hooks of simulated containers: their script answers, with the texts of the real ones. */
import { notReached } from '../../pod-worker/grpc-health.ts';
import type { Ask } from '../../pod-worker/requests.ts';
import type { SimulatedRuntime } from './simulated-runtime.ts';

export function createScriptedAsk(runtime: SimulatedRuntime): Ask {
  return async (question, { containerId, podIP }, timeoutMillis) => {
    if (question.exec !== undefined) {
      const { exitCode, output } = await runtime.execSync(
        containerId,
        question.exec.command ?? [],
        0,
      );
      return exitCode === 0
        ? { answer: 'success', output }
        : { answer: 'failure', output, exitCode };
    }
    if (runtime.isResponsive(containerId)) return { answer: 'success', output: '' };
    if (question.grpc !== undefined) {
      const output = notReached(`${podIP}:${question.grpc.port}`, timeoutMillis);
      return { answer: 'failure', output };
    }
    const port = question.httpGet?.port ?? question.tcpSocket?.port ?? 0;
    const refused = `dial tcp ${podIP}:${port}: connect: connection refused`;
    const url = `http://${podIP}:${port}${question.httpGet?.path ?? '/'}`;
    const output = question.httpGet === undefined ? refused : `Get "${url}": ${refused}`;
    return { answer: 'failure', output };
  };
}
