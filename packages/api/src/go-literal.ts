/** Go's `%#v` of the few structs that upstream's error texts show. */
import { goQuote } from './field-error.ts';
import type { GoLiteral } from './field-error.ts';
import type {
  IntOrString,
  LabelSelector,
  RollingUpdateStatefulSetStrategy,
} from './generated/types.ts';
import { formatTime, parseTime } from './time.ts';

const text = (goLiteral: string): GoLiteral => ({ goLiteral });

function map(labels: Readonly<Record<string, string>> | undefined): string {
  if (labels === undefined) return 'map[string]string(nil)';
  const entries = Object.entries(labels)
    .map(([key, value]) => `${goQuote(key)}:${goQuote(value)}`)
    .sort();
  return `map[string]string{${entries.join(', ')}}`;
}

function list(values: readonly string[] | undefined): string {
  return values === undefined
    ? '[]string(nil)'
    : `[]string{${values.map((value) => goQuote(value)).join(', ')}}`;
}

export function goLabels(labels: Readonly<Record<string, string>> | undefined): GoLiteral {
  return text(map(labels));
}

export function goStrings(values: readonly string[] | undefined): GoLiteral {
  return text(list(values));
}

export function goInt32s(values: readonly number[]): GoLiteral {
  return text(`[]int32{${values.join(', ')}}`);
}

/** A time, as `2026-11-21 08:00:00 +0000 UTC`. */
export function goTime(timestamp: string | undefined): GoLiteral {
  const time = parseTime(timestamp ?? '');
  if (Number.isNaN(time)) return text('"null"');
  return text(`${formatTime(time).replace('T', ' ').replace('Z', '')} +0000 UTC`);
}

export function goLabelSelector(selector: LabelSelector | undefined): GoLiteral {
  if (selector === undefined) return text('"null"');
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values }) =>
      `v1.LabelSelectorRequirement{Key:${goQuote(key)}, Operator:${goQuote(operator)}, Values:${list(values)}}`,
  );
  const shown =
    expressions.length === 0
      ? '[]v1.LabelSelectorRequirement(nil)'
      : `[]v1.LabelSelectorRequirement{${expressions.join(', ')}}`;
  return text(
    `v1.LabelSelector{MatchLabels:${map(selector.matchLabels)}, MatchExpressions:${shown}}`,
  );
}

export function goIntOrString(value: IntOrString): GoLiteral {
  return text(
    typeof value === 'number'
      ? `intstr.IntOrString{Type:0, IntVal:${value}, StrVal:""}`
      : `intstr.IntOrString{Type:1, IntVal:0, StrVal:${goQuote(value)}}`,
  );
}

/** A struct whose fields nobody reads in an error text: upstream prints pages of them. */
export function goStruct(type: string): GoLiteral {
  return text(`${type}{...}`);
}

interface StrategyLike {
  readonly type?: string;
  readonly rollingUpdate?: object;
}

/** How a workload replaces its pods. Upstream prints an address in the place of the dots. */
export function goStrategy(
  types: { readonly strategy: string; readonly rollingUpdate: string },
  { type = '', rollingUpdate }: StrategyLike,
): GoLiteral {
  const pointer = `(*${types.rollingUpdate})(${rollingUpdate === undefined ? 'nil' : '...'})`;
  return text(`${types.strategy}{Type:${goQuote(type)}, RollingUpdate:${pointer}}`);
}

export function goRollingUpdate(rolling: RollingUpdateStatefulSetStrategy): GoLiteral {
  const pointer = rolling.maxUnavailable === undefined ? 'nil' : '...';
  return text(
    `apps.RollingUpdateStatefulSetStrategy{Partition:${rolling.partition ?? 0}, MaxUnavailable:(*intstr.IntOrString)(${pointer})}`,
  );
}
const quantityParts = /^(-?\d+)(?:([KMGTPE]i)|([numkMGTPE])|e(-?\d+))?$/;
const decimalScales = 'num kMGTPE';
const binaryPowers = 'KMGTPE';

/** A resource.Quantity in canonical form, as Go holds it: an integer and a power of ten. */
export function goQuantity(quantity: string): GoLiteral {
  const [, digits = '0', binary, decimal, exponent] = quantityParts.exec(quantity) ?? [];
  const power = binary === undefined ? 0 : binaryPowers.indexOf(binary[0]!) + 1;
  const value = BigInt(digits) * 1024n ** BigInt(power);
  const scale = exponent ?? (decimal === undefined ? 0 : (decimalScales.indexOf(decimal) - 3) * 3);
  const format = binary !== undefined ? 'BinarySI' : exponent ? 'DecimalExponent' : 'DecimalSI';
  return text(
    `resource.Quantity{i:resource.int64Amount{value:${value}, scale:${scale}}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:"", Format:"${format}"}`,
  );
}

export function goBytes(bytes: Uint8Array): GoLiteral {
  const shown = Array.from(bytes, (byte) => `0x${byte.toString(16)}`);
  return text(`[]byte{${shown.join(', ')}}`);
}
