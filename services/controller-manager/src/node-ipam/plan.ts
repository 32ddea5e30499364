/**
 * A range of pod addresses for each node (upstream's range allocator, IPv4).
 *
 * 1. The nodes are the only memory: an allocator starts from the ranges that nodes have, so a restart
 *    or another leader gives none twice.
 * 2. Ranges are given out in turn around the whole of the cluster's range, so that one that was just
 *    returned is not soon seen again.
 */

export class CidrError extends Error {
  override readonly name = 'CidrError';
}

export interface Cidr {
  /** The first address as a number below 2^32. */
  readonly first: number;
  readonly prefixLength: number;
}

export function parseCidr(text: string): Cidr {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const [a = 256, b = 256, c = 256, d = 256, prefixLength = 33] = (match ?? [])
    .slice(1)
    .map(Number);
  if (Math.max(a, b, c, d) > 255 || prefixLength > 32) {
    throw new CidrError(`"${text}" is no IPv4 range, such as 10.244.0.0/16`);
  }
  const address = ((a * 256 + b) * 256 + c) * 256 + d;
  const size = 2 ** (32 - prefixLength);
  return { first: Math.floor(address / size) * size, prefixLength };
}

export function formatCidr({ first, prefixLength }: Cidr): string {
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${parts.join('.')}/${prefixLength}`;
}

export class CidrAllocator {
  readonly #cluster: Cidr;
  readonly #nodePrefixLength: number;
  readonly #count: number;
  /** Index of a range to the node that has it. */
  readonly #owners = new Map<number, string>();
  #next = 0;

  /** @throws CidrError */
  constructor(clusterCidr: string, nodePrefixLength: number) {
    this.#cluster = parseCidr(clusterCidr);
    this.#nodePrefixLength = nodePrefixLength;
    const bits = nodePrefixLength - this.#cluster.prefixLength;
    if (nodePrefixLength > 32 || bits < 0 || bits > 16) {
      throw new CidrError(
        `ranges of /${nodePrefixLength} for nodes do not fit ${clusterCidr}: ` +
          `the mask must be from /${this.#cluster.prefixLength} to ` +
          `/${Math.min(32, this.#cluster.prefixLength + 16)}`,
      );
    }
    this.#count = 2 ** bits;
  }

  /**
   * Notes that a node has a range. A range outside of the cluster's is nobody's concern here.
   * @returns the other node that has it already, which is for a person to mend
   */
  occupy(node: string, podCidr: string): string | undefined {
    const index = this.#indexOf(podCidr);
    if (index === undefined) return undefined;
    const owner = this.#owners.get(index);
    if (owner !== undefined && owner !== node) return owner;
    this.#owners.set(index, node);
    return undefined;
  }

  /** A range that nobody has, now the node's; the node's own if it has one; undefined if all are taken. */
  allocate(node: string): string | undefined {
    for (const [index, owner] of this.#owners) if (owner === node) return this.#rangeAt(index);
    for (let step = 0; step < this.#count; step++) {
      const index = (this.#next + step) % this.#count;
      if (this.#owners.has(index)) continue;
      this.#owners.set(index, node);
      this.#next = (index + 1) % this.#count;
      return this.#rangeAt(index);
    }
    return undefined;
  }

  /** Takes back what the node has. */
  release(node: string): void {
    for (const [index, owner] of this.#owners) if (owner === node) this.#owners.delete(index);
  }

  #rangeAt(index: number): string {
    const first = this.#cluster.first + index * 2 ** (32 - this.#nodePrefixLength);
    return formatCidr({ first, prefixLength: this.#nodePrefixLength });
  }

  #indexOf(podCidr: string): number | undefined {
    const { first, prefixLength } = parseCidr(podCidr);
    if (prefixLength !== this.#nodePrefixLength) return undefined;
    const index = (first - this.#cluster.first) / 2 ** (32 - this.#nodePrefixLength);
    return index >= 0 && index < this.#count ? index : undefined;
  }
}
