/** Taints repel pods; tolerations let them stay. */
import type { Pod, Taint, Toleration } from './generated/types.ts';

export const taintNotReady = 'node.kubernetes.io/not-ready';
export const taintUnreachable = 'node.kubernetes.io/unreachable';
export const taintUnschedulable = 'node.kubernetes.io/unschedulable';

export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { key = '', operator = 'Equal', value = '', effect } = toleration;
  if (effect !== undefined && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return key !== '' && value === (taint.value ?? '');
}

/** The first taint with one of the effects that none of the tolerations covers. */
export function untoleratedTaint(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly Taint['effect'][],
): Taint | undefined {
  return taints?.find(
    (taint) =>
      effects.includes(taint.effect) &&
      tolerations?.some((toleration) => tolerates(toleration, taint)) !== true,
  );
}

/**
 * How long a pod may stay under its node's NoExecute taints: 0 to go at once, Infinity to stay, or
 * the shortest of the tolerationSeconds that apply.
 */
export function tolerationSeconds(
  taints: readonly Taint[],
  tolerations: readonly Toleration[] | undefined,
): number {
  let seconds = Number.POSITIVE_INFINITY;
  for (const taint of taints) {
    if (taint.effect !== 'NoExecute') continue;
    const matching = (tolerations ?? []).filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return 0;
    for (const one of matching) {
      if (one.tolerationSeconds !== undefined) {
        seconds = Math.min(seconds, Math.max(0, one.tolerationSeconds));
      }
    }
  }
  return seconds;
}

const tolerationSecondsDefault = 300;

/** What upstream's DefaultTolerationSeconds admission adds, unless the pod says otherwise itself. */
export function addDefaultTolerations(pod: Pod, seconds: number = tolerationSecondsDefault): void {
  for (const key of [taintNotReady, taintUnreachable]) {
    const isCovered = (pod.spec.tolerations ?? []).some(
      (toleration) =>
        (toleration.key === key || (toleration.key ?? '') === '') &&
        (toleration.effect === 'NoExecute' || toleration.effect === undefined),
    );
    if (isCovered) continue;
    pod.spec.tolerations = [
      ...(pod.spec.tolerations ?? []),
      { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds },
    ];
  }
}
