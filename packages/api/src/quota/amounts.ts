/** Arithmetic of amounts by resource: `{ pods: '1', 'requests.cpu': '500m' }`. Pure. */
import { addQuantities, compareQuantities, subtractQuantities } from '../quantity.ts';

/** Quantities by the name of a resource. */
export type Amounts = Readonly<Record<string, string>>;

/** What either holds, and the sum of what both do. */
export function addAmounts(left: Amounts, right: Amounts): Record<string, string> {
  const sum: Record<string, string> = { ...left };
  for (const [name, amount] of Object.entries(right)) {
    const before = sum[name];
    sum[name] = before === undefined ? amount : addQuantities(before, amount);
  }
  return sum;
}

/** How much more `now` is than `before`, of each resource; less counts as nothing. */
export function increase(now: Amounts, before: Amounts): Record<string, string> {
  const more: Record<string, string> = {};
  for (const [name, amount] of Object.entries(now)) {
    const left = subtractQuantities(amount, before[name] ?? '0');
    more[name] = compareQuantities(left, '0') > 0 ? left : '0';
  }
  return more;
}

/** The greater of both, of each resource. */
export function maxAmounts(left: Amounts, right: Amounts): Record<string, string> {
  const most: Record<string, string> = { ...left };
  for (const [name, amount] of Object.entries(right)) {
    const other = most[name];
    if (other === undefined || compareQuantities(amount, other) > 0) most[name] = amount;
  }
  return most;
}

/** The amounts of some resources only. */
export function pickAmounts(amounts: Amounts, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).filter(([name]) => names.includes(name)));
}

/** The resources of which there is more than allowed; what has no bound is allowed. */
export function exceededNames(amounts: Amounts, bounds: Amounts): string[] {
  return Object.entries(amounts)
    .filter(([name, amount]) => {
      const bound = bounds[name];
      return bound !== undefined && compareQuantities(amount, bound) > 0;
    })
    .map(([name]) => name);
}

export function isNothing(amounts: Amounts): boolean {
  return Object.values(amounts).every((amount) => compareQuantities(amount, '0') === 0);
}

/** `pods=1,requests.cpu=500m`, by name: how errors show amounts. */
export function formatAmounts(amounts: Amounts): string {
  return Object.keys(amounts)
    .sort()
    .map((name) => `${name}=${amounts[name]}`)
    .join(',');
}
