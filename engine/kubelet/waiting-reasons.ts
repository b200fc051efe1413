/** Why a container waits, as `state.waiting` shows. */
export interface WaitingReason {
  readonly reason: string;
  readonly message: string;
}

/** Why containers could not be started the last time it was tried, by Pod uid and container name. */
export class WaitingReasons {
  readonly #reasons = new Map<string, Map<string, WaitingReason>>();

  get(podUid: string, container: string): WaitingReason | undefined {
    return this.#reasons.get(podUid)?.get(container);
  }

  set(podUid: string, container: string, reason: WaitingReason): void {
    const reasons = this.#reasons.get(podUid);
    if (reasons === undefined) this.#reasons.set(podUid, new Map([[container, reason]]));
    else reasons.set(container, reason);
  }

  /** Whether any of the Pod's containers waits for this reason. */
  some(podUid: string, reason: string): boolean {
    return [...(this.#reasons.get(podUid)?.values() ?? [])].some((waiting) => waiting.reason === reason);
  }

  clear(podUid: string, container: string): void {
    this.#reasons.get(podUid)?.delete(container);
  }

  forget(podUid: string): void {
    this.#reasons.delete(podUid);
  }
}
