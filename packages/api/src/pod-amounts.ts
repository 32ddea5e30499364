/**
 * What a pod asks for as a whole, exactly: the amounts that limits and quotas judge. (Schedulers count
 * in numbers: see pod.ts.)
 */
import type { Container, PodSpec } from './generated/types.ts';
import { isSidecar } from './pod.ts';
import { addAmounts, maxAmounts, type Amounts } from './quota/amounts.ts';

/**
 * The sum of containers and sidecars, but at least what the hungriest moment of the initialisation
 * needs: an init container beside the sidecars before it.
 */
export function podAmounts(spec: PodSpec, heading: 'requests' | 'limits'): Amounts {
  const of = ({ resources }: Container): Amounts => resources?.[heading] ?? {};
  let total: Amounts = {};
  for (const container of spec.containers) total = addAmounts(total, of(container));
  let sidecars: Amounts = {};
  let initPeak: Amounts = {};
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) {
      total = addAmounts(total, of(container));
      sidecars = addAmounts(sidecars, of(container));
      initPeak = maxAmounts(initPeak, sidecars);
    } else {
      initPeak = maxAmounts(initPeak, addAmounts(of(container), sidecars));
    }
  }
  return maxAmounts(total, initPeak);
}

/** The same with what the sandbox costs beside its containers; it raises no limit that is not set. */
export function podAmountsWithOverhead(spec: PodSpec, heading: 'requests' | 'limits'): Amounts {
  const amounts = podAmounts(spec, heading);
  const { overhead = {} } = spec;
  if (heading === 'requests') return addAmounts(amounts, overhead);
  const isSet = ([name]: [string, string]) => amounts[name] !== undefined;
  return addAmounts(amounts, Object.fromEntries(Object.entries(overhead).filter(isSet)));
}
