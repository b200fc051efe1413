import type { Simulation } from '../sim/index.ts';
import { AnswersNeeded } from './request-scope.ts';

/**
 * What admission wants to be remembered of a request. The trace has an entry `request.audit` for each annotation, with who
 * made the request; an audit log, where there is one, has them with the request. https://kubernetes.io/docs/reference/labels-annotations-taints/audit-annotations/
 */
export class AuditAnnotations {
  readonly #sim: Simulation;
  /** Hardly any request has some. */
  #annotations: Map<string, string> | undefined;
  /** Those of the request that was handled last. */
  #last: ReadonlyMap<string, string> | undefined;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** Values for the same key of one request stand in one annotation. */
  add(key: string, value: string): void {
    this.#annotations ??= new Map();
    const before = this.#annotations.get(key);
    this.#annotations.set(key, before === undefined || before === value ? value : `${before}, ${value}`);
  }

  /** Handles a request, admitted or refused. One that is set aside will be begun again and say everything once more. */
  during<T>(handle: () => T): T {
    const outer = this.#annotations;
    this.#annotations = undefined;
    try {
      const answer = handle();
      this.#note();
      return answer;
    } catch (error) {
      if (!(error instanceof AnswersNeeded)) this.#note();
      throw error;
    } finally {
      this.#annotations = outer;
    }
  }

  /** What there is to remember of the request that has just been handled, once. */
  take(): Readonly<Record<string, string>> {
    const taken = this.#last;
    this.#last = undefined;
    return taken === undefined ? {} : Object.fromEntries(taken);
  }

  #note(): void {
    if (this.#annotations === undefined) return;
    this.#last = this.#annotations;
    const { trace, nowMs } = this.#sim;
    for (const [key, value] of this.#annotations) trace.note(nowMs, 'request.audit', key, value);
  }
}
