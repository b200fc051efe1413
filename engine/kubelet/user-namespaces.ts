/** As many ids as a Pod's user namespace has; the machine keeps the first so many for itself. */
const RANGE = 65_536;

/**
 * Gives Pods with `hostUsers: false` ranges of user ids that nobody else on the machine has.
 * https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/
 */
export class UserNamespaces {
  readonly #ranges = new Map<string, number>();

  /** The ids of the machine that the Pod's ids 0 to 65535 are. */
  mappings(podUid: string): readonly { readonly inside: number; readonly outside: number; readonly count: number }[] {
    let range = this.#ranges.get(podUid);
    if (range === undefined) {
      const taken = new Set(this.#ranges.values());
      range = 1;
      while (taken.has(range)) range += 1;
      this.#ranges.set(podUid, range);
    }
    return [{ inside: 0, outside: range * RANGE, count: RANGE }];
  }

  forget(podUid: string): void {
    this.#ranges.delete(podUid);
  }
}
