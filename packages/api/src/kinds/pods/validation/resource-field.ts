/** References to an amount of a container's resources, and the unit in which it is told. */
import { invalid, notSupported, required } from '../../../field-error.ts';
import type { FieldError } from '../../../field-error.ts';
import type { ResourceFieldSelector } from '../../../generated/types.ts';
import { compareQuantities } from '../../../quantity.ts';

const resources = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const byteUnits = '1 1k 1M 1G 1T 1P 1E 1Ki 1Mi 1Gi 1Ti 1Pi 1Ei'.split(' ');
const byteWords = byteUnits.join(', ');

const isHugePages = (resource: string) =>
  resource.startsWith('requests.hugepages-') || resource.startsWith('limits.hugepages-');

interface Units {
  readonly units: readonly string[];
  readonly words: string;
}

const bytesOf = (what: string): Units => ({
  units: byteUnits,
  words: `only divisor's values ${byteWords} are supported with the ${what} resource`,
});
const cpu: Units = {
  units: ['1m', '1'],
  words: "only divisor's values 1m and 1 are supported with the cpu resource",
};
const memory = bytesOf('memory');
const storage = bytesOf('local ephemeral storage');
const hugePages = bytesOf('hugepages');

function unitsOf(resource: string): Units | undefined {
  if (resource.endsWith('s.cpu')) return cpu;
  if (resource.endsWith('s.memory')) return memory;
  if (resource.endsWith('s.ephemeral-storage')) return storage;
  return isHugePages(resource) ? hugePages : undefined;
}

function validateDivisor({ resource, divisor }: ResourceFieldSelector, field: string) {
  if (divisor === undefined || compareQuantities(divisor, '0') === 0) return [];
  const known = unitsOf(resource);
  if (known === undefined || known.units.includes(divisor)) return [];
  return [invalid(`${field}.divisor`, resource, known.words)];
}

export function validateResourceFieldRef(
  ref: ResourceFieldSelector,
  field: string,
  { needsContainer }: { readonly needsContainer: boolean },
): FieldError[] {
  const { resource, containerName = '' } = ref;
  const errors: FieldError[] = [];
  if (needsContainer && containerName === '') errors.push(required(`${field}.containerName`));
  else if (resource === '') errors.push(required(`${field}.resource`));
  else if (!resources.includes(resource) && !isHugePages(resource)) {
    errors.push(notSupported(`${field}.resource`, resource, resources));
  }
  return [...errors, ...validateDivisor(ref, field)];
}
