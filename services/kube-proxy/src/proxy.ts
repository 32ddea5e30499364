/**
 * Keeps the kernel's rules what Services and EndpointSlices say.
 *
 * 1. The first sync replaces whatever an earlier process left, in one transaction: its rules go on
 *    serving until then. Rules are never taken down at the end.
 * 2. Later syncs tell the kernel only what changed, at most one a second; every 30 s, and after any
 *    refusal, all of it is told again.
 * 3. A change waits for nothing when the last one was a while ago.
 */
import type { Clock, Logger, Millis } from '@drydock/ports';
import type { Nft } from './nft.ts';
import { planRules, type ProxyInput } from './rules/plan.ts';
import { renderChanges, renderWhole } from './rules/render.ts';
import type { Ruleset } from './rules/ruleset.ts';

export interface ProxyOptions {
  readonly minSyncMillis: Millis;
  readonly syncMillis: Millis;
}

export interface ProxyPowers {
  /** What the API says now. */
  readonly input: () => ProxyInput;
  readonly nft: Nft;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onSync?: (sync: { readonly whole: boolean; readonly seconds: number }) => void;
}

export interface Proxy {
  /** Something has changed. */
  wake(): void;
  /** Goes on until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Why the kernel does not have the present rules; undefined when it has them. */
  readonly problem: string | undefined;
}

export function createProxy(options: ProxyOptions, powers: ProxyPowers): Proxy {
  const { nft, clock, log } = powers;
  let applied: Ruleset | undefined;
  let problem: string | undefined = 'no rules have been applied yet';
  let isDirty = true;
  let wake: (() => void) | undefined;

  const sync = async (whole: boolean) => {
    const begin = clock.now();
    const wanted = planRules(powers.input());
    const isWhole = whole || applied === undefined;
    const transaction = isWhole
      ? renderWhole(wanted, await nft.present())
      : renderChanges(applied!, wanted);
    if (transaction !== '') await nft.apply(transaction);
    applied = wanted;
    problem = undefined;
    powers.onSync?.({ whole: isWhole, seconds: (clock.now() - begin) / 1000 });
  };

  const sleep = (delay: Millis, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (isDirty || signal.aborted) return resolve();
      const end = () => {
        timer.cancel();
        wake = undefined;
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = clock.setTimer(delay, end);
      wake = end;
      signal.addEventListener('abort', end, { once: true });
    });

  return {
    wake: () => {
      isDirty = true;
      wake?.();
    },
    run: async (signal) => {
      let wholeAt = -Infinity;
      while (!signal.aborted) {
        const whole = clock.now() - wholeAt >= options.syncMillis;
        isDirty = false;
        try {
          await sync(whole);
          if (whole) wholeAt = clock.now();
        } catch (error) {
          problem = (error as Error).message;
          applied = undefined;
          isDirty = true;
          log.error({ err: error }, 'cannot apply the rules of services; will try again');
        }
        await clock.sleep(options.minSyncMillis, { signal }).catch(() => undefined);
        await sleep(Math.max(0, options.syncMillis - (clock.now() - wholeAt)), signal);
      }
    },
    get problem() {
      return problem;
    },
  };
}
