import { requestTimeout } from '../api/errors.ts';
import type { CallOff } from '../api/http-port.ts';
import type { ApiResponse } from '../api/request.ts';
import type { Activity, Random, Simulation } from '../sim/index.ts';

/** Something that only somebody outside this server can answer. */
export interface Question {
  /** The same for the same question. */
  readonly key: string;
  /** Asks; `answered` is called once with whatever came of it. What is returned calls it off: nobody waits any more. */
  readonly ask: (answered: (answer: unknown) => void) => CallOff;
}

/** Thrown while a request is handled that cannot go on before others have answered. No failure: the request is set aside. */
export class AnswersNeeded {
  readonly questions: readonly Question[];

  constructor(questions: readonly Question[]) {
    this.questions = questions;
  }
}

/** What a request that was set aside knows when it is begun again. */
interface Memory {
  readonly answers: Map<string, unknown>;
  readonly draws: readonly unknown[][];
  readonly startedMs: number;
}

/** Without asking there is no answer. */
const UNASKED: ApiResponse = { status: 102, headers: {} };

const NOTHING: ApiResponse = { status: 200, headers: {} };

/** What a request is told whose time has run out. */
const TIMED_OUT = (): ApiResponse => ({
  status: 504,
  headers: { 'content-type': 'application/json' },
  body: requestTimeout('request did not complete within requested timeout - context deadline exceeded').status,
});

/** Answers nobody will give any more. */
const GONE = (): ApiResponse => ({
  status: 503,
  headers: { 'content-type': 'text/plain' },
  body: 'apiserver is shutting down\n',
});

/**
 * The request that a server is handling. Handlers are plain functions that run to their end; where one needs an answer from outside
 * (a webhook's), it is left at once, and begun again from its start when the answer is there. It then finds the answers it has had, and
 * draws the same names, uids and times as before: so what a webhook has judged is what is stored, unless the stored object
 * has changed meanwhile. Then the question is another one, and is asked anew, as the real server does on a conflict.
 */
export class RequestScope {
  readonly #sim: Simulation;
  readonly #tapes: Tape[] = [];
  readonly #waiting = new Set<(response: ApiResponse) => void>();
  #memory: Memory | undefined;
  #startedMs = 0;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** When the request came, in milliseconds since 1970; between requests the present time. */
  get nowMs(): number {
    return this.#memory?.startedMs ?? this.#sim.wallMs;
  }

  /** The answers to questions, in their order. @throws AnswersNeeded when some are not known yet. */
  answers(questions: readonly Question[]): readonly unknown[] {
    const known = this.#memory?.answers;
    const missing = questions.filter(({ key }) => known?.has(key) !== true);
    if (missing.length > 0) throw new AnswersNeeded(missing);
    return questions.map(({ key }) => known!.get(key));
  }

  /** The answer to a question that this request has asked already; undefined before. */
  known(key: string): unknown {
    return this.#memory?.answers.get(key);
  }

  /** A stream of random numbers from which a request draws the same again when it is begun again. */
  draws(random: Random): RequestDraws {
    const [uuids, suffixes, floats] = [new Tape(), new Tape(), new Tape()];
    this.#tapes.push(uuids, suffixes, floats);
    return {
      uuid: () => (uuids.next() ?? uuids.note(random.uuid())) as string,
      nameSuffix: (length) => (suffixes.next() ?? suffixes.note(random.nameSuffix(length))) as string,
      float: () => (floats.next() ?? floats.note(random.float())) as number,
    };
  }

  /**
   * Handles a request; the answer to one that has to wait comes `later`.
   * @param outside whether nobody is to be asked for it
   * @param limitMs how long it may take in all, if it has to wait
   */
  handle(
    attempt: () => ApiResponse,
    outside = false,
    limitMs: () => number | undefined = () => undefined,
  ): ApiResponse {
    const first = this.#attempt(attempt, undefined);
    if (!(first instanceof AnswersNeeded)) return first;
    return outside ? UNASKED : this.#later(attempt, first, limitMs());
  }

  /** Does something that may need answers, in an event of its own; `done` hears when it is done, or has failed. */
  whenDone(attempt: () => void, done: () => void): void {
    this.#sim.schedule(0, 'kube-apiserver', () => {
      const outcome = this.handle(() => {
        try {
          attempt();
        } catch (error) {
          if (error instanceof AnswersNeeded) throw error;
        }
        return NOTHING;
      });
      if (outcome.later === undefined) done();
      else outcome.later(done);
    });
  }

  /** Nobody waits any longer. */
  close(): void {
    for (const answer of [...this.#waiting]) answer(GONE());
  }

  #attempt(attempt: () => ApiResponse, memory: Memory | undefined): ApiResponse | AnswersNeeded {
    // Whom a handler asks may ask this server in turn, before that request is over.
    const outer = this.#memory;
    this.#memory = memory;
    this.#startedMs = memory?.startedMs ?? this.#sim.wallMs;
    for (let index = 0; index < this.#tapes.length; index++) this.#tapes[index]!.rewind(memory?.draws[index]);
    try {
      return attempt();
    } catch (error) {
      if (error instanceof AnswersNeeded) return error;
      throw error;
    } finally {
      this.#memory = outer;
    }
  }

  #later(attempt: () => ApiResponse, needed: AnswersNeeded, limitMs: number | undefined): ApiResponse {
    const listeners = new Set<(response: ApiResponse) => void>();
    const callOffs: CallOff[] = [];
    let answer: ApiResponse | undefined;
    const isOver = (): boolean => {
      if (!this.#waiting.delete(finish)) return false;
      timer?.cancel();
      for (const callOff of callOffs) callOff?.();
      return true;
    };
    const finish = (response: ApiResponse): void => {
      if (!isOver()) return;
      answer = response;
      for (const listener of listeners) listener(response);
    };
    this.#waiting.add(finish);
    const timer =
      limitMs === undefined
        ? undefined
        : this.#sim.schedule(limitMs, 'kube-apiserver request timeout', () => finish(TIMED_OUT()));
    const memory = { answers: new Map<string, unknown>(), draws: this.#takeDraws(), startedMs: this.#startedMs };
    this.#continue({ attempt, memory, activity: this.#sim.trace.activity, finish, callOffs }, needed);
    return {
      status: 102,
      headers: {},
      later: (listener) => {
        if (answer === undefined) listeners.add(listener);
        else listener(answer);
        return isOver;
      },
    };
  }

  /** The draws so far belong to the request from now on. */
  #takeDraws(): unknown[][] {
    return this.#tapes.map((tape) => tape.take());
  }

  #continue(request: SetAside, { questions }: AnswersNeeded): void {
    let missing = questions.length;
    request.callOffs.length = 0;
    for (const { key, ask } of questions) {
      const callOff = ask((given) => {
        request.memory.answers.set(key, given);
        missing -= 1;
        if (missing === 0) this.#sim.schedule(0, 'kube-apiserver', () => this.#resume(request));
      });
      request.callOffs.push(callOff);
    }
  }

  #resume(request: SetAside): void {
    const { attempt, memory, activity, finish } = request;
    if (!this.#waiting.has(finish)) return;
    const again = () => this.#attempt(attempt, memory);
    const outcome = activity === undefined ? again() : this.#sim.trace.during(activity, again);
    this.#takeDraws();
    if (outcome instanceof AnswersNeeded) this.#continue(request, outcome);
    else finish(outcome);
  }
}

/** What a request has drawn of one sort, in order. Nearly every request is handled once: its tape is written over by the next. */
class Tape {
  #values: unknown[] = [];
  #length = 0;
  #position = 0;

  /** What was drawn at this point before; undefined where that is to be drawn. */
  next(): unknown {
    return this.#position < this.#length ? this.#values[this.#position++] : undefined;
  }

  note<T>(value: T): T {
    this.#values[this.#length++] = value;
    this.#position = this.#length;
    return value;
  }

  /** Begins from the start: with nothing, or with what has been drawn before. */
  rewind(values: unknown[] | undefined): void {
    this.#position = 0;
    this.#length = values?.length ?? 0;
    if (values !== undefined) this.#values = values;
  }

  take(): unknown[] {
    const values = this.#values.slice(0, this.#length);
    this.#values = [];
    this.#length = 0;
    return values;
  }
}

/** What requests draw at random. */
export type RequestDraws = Pick<Random, 'uuid' | 'nameSuffix' | 'float'>;

interface SetAside {
  readonly attempt: () => ApiResponse;
  readonly memory: Memory;
  readonly activity: Activity | undefined;
  readonly finish: (response: ApiResponse) => void;
  /** What is being asked for it. */
  readonly callOffs: CallOff[];
}
