/**
 * Which static pods run, one of a name at a time: what a file says now waits until nothing is left of what it
 * said before.
 */
import type { Pod } from '@drydock/api';

export interface SuccessionPowers {
  readonly begin: (pod: Pod) => void;
  /** Told with the pod as it was begun. `ended` is called when nothing is left of it. */
  readonly end: (pod: Pod) => void;
}

export interface Succession {
  /** All pods that there should be. */
  replace(pods: readonly Pod[]): void;
  /** Nothing is left of the pod with this uid. Answers with it when it was one of these. */
  ended(uid: string): Pod | undefined;
}

interface Line {
  current: Pod | undefined;
  isEnding: boolean;
  next: Pod | undefined;
}

export function createSuccession({ begin, end }: SuccessionPowers): Succession {
  const lines = new Map<string, Line>();
  const keyOf = ({ metadata }: Pod) => `${metadata.namespace ?? ''}/${metadata.name}`;

  const advance = (key: string, line: Line) => {
    const { current, next } = line;
    if (current === undefined) {
      if (next === undefined) lines.delete(key);
      else {
        line.current = next;
        begin(next);
      }
      return;
    }
    if (next?.metadata.uid === current.metadata.uid || line.isEnding) return;
    line.isEnding = true;
    end(current);
  };

  return {
    replace: (pods) => {
      const wanted = new Map(pods.map((pod) => [keyOf(pod), pod]));
      for (const key of wanted.keys()) {
        if (!lines.has(key))
          lines.set(key, { current: undefined, isEnding: false, next: undefined });
      }
      for (const [key, line] of lines) {
        line.next = wanted.get(key);
        advance(key, line);
      }
    },
    ended: (uid) => {
      for (const [key, line] of lines) {
        const { current } = line;
        if (current?.metadata.uid !== uid) continue;
        line.current = undefined;
        line.isEnding = false;
        advance(key, line);
        return current;
      }
      return undefined;
    },
  };
}
