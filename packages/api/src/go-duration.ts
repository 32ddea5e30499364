/** Go's durations, `1h30m`, with Go's words for what is none (time.ParseDuration). */
import { goQuote } from './field-error.ts';

const unitNanos: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  '\u00b5s': 1000n,
  '\u03bcs': 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const nanosMax = 2n ** 63n - 1n;
const fractionDigitsMax = 18;

export type GoDuration = { readonly nanos: bigint } | { readonly problem: string };

const part = /(\d*)(?:\.(\d*))?([^.\d]*)/y;

export function parseGoDuration(text: string): GoDuration {
  const refused = { problem: `time: invalid duration ${goQuote(text)}` };
  const unsigned = text.replace(/^[-+]/, '');
  if (unsigned === '0') return { nanos: 0n };
  if (unsigned === '') return refused;
  let nanos = 0n;
  part.lastIndex = 0;
  while (part.lastIndex < unsigned.length) {
    const [, whole = '', fraction = '', unit = ''] = part.exec(unsigned) ?? [];
    if (whole === '' && fraction === '') return refused;
    if (unit === '') return { problem: `time: missing unit in duration ${goQuote(text)}` };
    const scale = Object.hasOwn(unitNanos, unit) ? unitNanos[unit] : undefined;
    if (scale === undefined) {
      return { problem: `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}` };
    }
    const digits = fraction.slice(0, fractionDigitsMax);
    nanos += BigInt(whole === '' ? '0' : whole.slice(0, 40)) * scale;
    nanos += (BigInt(`0${digits}`) * scale) / 10n ** BigInt(digits.length);
    if (whole.replace(/^0+/, '').length > 19 || nanos > nanosMax) return refused;
  }
  return { nanos: text.startsWith('-') ? -nanos : nanos };
}
