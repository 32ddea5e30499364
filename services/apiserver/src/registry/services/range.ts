/**
 * The two ranges that Services draw from: cluster IPs and node ports, as offsets from a base.
 * Their lower part is kept for those who ask for a certain value (upstream's static band); what is
 * chosen for them comes from the upper part as long as it has room.
 */

export interface AddressRange {
  /** Where its bitmap lies in etcd; upstream's place. */
  readonly key: string;
  /** `10.96.0.0/16` or `30000-32767`. */
  readonly text: string;
  readonly size: number;
  /** Offsets from here on are given out first. */
  readonly dynamicFrom: number;
  /** Undefined for a value that is not in the range. */
  offsetOf(value: string): number | undefined;
  valueAt(offset: number): string;
}

const offsetsMax = 65_536;

function parseIPv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part)))
    return undefined;
  let address = 0;
  for (const part of parts) {
    if (Number(part) > 255) return undefined;
    address = address * 256 + Number(part);
  }
  return address;
}

const formatIPv4 = (address: number): string =>
  [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');

/** @throws Error that says what is wrong with the text */
export function createIPRange(cidr: string): AddressRange {
  const [network = '', length = ''] = cidr.split('/');
  const address = parseIPv4(network);
  const bits = Number(length);
  if (address === undefined || !/^\d{1,2}$/.test(length) || bits < 8 || bits > 30) {
    throw new Error(`a range of Service addresses such as 10.96.0.0/16, not "${cidr}"`);
  }
  // Neither the network's own address nor the broadcast address is given out.
  const base = address - (address % 2 ** (32 - bits)) + 1;
  const size = Math.min(2 ** (32 - bits) - 2, offsetsMax);
  return {
    key: '/registry/ranges/serviceips',
    text: cidr,
    size,
    dynamicFrom: Math.min(size, Math.min(Math.max(16, Math.floor(size / 16)), 256)),
    offsetOf: (value) => {
      const number = parseIPv4(value);
      if (number === undefined || number < base || number >= base + size) return undefined;
      return number - base;
    },
    valueAt: (offset) => formatIPv4(base + offset),
  };
}

/** @throws Error that says what is wrong with the text */
export function createPortRange(text: string): AddressRange {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  const low = Number(match?.[1]);
  const high = Number(match?.[2]);
  if (match === null || low < 1 || high > 65_535 || low > high) {
    throw new Error(`a range of ports such as 30000-32767, not "${text}"`);
  }
  const size = high - low + 1;
  return {
    key: '/registry/ranges/servicenodeports',
    text,
    size,
    dynamicFrom: size <= 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 32)), 128),
    offsetOf: (value) => {
      const port = Number(value);
      return port >= low && port <= high ? port - low : undefined;
    },
    valueAt: (offset) => String(low + offset),
  };
}
