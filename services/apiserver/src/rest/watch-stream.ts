/** Streams a watch as JSON lines, until its time is over, the client goes, or it falls behind. */
import type { KindDefinition } from '@drydock/api';
import type { Clock, Millis } from '@drydock/ports';
import { watchLine } from '../cacher/change.ts';
import type { Watch, WatchItem } from '../cacher/watcher.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import { renderBookmark, renderObject, type Rendering } from './bodies.ts';
import type { ResponseStream } from './exchange.ts';

export interface WatchStreamOptions {
  readonly kind: KindDefinition;
  readonly watcher: Watch;
  readonly stream: ResponseStream;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly timeoutMillis: Millis;
  readonly rendering: Omit<Rendering, 'wallTime'>;
}

/** Before the end of a watch its client is told from where to go on: upstream's. */
const lastBookmarkMillis: Millis = 2_000;

export async function streamWatch(options: WatchStreamOptions): Promise<void> {
  const { watcher, stream, signal, clock, timeoutMillis } = options;
  const stop = () => watcher.end();
  const timer = clock.setTimer(timeoutMillis, stop);
  const lastBookmark =
    timeoutMillis > lastBookmarkMillis
      ? clock.setTimer(timeoutMillis - lastBookmarkMillis, () => watcher.tellProgress())
      : undefined;
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const items = await watcher.next();
      if (items === undefined) break;
      const lines = items.map((item) => lineOf(item, options));
      await stream.write(lines.length === 1 ? lines[0]! : Buffer.concat(lines));
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    timer.cancel();
    lastBookmark?.cancel();
    signal.removeEventListener('abort', stop);
    watcher.end();
    stream.end();
  }
}

function lineOf(item: WatchItem, options: WatchStreamOptions): Uint8Array {
  const { kind, clock } = options;
  const { form } = options.rendering;
  const render = (object: StoredObject) =>
    bytes(renderObject(object, { ...options.rendering, wallTime: clock.wallTime() }));
  switch (item.kind) {
    case 'object': {
      if (form === 'json') return watchLine('ADDED', item.object.json);
      return watchLine('ADDED', render(item.object));
    }
    case 'change': {
      // Unchanged bytes are made once and shared by all who watch.
      if (form === 'json') return item.change.line(item.type);
      return watchLine(item.type, render(item.change.shown(item.type)));
    }
    case 'bookmark': {
      const { revision, endsInitialEvents } = item;
      return watchLine(
        'BOOKMARK',
        Buffer.from(renderBookmark(kind, revision, { endsInitialEvents, form })),
      );
    }
    default:
      return item satisfies never;
  }
}

const bytes = (text: Uint8Array | string): Uint8Array =>
  typeof text === 'string' ? Buffer.from(text.trimEnd()) : text;
