/** An endpoint as it is dialled. */
export interface Target {
  readonly ip: string;
  readonly port: number;
}

interface Remembered {
  readonly target: Target;
  usedMs: number;
}

/** Whom the next connection to one Service port goes to: each in turn, or whoever this client met last. */
export class PortBalancer {
  #targets: readonly Target[] = [];
  #affinityMs: number | undefined;
  #next = 0;
  readonly #clients = new Map<string, Remembered>();

  update(targets: readonly Target[], affinitySeconds: number | undefined): void {
    const same =
      targets.length === this.#targets.length && targets.every((target, at) => isSame(target, this.#targets[at]!));
    if (!same) {
      this.#targets = targets;
      this.#next = 0;
    }
    this.#affinityMs = affinitySeconds === undefined ? undefined : affinitySeconds * 1000;
    for (const [client, { target }] of this.#clients) {
      if (!targets.some((each) => isSame(each, target))) this.#clients.delete(client);
    }
  }

  /** Undefined where there is nobody. `forget` after a dial that failed, so that another has its turn. */
  next(client: string, nowMs: number, forget = false): Target | undefined {
    const targets = this.#targets;
    if (targets.length === 0) return undefined;
    const known = this.#clients.get(client);
    if (this.#affinityMs !== undefined && !forget && known !== undefined && nowMs - known.usedMs < this.#affinityMs) {
      known.usedMs = nowMs;
      return known.target;
    }
    const target = targets[this.#next % targets.length]!;
    this.#next = (this.#next + 1) % targets.length;
    if (this.#affinityMs !== undefined) this.#clients.set(client, { target, usedMs: nowMs });
    return target;
  }
}

function isSame(one: Target, other: Target): boolean {
  return one.ip === other.ip && one.port === other.port;
}
