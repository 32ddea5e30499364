/** IP addresses and ranges of them inside specs, in upstream's words. */
import { invalid } from '../../field-error.ts';
import type { FieldError } from '../../field-error.ts';
import { ipAddressProblem, isCIDR, isIP, isIPv4 } from '../../names.ts';

const cidrProblem = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

const bytesOfIPv4 = (address: string) => address.split('.').map(Number);

function bytesOfIPv6(address: string): number[] {
  const bytesOf = (half: string | undefined) =>
    (half ?? '')
      .split(':')
      .filter((group) => group !== '')
      .flatMap((group) => {
        if (group.includes('.')) return bytesOfIPv4(group);
        const value = Number.parseInt(group, 16);
        return [value >> 8, value & 0xff];
      });
  const halves = address.split('::');
  const [head, tail] = [bytesOf(halves[0]), bytesOf(halves[1])];
  return [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

/** 4 bytes, also for an IPv4 address written as IPv6, or 16; undefined when it is none. */
function ipBytes(address: string): number[] | undefined {
  if (isIPv4(address)) return bytesOfIPv4(address);
  if (!isIP(address)) return undefined;
  const bytes = bytesOfIPv6(address);
  return mappedPrefix.every((byte, index) => bytes[index] === byte) ? bytes.slice(12) : bytes;
}

/** An IPv4 address written as IPv6, which counts as the former: `::ffff:10.0.0.1`. */
export function isMappedIPv4(address: string): boolean {
  return !isIPv4(address) && ipBytes(address)?.length === 4;
}

/** An IPv6 address as RFC 5952 writes it; undefined when it is none. */
export function canonicalIPv6(address: string): string | undefined {
  if (isIPv4(address) || !isIP(address)) return undefined;
  const bytes = bytesOfIPv6(address);
  if (mappedPrefix.every((byte, index) => bytes[index] === byte)) {
    return `::ffff:${bytes.slice(12).join('.')}`;
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((bytes[index * 2]! << 8) | bytes[index * 2 + 1]!).toString(16),
  );
  // The first of the longest runs of zeros, where it is longer than one.
  let run = { start: 0, length: 1 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === '0') length += 1;
    if (length > run.length) run = { start, length };
  }
  if (run.length === 1) return groups.join(':');
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`;
}

export function validateIP(address: string, field: string): FieldError[] {
  return isIP(address) ? [] : [invalid(field, address, ipAddressProblem)];
}

export function validateCIDR(text: string, field: string): FieldError[] {
  return isCIDR(text) ? [] : [invalid(field, text, cidrProblem)];
}

const loopback = 'may not be in the loopback range (127.0.0.0/8, ::1/128)';

/** What no other machine could reach, but for loopback (docs/decisions/0059). */
export function validateEndpointIP(address: string, field: string): FieldError[] {
  return validateNonSpecialIP(address, field).filter(({ detail }) => detail !== loopback);
}

/** What no other machine could reach under this address. */
export function validateNonSpecialIP(address: string, field: string): FieldError[] {
  const bytes = ipBytes(address);
  if (bytes === undefined) return [invalid(field, address, 'must be a valid IP address')];
  const refuse = (why: string) => [invalid(field, address, why)];
  const [first = 0, second = 0, third = 0] = bytes;
  const isIPv6 = bytes.length === 16;
  if (bytes.every((byte) => byte === 0)) return refuse(`may not be unspecified (${address})`);
  const isLoopback = isIPv6
    ? bytes.every((byte, index) => byte === (index === 15 ? 1 : 0))
    : first === 127;
  if (isLoopback) return refuse(loopback);
  const isLinkLocal = isIPv6
    ? first === 0xfe && (second & 0xc0) === 0x80
    : first === 169 && second === 254;
  if (isLinkLocal) {
    return refuse('may not be in the link-local range (169.254.0.0/16, fe80::/10)');
  }
  const isLinkLocalMulticast = isIPv6
    ? first === 0xff && (second & 0x0f) === 0x02
    : first === 224 && second === 0 && third === 0;
  return isLinkLocalMulticast
    ? refuse('may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)')
    : [];
}

interface Range {
  readonly bytes: readonly number[];
  readonly bits: number;
}

/** A valid range, with the length of its mask as it is written. */
function rangeOf(cidr: string): Range {
  const slash = cidr.indexOf('/');
  const address = cidr.slice(0, slash);
  return {
    bytes: isIPv4(address) ? bytesOfIPv4(address) : bytesOfIPv6(address),
    bits: Number(cidr.slice(slash + 1)),
  };
}

/** Whether all of `inner` lies in `outer`, and not the other way round. Both must be valid. */
export function isStrictSubset(inner: string, outer: string): boolean {
  const [small, large] = [rangeOf(inner), rangeOf(outer)];
  if (small.bytes.length !== large.bytes.length || small.bits <= large.bits) return false;
  return large.bytes.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, large.bits - index * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === (small.bytes[index]! & mask);
  });
}
