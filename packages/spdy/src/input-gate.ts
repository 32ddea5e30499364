/**
 * Bounds what a connection may have sent that nobody has taken yet: above the bound its input is held
 * back, whatever the client thinks of windows (kubectl's SPDY knows none).
 *
 * While input is held back, so are the client's pings and its goodbye: the carrier beats instead, which
 * shows the client a live server and the server a dead client.
 */
import type { Carrier } from './carrier.ts';

export interface InputGate {
  enter(bytes: number): void;
  leave(bytes: number): void;
  /** Bytes that are held at present. */
  readonly held: number;
}

const heldBytesMax = 256 * 1024;
/** Real milliseconds; kubectl gives up after 61 s of silence. */
const beatMillis = 5_000;

export function createInputGate(carrier: Carrier): InputGate {
  let held = 0;
  let beats: NodeJS.Timeout | undefined;
  const open = () => {
    clearInterval(beats);
    beats = undefined;
    carrier.resume();
  };
  carrier.signal.addEventListener('abort', () => clearInterval(beats), { once: true });
  return {
    get held() {
      return held;
    },
    enter: (bytes) => {
      held += bytes;
      if (held <= heldBytesMax || beats !== undefined || carrier.signal.aborted) return;
      carrier.pause();
      beats = setInterval(() => carrier.beat(), beatMillis);
    },
    leave: (bytes) => {
      held -= bytes;
      if (beats !== undefined && held <= heldBytesMax / 2) open();
    },
  };
}
