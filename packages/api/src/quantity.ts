/**
 * Resource quantities: `100m`, `1.5Gi`, `2e3` (upstream's resource.Quantity).
 *
 * 1. A value is exact: a bigint count of nano units. Finer parts round up, away from zero.
 * 2. Text is canonical when no digit is lost and the suffix is the largest that leaves no fraction;
 *    the family of suffixes (decimal, binary, exponent) is kept.
 * 3. Values are capped at 2^63 - 1, as upstream caps them.
 */

type Format = 'decimal' | 'binary' | 'exponent';

export interface ParsedQuantity {
  /** The value in units of 10^-9. */
  readonly nanos: bigint;
  readonly format: Format;
}

export class QuantityError extends Error {
  override readonly name = 'QuantityError';
  readonly code = 'QUANTITY_MALFORMED';
}

const shape = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const numeric = /^([+-]?)(\d*)(?:\.(\d*))?$/;
const nanosPerUnit = 1_000_000_000n;
const nanosMax = (2n ** 63n - 1n) * nanosPerUnit;

const decimalExponents: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

const divideUp = (dividend: bigint, divisor: bigint) =>
  dividend >= 0n ? (dividend + divisor - 1n) / divisor : -((-dividend + divisor - 1n) / divisor);

const cap = (nanos: bigint) =>
  nanos > nanosMax ? nanosMax : nanos < -nanosMax ? -nanosMax : nanos;

/** The multiplier of a suffix as numerator and power of ten, or undefined for an unknown one. */
function suffixScale(
  suffix: string,
): { readonly factor: bigint; readonly exponent: number; readonly format: Format } | undefined {
  if (Object.hasOwn(decimalExponents, suffix)) {
    return { factor: 1n, exponent: decimalExponents[suffix]!, format: 'decimal' };
  }
  const binary = binarySuffixes.indexOf(suffix);
  if (binary > 0) return { factor: 1024n ** BigInt(binary), exponent: 0, format: 'binary' };
  const exponent = /^[eE]([+-]?\d{1,4})$/.exec(suffix);
  if (exponent !== null) return { factor: 1n, exponent: Number(exponent[1]), format: 'exponent' };
  return undefined;
}

/** Throws QuantityError with upstream's text. */
export function parseQuantity(text: string): ParsedQuantity {
  const parts = text.length > 128 ? null : shape.exec(text);
  if (parts === null) {
    throw new QuantityError(`quantities must match the regular expression '${shape.source}'`);
  }
  const number = numeric.exec(parts[1]!);
  if (number === null || (number[2] === '' && (number[3] ?? '') === '')) {
    throw new QuantityError("quantities must match the regular expression '" + shape.source + "'");
  }
  const scale = suffixScale(parts[2]!);
  if (scale === undefined) throw new QuantityError("unable to parse quantity's suffix");
  const fraction = number[3] ?? '';
  const digits = BigInt(`${number[2]}${fraction}`) * scale.factor;
  const exponent = scale.exponent + 9 - fraction.length;
  let nanos: bigint;
  if (digits === 0n) nanos = 0n;
  else if (exponent >= 0) nanos = exponent > 40 ? nanosMax : digits * 10n ** BigInt(exponent);
  else nanos = exponent < -400 ? 1n : divideUp(digits, 10n ** BigInt(-exponent));
  return { nanos: cap(number[1] === '-' ? -nanos : nanos), format: scale.format };
}

export function formatQuantity({ nanos, format }: ParsedQuantity): string {
  if (nanos === 0n) return '0';
  if (format === 'binary') {
    const units = nanos / nanosPerUnit;
    const isWhole = units * nanosPerUnit === nanos;
    if (isWhole && (units >= 1024n || units <= -1024n)) {
      let mantissa = units;
      let power = 0;
      while (mantissa % 1024n === 0n && power < binarySuffixes.length - 1) {
        mantissa /= 1024n;
        power += 1;
      }
      return `${mantissa}${binarySuffixes[power]}`;
    }
  }
  let mantissa = nanos;
  let power = 0;
  while (mantissa % 1000n === 0n && power < decimalSuffixes.length - 1) {
    mantissa /= 1000n;
    power += 1;
  }
  if (format !== 'exponent') return `${mantissa}${decimalSuffixes[power]}`;
  const exponent = power * 3 - 9;
  return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
}

/** The same text comes again and again (a cluster knows few sizes), so results are kept a while. */
interface Known {
  readonly parsed: ParsedQuantity;
  readonly canonical: string;
  readonly milli: number;
  readonly units: number;
}
const knownCountMax = 4096;
const known = new Map<string, Known>();

function know(text: string): Known {
  const found = known.get(text);
  if (found !== undefined) return found;
  const parsed = parseQuantity(text);
  const entry: Known = {
    parsed,
    canonical: formatQuantity(parsed),
    milli: Number(divideUp(parsed.nanos, 1_000_000n)),
    units: Number(divideUp(parsed.nanos, nanosPerUnit)),
  };
  if (known.size >= knownCountMax) known.clear();
  known.set(text, entry);
  return entry;
}

export function canonicalQuantity(text: string): string {
  return know(text).canonical;
}

/** Thousandths, rounded up: what CPU is counted in. */
export function quantityMilliValue(text: string): number {
  return know(text).milli;
}

/** Whole units, rounded up: bytes of memory, counts of pods. */
export function quantityValue(text: string): number {
  return know(text).units;
}

export function compareQuantities(left: string, right: string): -1 | 0 | 1 {
  const a = know(left).parsed.nanos;
  const b = know(right).parsed.nanos;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The sum, in the suffixes of the first that is not zero. */
export function addQuantities(...texts: readonly string[]): string {
  let nanos = 0n;
  let format: Format | undefined;
  for (const text of texts) {
    const { parsed } = know(text);
    nanos += parsed.nanos;
    if (parsed.nanos !== 0n) format ??= parsed.format;
  }
  return formatQuantity({ nanos: cap(nanos), format: format ?? 'decimal' });
}

export function subtractQuantities(left: string, right: string): string {
  const a = know(left).parsed;
  const b = know(right).parsed;
  const format = a.nanos === 0n ? b.format : a.format;
  return formatQuantity({ nanos: cap(a.nanos - b.nanos), format });
}

/** A CPU quantity of so many thousandths. */
export function quantityFromMilli(milli: number): string {
  return formatQuantity({ nanos: BigInt(Math.round(milli)) * 1_000_000n, format: 'decimal' });
}

/** A memory quantity of so many bytes, with binary suffixes. */
export function quantityFromBytes(bytes: number): string {
  return formatQuantity({ nanos: BigInt(Math.round(bytes)) * nanosPerUnit, format: 'binary' });
}
