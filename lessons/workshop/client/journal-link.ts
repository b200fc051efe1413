import type { ClusterOptions, JournalEntry } from '@drydock/engine';
import type { RunPoint } from '@drydock/engine/worker';
import type { GoalState } from '../../bench/grading.ts';
import type { BenchSetup, SavedRun } from '../../bench/protocol.ts';
import { Signal } from '../../bench/signal.ts';
import { type WorkshopApi, WorkshopError } from './api.ts';
import { changesCluster } from './changing-inputs.ts';

/** How it goes with telling the workshop what is done here. */
export type LinkState =
  | { readonly kind: 'followed' }
  /** The server is not there; so many inputs wait. */
  | { readonly kind: 'waiting'; readonly inputs: number }
  /** The server will not have it. So many inputs had waited for a way to it. */
  | { readonly kind: 'apart'; readonly error: WorkshopError; readonly waited: number };

/** A run as the server answers. */
type ThereRun = SavedRun & { readonly runId: string; readonly end: RunPoint | null };

const GATHER_MS = 600;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;
const LARGEST_BATCH = 500;
/** How often it is looked whether what is being sent has arrived. */
const FLUSH_LOOK_MS = 50;
/** How far the clock has gone is told this often at most while nothing is typed. */
const END_EVERY_MS = 20_000;
/** Of a run only what it is, without its entries. */
const BEYOND_ALL = 1_000_000_000;
/** The server holds these back only for a while. */
const PASSING = ['locked', 'early'];
/** What else may pass when the instructor changes something: the end is moved. */
const MOVABLE = [...PASSING, 'over'];
/** A bench does not wait longer for what was done on other devices. */
const ELSEWHERE_MS = 1500;

/**
 * Sends one bench's journal to the workshop: numbered, in batches, again until it is acknowledged. The run itself never
 * waits for it.
 */
export class JournalLink {
  readonly state = new Signal<LinkState>({ kind: 'followed' });
  readonly #api: WorkshopApi;
  readonly #setup: BenchSetup;
  readonly #path: string;
  #runId = '';
  /** Of what was fetched last. */
  #fetched: SavedRun | undefined;
  #options: ClusterOptions = {};
  #entries: JournalEntry[] = [];
  #acknowledged = 0;
  #begun = false;
  #end: RunPoint | undefined;
  #endToldAt = 0;
  #goals: readonly GoalState[] = [];
  #goalsTold = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending = false;
  #retryMs = FIRST_RETRY_MS;

  constructor(api: WorkshopApi, setup: BenchSetup) {
    this.#api = api;
    this.#setup = setup;
    this.#path = `/runs/${encodeURIComponent(setup.id)}`;
    addEventListener('online', () => this.#soon(0));
  }

  /** The run that the workshop has of this bench, for a device that has none. */
  async fetchRun(): Promise<SavedRun | undefined> {
    try {
      const run = await this.#api.call<ThereRun | null>('GET', this.#path);
      if (run === null || run.entries.length === 0) return undefined;
      this.#remember(run.runId);
      this.#knowsThere(run.runId);
      this.#fetched = this.#asRun(run);
      return this.#fetched;
    } catch {
      return undefined;
    }
  }

  /**
   * The run that the workshop has of this bench, where it goes on from what is here: what was done on this device is all
   * in it. Undefined where it does not, or no answer comes in time.
   */
  async fetchLonger(here: SavedRun): Promise<SavedRun | undefined> {
    const done = here.entries.findLastIndex(({ input }) => changesCluster(input)) + 1;
    const known = Math.max(0, done - 1);
    try {
      const signal = AbortSignal.timeout(ELSEWHERE_MS);
      const response = await this.#api.fetch(`${this.#path}?from=${known}`, { signal });
      const there = (await response.json()) as ThereRun | null;
      if (there === null || !there.entries.slice(done - known).some(({ input }) => changesCluster(input)))
        return undefined;
      if (!this.#goesOn(there, here.entries[done - 1])) return undefined;
      this.#remember(there.runId);
      this.#knowsThere(there.runId);
      return this.#asRun(there, here.entries.slice(0, known));
    } catch {
      return undefined;
    }
  }

  /** @param last what was done here last; where nothing was, a run takes the place that was not seen here before */
  #goesOn({ runId, entries }: ThereRun, last: JournalEntry | undefined): boolean {
    if (runId === kept(this.#here)) return last === undefined || JSON.stringify(entries[0]) === JSON.stringify(last);
    return last === undefined && runId !== kept(this.#there);
  }

  /** Whether this is the run that the workshop has, as it was fetched. */
  hasFetched(run: SavedRun): boolean {
    return run === this.#fetched;
  }

  /** A run is here as it was left, on this device or another. */
  async resume(run: SavedRun): Promise<void> {
    const known = kept(this.#here);
    this.#take(known ?? newRunId(), run);
    if (known !== undefined && !(await this.#agrees())) {
      // Another device has gone on with it: this is a run of its own now, which does not follow from what is there.
      this.#take(newRunId(), run);
      this.#knowsThere('');
    }
    this.#soon(0);
  }

  /** Whose bench this is has changed: asks whether the workshop still has this run of it. */
  async lookThere(): Promise<void> {
    await this.#sendToOwn();
    this.#begun = false;
    this.#soon(0);
  }

  /** The instructor has changed something: what was refused may be taken now. */
  again(): void {
    const state = this.state.value;
    if (state.kind === 'apart' && MOVABLE.includes(state.error.code)) this.#soon(0);
  }

  /** What is here takes the place of what was done elsewhere. @throws WorkshopError */
  async insist(): Promise<void> {
    const there = await this.#api.call<{ runId: string } | null>('GET', `${this.#path}?from=${BEYOND_ALL}`);
    this.#knowsThere(there?.runId ?? '');
    this.#take(newRunId(), this.#run());
    this.#soon(0);
  }

  /** A new run, or one of which the past was changed. */
  begin(run: SavedRun): void {
    this.#take(newRunId(), run);
    this.#soon(GATHER_MS);
  }

  append(entries: readonly JournalEntry[]): void {
    this.#entries.push(...entries);
    this.#soon(GATHER_MS);
  }

  reached(end: RunPoint): void {
    this.#end = end;
    if (Date.now() - this.#endToldAt > END_EVERY_MS) this.#soon(GATHER_MS);
  }

  checks(goals: readonly GoalState[]): void {
    this.#goals = goals;
    this.#soon(GATHER_MS);
  }

  /** Another tab has the bench, and tells of it from now on, also what was not sent here. */
  rest(): void {
    clearTimeout(this.#timer);
    this.#runId = '';
  }

  /** Sends what waits. @throws WorkshopError where the server does not take it */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#runId === '') return;
    while (this.#sending) await new Promise((resolve) => setTimeout(resolve, FLUSH_LOOK_MS));
    this.#sending = true;
    try {
      await this.#sendAll();
    } finally {
      this.#sending = false;
    }
  }

  /** What was typed just before the pairing belongs to the bench that was this person's then. */
  async #sendToOwn(): Promise<void> {
    clearTimeout(this.#timer);
    const runId = this.#runId;
    try {
      for (let from = this.#acknowledged; from < this.#entries.length; from += LARGEST_BATCH) {
        const entries = this.#entries.slice(from, from + LARGEST_BATCH);
        await this.#api.call('POST', `${this.#path}?own`, { runId, from, entries });
      }
    } catch (error) {
      // It was no bench of their own, or is there already; what cannot be reached now is on this device still.
      if (!(error instanceof WorkshopError)) throw error;
    }
  }

  #asRun({ options, entries, end }: ThereRun, before: readonly JournalEntry[] = []): SavedRun {
    return { options, entries: [...before, ...entries], ...(end === null ? {} : { end }) };
  }

  #run(): SavedRun {
    return { options: this.#options, entries: this.#entries, ...(this.#end === undefined ? {} : { end: this.#end }) };
  }

  #take(runId: string, { options, entries, end }: SavedRun): void {
    this.#remember(runId);
    this.#options = options;
    this.#entries = [...entries];
    this.#acknowledged = 0;
    this.#begun = false;
    this.#end = end;
    this.#goalsTold = '';
  }

  /** Whether the server's last entry of this run is ours. Unreachable servers are asked again when there is something to send. */
  async #agrees(): Promise<boolean> {
    try {
      const run = await this.#api.call<{ runId: string; count: number } | null>(
        'GET',
        `${this.#path}?from=${BEYOND_ALL}`,
      );
      if (run === null || run.runId !== this.#runId) return true;
      if (run.count > this.#entries.length) return false;
      if (run.count === 0) return true;
      const { entries } = await this.#api.call<{ entries: readonly JournalEntry[] }>(
        'GET',
        `${this.#path}?from=${run.count - 1}`,
      );
      return JSON.stringify(entries[0]) === JSON.stringify(this.#entries[run.count - 1]);
    } catch {
      return true;
    }
  }

  #soon(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(), delayMs);
  }

  async #send(): Promise<void> {
    if (this.#sending || this.#runId === '') return;
    this.#sending = true;
    try {
      await this.#sendAll();
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      this.#failed(error);
    } finally {
      this.#sending = false;
    }
  }

  async #sendAll(): Promise<void> {
    do await this.#sendBatch();
    while (this.#acknowledged < this.#entries.length);
    this.#retryMs = FIRST_RETRY_MS;
    this.#say({ kind: 'followed' });
  }

  async #sendBatch(): Promise<void> {
    const { version = '' } = this.#setup;
    if (!this.#begun) {
      const runId = this.#runId;
      await this.#api.call('PUT', this.#path, {
        runId,
        version,
        options: this.#options,
        instead: kept(this.#there) ?? '',
      });
      this.#knowsThere(runId);
      this.#begun = true;
    }
    const from = this.#acknowledged;
    const entries = this.#entries.slice(from, from + LARGEST_BATCH);
    const checks = this.#goals.flatMap(({ id, met }) => (met === undefined ? [] : [{ id, met }]));
    const told = JSON.stringify(checks);
    const complete = from + entries.length === this.#entries.length;
    const { count } = await this.#api.call<{ count: number }>('POST', this.#path, {
      runId: this.#runId,
      from,
      entries,
      ...(complete && this.#end !== undefined ? { end: this.#end } : {}),
      ...(told === this.#goalsTold ? {} : { checks }),
    });
    this.#acknowledged = Math.max(count, from + entries.length);
    this.#goalsTold = told;
    this.#endToldAt = Date.now();
  }

  #failed(error: WorkshopError): void {
    const { status, code, more } = error;
    if (code === 'gap') {
      this.#acknowledged = Math.min(Number(more['count']) || 0, this.#entries.length);
      this.#soon(0);
    } else if (code === 'unknown-run') {
      this.#begun = false;
      this.#acknowledged = 0;
      this.#soon(FIRST_RETRY_MS);
    } else if (status === 0 || status === 429 || status >= 500) {
      this.#say({ kind: 'waiting', inputs: this.#entries.length - this.#acknowledged });
      this.#soon(this.#retryMs * (0.5 + Math.random()));
      this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
    } else {
      this.#say({ kind: 'apart', error, waited: this.#waited });
      if (PASSING.includes(code)) this.#soon(LONGEST_RETRY_MS);
    }
  }

  /** So many inputs were held up by the network, not by a refusal. */
  get #waited(): number {
    const state = this.state.value;
    return state.kind === 'waiting' ? state.inputs : state.kind === 'apart' ? state.waited : 0;
  }

  #say(state: LinkState): void {
    if (JSON.stringify(state) !== JSON.stringify(this.state.value)) this.state.value = state;
  }

  #remember(runId: string): void {
    this.#runId = runId;
    keep(this.#here, runId);
  }

  /** The run that was seen there last: what is begun here takes the place of that one only. */
  #knowsThere(runId: string): void {
    keep(this.#there, runId);
  }

  get #here(): string {
    return `drydock-run/${this.#setup.id}`;
  }

  get #there(): string {
    return `drydock-run-there/${this.#setup.id}`;
  }
}

function kept(key: string): string | undefined {
  return localStorage.getItem(key) ?? undefined;
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Then the next page sends all of the run again under another id.
  }
}

/** Works where the origin is not secure, as on a laptop's hotspot. */
function newRunId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
