/**
 * Whether those who change an object have to look at it again, because others changed it after them.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#reinvocation-policy
 */
export class Reinvocation {
  /** A second round is needed, */
  wanted = false;
  /** or under way. There is no third. */
  isAgain = false;
  readonly #plugins = new Map<string, Invocations>();

  /** What a plugin has called in this request. */
  of(plugin: string): Invocations {
    let found = this.#plugins.get(plugin);
    if (found === undefined) {
      found = new Invocations(this);
      this.#plugins.set(plugin, found);
    }
    return found;
  }
}

/** The webhooks, or policies, that one plugin has called. After k8s.io/apiserver `plugin/webhook/mutating/reinvocationcontext.go`. */
export class Invocations {
  readonly #reinvocation: Reinvocation;
  readonly #before = new Set<string>();
  readonly #again = new Set<string>();
  #lastOutput: unknown;

  constructor(reinvocation: Reinvocation) {
    this.#reinvocation = reinvocation;
  }

  /** A round begins. Whoever was called before must see what others have changed since. */
  begin(object: unknown, isSame: (before: unknown, now: unknown) => boolean): void {
    if (this.#reinvocation.isAgain && !isSame(this.#lastOutput, object)) this.#askAgain();
  }

  end(object: unknown): void {
    this.#lastOutput = object;
  }

  mayCall(id: string): boolean {
    return !this.#reinvocation.isAgain || this.#again.has(id);
  }

  /** @param ifNeeded whether it wants to be called again; @param changed whether it has changed the object */
  called(id: string, ifNeeded: boolean, changed: boolean): void {
    if (changed) {
      this.#askAgain();
      this.#reinvocation.wanted = true;
    }
    if (ifNeeded) this.#before.add(id);
  }

  #askAgain(): void {
    for (const id of this.#before) this.#again.add(id);
    this.#before.clear();
  }
}
