/**
 * Hands out the subnets of a range one after another, e.g. the /24s of 10.244.0.0/16. A freed one is used again only
 * after all others have had their turn.
 */
export class CidrSet {
  readonly #base: number;
  readonly #bits: number;
  readonly #count: number;
  readonly #taken = new Set<number>();
  #next = 0;

  /** @param range e.g. `10.244.0.0/16`; @param nodeBits the prefix length of each subnet, e.g. 24. */
  constructor(range: string, nodeBits: number) {
    const [address = '', prefix = ''] = range.split('/');
    this.#base = toNumber(address);
    this.#bits = nodeBits;
    this.#count = 2 ** (nodeBits - Number(prefix));
  }

  /** Undefined when none is left. */
  allocate(): string | undefined {
    for (let tried = 0; tried < this.#count; tried++) {
      const index = (this.#next + tried) % this.#count;
      if (this.#taken.has(index)) continue;
      this.#taken.add(index);
      this.#next = (index + 1) % this.#count;
      return this.#cidr(index);
    }
    return undefined;
  }

  /** Marks a subnet that somebody has already; others than ours are ignored. */
  occupy(cidr: string): void {
    const index = this.#index(cidr);
    if (index !== undefined) this.#taken.add(index);
  }

  release(cidr: string): void {
    const index = this.#index(cidr);
    if (index !== undefined) this.#taken.delete(index);
  }

  #cidr(index: number): string {
    const value = this.#base + index * 2 ** (32 - this.#bits);
    const bytes = [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256);
    return `${bytes.join('.')}/${this.#bits}`;
  }

  #index(cidr: string): number | undefined {
    const index = (toNumber(cidr.split('/')[0] ?? '') - this.#base) / 2 ** (32 - this.#bits);
    return Number.isInteger(index) && index >= 0 && index < this.#count ? index : undefined;
  }
}

function toNumber(address: string): number {
  return address.split('.').reduce((value, byte) => value * 256 + Number(byte), 0);
}
