/** The engine's stream of events, taken up again when it breaks. */
import { once } from 'node:events';
import type Docker from 'dockerode';
import type { Clock, Logger } from '@drydock/ports';
import type { RuntimeEvent } from '../runtime.ts';
import { label } from './labels.ts';

const reconnectMillis = 1_000;

const kinds: Readonly<Record<string, RuntimeEvent['kind']>> = {
  start: 'started',
  die: 'died',
  destroy: 'removed',
};

interface EngineEvent {
  readonly Action?: string;
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Record<string, string> };
}

export function watchEngine(
  docker: Docker,
  {
    clock,
    log,
    filterLabels,
  }: { readonly clock: Clock; readonly log: Logger; readonly filterLabels: readonly string[] },
  onEvent: (event: RuntimeEvent) => void,
  signal: AbortSignal,
): void {
  const follow = async () => {
    const stream = (await docker.getEvents({
      filters: { type: ['container'], event: Object.keys(kinds), label: [...filterLabels] },
    })) as NodeJS.ReadableStream & { destroy(): void };
    const stop = () => stream.destroy();
    signal.addEventListener('abort', stop, { once: true });
    let pending = '';
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      const lines = (pending + text).split('\n');
      pending = lines.pop()!;
      for (const line of lines) if (line !== '') report(JSON.parse(line) as EngineEvent);
    });
    try {
      await once(stream, 'close', { signal });
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  };
  const report = ({ Action: action = '', Actor: actor = {} }: EngineEvent) => {
    const kind = kinds[action];
    const podUid = actor.Attributes?.[label.uid];
    if (kind !== undefined && podUid !== undefined && actor.ID !== undefined) {
      onEvent({ kind, podUid, containerId: actor.ID });
    }
  };
  const run = async () => {
    while (!signal.aborted) {
      try {
        await follow();
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ err: error }, 'lost the stream of engine events; the relist goes on');
      }
      await clock.sleep(reconnectMillis, { signal }).catch(() => undefined);
    }
  };
  void run();
}
