/**
 * The client of the engine. What wants one answer gets it within kubelet's --runtime-request-timeout, or has
 * failed: an engine that was stopped while it answered would otherwise hold its pods for good.
 *
 * Streams (events, logs, attached processes, pulls) take their time.
 */
import Docker from 'dockerode';
import type { Clock, Millis } from '@drydock/ports';
import { RuntimeError } from '../runtime.ts';

const requestMillisMax: Millis = 120_000;
/** What upstream says of an answer that did not come. */
export const deadlineExceeded = 'context deadline exceeded';

interface DialOptions {
  readonly isStream?: boolean;
  readonly hijack?: boolean;
  readonly abortSignal?: AbortSignal;
}

type DialCallback = (error: unknown, result?: unknown) => void;

/** As much of the client library as every call goes through. */
interface Modem {
  dial(options: DialOptions, callback: DialCallback): void;
}

export function createEngine(socketPath: string, clock: Clock): Docker {
  const docker = new Docker({ socketPath });
  const modem = docker.modem as unknown as Modem;
  const dial = modem.dial.bind(modem);
  modem.dial = (options, callback) => {
    if (options.isStream === true || options.hijack === true) {
      dial(options, callback);
      return;
    }
    const late = new AbortController();
    const timer = clock.setTimer(requestMillisMax, () => late.abort());
    dial({ ...options, abortSignal: late.signal }, (error, result) => {
      timer.cancel();
      if (late.signal.aborted) {
        callback(new RuntimeError('FAILED', deadlineExceeded, error));
      } else {
        callback(error, result);
      }
    });
  };
  return docker;
}
