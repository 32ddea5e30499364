/** IPv4 arithmetic, and which address of the node's range the next pod gets. */

export interface Range {
  /** As a number, with the host bits zero. */
  readonly network: number;
  readonly prefixBits: number;
}

function parseAddress(text: string): number {
  const parts = text.split('.').map(Number);
  if (
    parts.length !== 4 ||
    parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)
  ) {
    throw new Error(`"${text}" is no IPv4 address`);
  }
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

function formatAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

export function parseRange(cidr: string): Range {
  const [address = '', bits = ''] = cidr.split('/');
  const prefixBits = Number(bits);
  if (!/^\d{1,2}$/.test(bits) || prefixBits > 32) throw new Error(`"${cidr}" is no IPv4 range`);
  const size = 2 ** (32 - prefixBits);
  return { network: Math.floor(parseAddress(address) / size) * size, prefixBits };
}

/** The first address of a node's range is the node's own end of every pod's cable. */
export const gatewayOf = (cidr: string) => formatAddress(parseRange(cidr).network + 1);

/**
 * The next free address after `previous`, going round: an address just given back is the last to be
 * used again, so that nobody's open connection meets a stranger. Undefined when all are taken.
 */
export function nextAddress(
  cidr: string,
  used: ReadonlySet<string>,
  previous: string | undefined,
): string | undefined {
  const { network, prefixBits } = parseRange(cidr);
  const first = network + 2;
  const count = 2 ** (32 - prefixBits) - 3;
  const before = previous === undefined ? first - 1 : parseAddress(previous);
  const start = before < first - 1 || before >= first + count ? first - 1 : before;
  for (let step = 1; step <= count; step++) {
    const address = formatAddress(first + ((start - first + step) % count));
    if (!used.has(address)) return address;
  }
  return undefined;
}
