import type { ClusterInput, ClusterView, JournalEntry } from '@drydock/engine';
import type { ClockReading, Frame } from '@drydock/engine/worker';
import * as Comlink from 'comlink';
import { words } from '../i18n/page-words.ts';
import type { Claim } from './claim.ts';
import { claimOn } from './claim-bench.ts';
import { type Complaint, ComplaintListener } from './complaints.ts';
import { engineThread } from './engine-thread.ts';
import type { GoalState } from './grading.ts';
import { keepingInMemory, openKeeping, type RunAside, type RunKeeping, WrittenElsewhere } from './keeping.ts';
import type { BenchSetup, BenchSink, BenchWorker, Moment, SavedRun } from './protocol.ts';
import { Screens } from './screens.ts';
import { Signal } from './signal.ts';

/** What the bench is doing. */
export type Phase =
  | { readonly kind: 'starting'; readonly reachedMs?: number; readonly ofMs?: number }
  | { readonly kind: 'running' }
  /** Another tab has this bench. */
  | { readonly kind: 'elsewhere' }
  /** What was kept cannot be brought back; it has been put aside. */
  | { readonly kind: 'unreadable'; readonly message: string; readonly aside: RunAside | undefined }
  /** The engine has stopped. */
  | { readonly kind: 'failed'; readonly message: string };

const KEEP_END_EVERY_MS = 1000;
/** The engine gives its thread back every few milliseconds. If it does not for so many times of asking, it never will. */
const MAX_UNANSWERED = 4;
const LISTEN_EVERY_MS = 5000;

/** The page's hold on one cluster: starts it, keeps it, and tells the elements of the page what happens to it. */
export class Bench {
  readonly setup: BenchSetup;
  readonly phase = new Signal<Phase>({ kind: 'starting' });
  readonly view = new Signal<ClusterView | undefined>(undefined);
  /** Whether everything has come that the engine loads late. */
  readonly equipped = new Signal(false);
  /** Whether a command waits, or would wait, for tools that have not come. */
  readonly waiting = new Signal(true);
  readonly clock = new Signal<ClockReading | undefined>(undefined);
  readonly goals = new Signal<readonly GoalState[]>([]);
  /** The moment that is looked at, while it is not the present. */
  readonly past = new Signal<Moment | undefined>(undefined);
  /** Whether what is done here outlives the page. */
  readonly durable = new Signal(true);
  /** Whether the run that goes on here began with a cluster or files that this page no longer has. */
  readonly outdated = new Signal(false);
  /** The outcome of the latest jump to the next event. */
  readonly jumped = new Signal<boolean | undefined>(undefined);
  readonly screens = new Screens((bytes) => void this.#remote?.drawn(bytes));
  /** What kubectl last said in a terminal about places in manifests. */
  readonly complaints = new Signal<readonly Complaint[]>([]);
  readonly #listener = new ComplaintListener((complaints) => {
    if (complaints.length + this.complaints.value.length > 0) this.complaints.value = complaints;
  });
  readonly #claim: Promise<Claim>;
  readonly #open: () => Promise<RunKeeping>;
  #keeping: RunKeeping | undefined;
  #worker: Worker | undefined;
  #remote: Comlink.Remote<BenchWorker> | undefined;
  /** The file that was edited last, as long as no command has been entered since. */
  edited: string | undefined;
  #endKeptMs = 0;
  /** The latest picture of the present. */
  #present: ClusterView | undefined;
  #unanswered = 0;
  #written: Promise<unknown> = Promise.resolve();

  /**
   * @param open opens what keeps the run: the device, unless told
   * @param claim what only one tab may have
   */
  constructor(setup: BenchSetup, open: () => Promise<RunKeeping> = openKeeping, claim = setup.id) {
    this.setup = setup;
    this.#open = open;
    this.#claim = claimOn(claim, () => this.#leave());
    document.addEventListener('visibilitychange', () => this.#look());
    addEventListener('pagehide', () => this.#keepEnd());
    setInterval(() => this.#listen(), LISTEN_EVERY_MS);
  }

  /** Gets the bench going: brings back what is kept of it, if anything is. */
  async open(): Promise<void> {
    if (await (await this.#claim).get()) await this.#bringBack();
    else this.phase.value = { kind: 'elsewhere' };
  }

  async takeOver(): Promise<void> {
    this.phase.value = { kind: 'starting' };
    if (await (await this.#claim).takeOver()) await this.#bringBack();
    else this.phase.value = { kind: 'elsewhere' };
  }

  /** Brings back what is kept by now, where somebody else adds to it. */
  async reload(): Promise<void> {
    await this.#bringBack();
  }

  /** A new cluster, as the lesson wants it unless told; what was done here is gone. */
  async startOver(options = this.setup.options): Promise<void> {
    await this.#fetchFromElsewhere();
    this.#makeWay();
    await this.#written;
    await this.#begin(options);
    await this.#start({ options, entries: [] });
  }

  /** Comes back without what was done last, so many times. */
  async stepBack(times = 1): Promise<void> {
    this.#makeWay();
    await this.#written;
    for (let step = 0; step < times; step++) await (await this.#kept()).stepBack(this.setup.id);
    await this.#bringBack();
  }

  /** Shows the cluster as it was; it stands still meanwhile. */
  async lookBack(timeMs: number): Promise<void> {
    const moment = await this.remote?.lookBack(timeMs);
    if (moment === undefined) return;
    this.past.value = moment;
    this.view.value = moment.view;
  }

  lookNow(): void {
    if (this.past.value === undefined) return;
    this.past.value = undefined;
    void this.remote?.lookNow();
    this.view.value = this.#present;
  }

  /** Goes on from the moment that is looked at; what came after it is gone. */
  async branch(): Promise<void> {
    const moment = this.past.value;
    if (moment === undefined) return;
    this.past.value = undefined;
    this.#makeWay();
    await this.#written;
    await (await this.#kept()).cut(this.setup.id, moment.entries, { timeMs: moment.timeMs, step: moment.step });
    await this.#bringBack();
  }

  /** The run so far, to be shared. */
  async run(): Promise<SavedRun | undefined> {
    this.#keepEnd();
    await this.#written;
    return (await this.#kept()).load(this.setup.id);
  }

  /** Puts another run in the place of this one, which is put aside. */
  async adopt(run: SavedRun): Promise<void> {
    await this.#fetchFromElsewhere();
    this.#makeWay();
    await this.#written;
    const keeping = await this.#kept();
    await keeping.setAside(this.setup.id);
    await keeping.replace(this.setup.id, run);
    await this.#bringBack();
  }

  /** Takes an input in: in the present, whatever is looked at. Returns the body of the answer for kind `api`. */
  async submit(input: ClusterInput): Promise<unknown> {
    if (input.kind !== 'terminal.resize' && input.kind !== 'terminal.open') this.lookNow();
    if (input.kind === 'file.write') this.edited = input.path;
    if (input.kind === 'terminal.input' && input.text.includes('\r')) {
      this.edited = undefined;
      this.#listener.entered(input.terminal);
    }
    return this.#remote?.submit(input);
  }

  /** What changes the run as a whole is done by the tab that has it: two that wrote would tear it apart. */
  async #fetchFromElsewhere(): Promise<void> {
    if (this.phase.value.kind === 'elsewhere') await (await this.#claim).takeOver();
  }

  get remote(): Comlink.Remote<BenchWorker> | undefined {
    return this.phase.value.kind === 'running' ? this.#remote : undefined;
  }

  async #kept(): Promise<RunKeeping> {
    if (this.#keeping === undefined) {
      this.#keeping = await this.#open();
      this.durable.value = this.#keeping.durable;
    }
    return this.#keeping;
  }

  /** Begins a run; where the disk is full it is kept as long as the page, and that is told. */
  async #begin(options: BenchSetup['options']): Promise<void> {
    try {
      await (await this.#kept()).begin(this.setup.id, options);
    } catch {
      this.#keeping = keepingInMemory();
      this.durable.value = false;
      await this.#keeping.begin(this.setup.id, options);
    }
  }

  async #bringBack(): Promise<void> {
    const keeping = await this.#kept();
    let saved: SavedRun | undefined;
    try {
      saved = await keeping.load(this.setup.id);
    } catch (error) {
      await this.#unreadable(error);
      return;
    }
    if (saved === undefined) await this.#begin(this.setup.options);
    await this.#start(saved);
  }

  async #start(saved: SavedRun | undefined): Promise<void> {
    this.#end();
    this.phase.value = { kind: 'starting' };
    this.screens.begin(saved?.entries ?? []);
    this.outdated.value = saved !== undefined && this.#isOutdated(saved);
    const { worker, failure } = engineThread();
    const remote = Comlink.wrap<BenchWorker>(worker);
    void failure.then((message) => {
      if (worker === this.#worker) this.#failed(message);
    });
    this.#worker = worker;
    this.#remote = remote;
    this.#unanswered = 0;
    try {
      await remote.start(this.setup, saved, Comlink.proxy(this.#sink(worker)));
    } catch (error) {
      if (worker !== this.#worker) return;
      if (saved === undefined || saved.entries.length === 0) this.#failed(messageOf(error));
      else await this.#unreadable(error);
      return;
    }
    if (worker !== this.#worker) return;
    this.phase.value = { kind: 'running' };
    this.#look();
  }

  /** A playground's cluster is whatever was asked for; those of lessons and exercises are the course's. */
  #isOutdated({ options, entries }: SavedRun): boolean {
    if (entries.length === 0 || !/^(lesson|exercise)\//.test(this.setup.id)) return false;
    return JSON.stringify(options) !== JSON.stringify(this.setup.options);
  }

  /** Frames of a worker that is no longer ours are let fall. */
  #sink(worker: Worker): BenchSink {
    const ours = () => worker === this.#worker;
    return {
      frame: (frame) => void (ours() && this.#frame(frame)),
      equipped: () => {
        if (ours()) this.equipped.value = true;
      },
      waits: (waiting) => {
        if (ours()) this.waiting.value = waiting;
      },
      goals: (states) => {
        if (ours()) this.goals.value = states;
      },
      progress: (reachedMs, ofMs) => {
        if (ours()) this.phase.value = { kind: 'starting', reachedMs, ofMs };
      },
      failed: (message) => void (ours() && this.#failed(message)),
    };
  }

  #frame({ clock, entries, output, view, jumped }: Frame): void {
    this.#keep(entries);
    this.clock.value = clock;
    if (view !== undefined) {
      this.#present = view;
      if (this.past.value === undefined) this.view.value = view;
    }
    for (const { terminal, data } of output) {
      this.screens.show(terminal, data);
      this.#listener.hear(terminal, data);
    }
    if (jumped !== undefined) this.jumped.value = jumped;
    if (performance.now() - this.#endKeptMs > KEEP_END_EVERY_MS) this.#keepEnd();
  }

  #keep(entries: readonly JournalEntry[]): void {
    if (entries.length === 0) return;
    const keeping = this.#keeping;
    this.#then(() => keeping?.append(this.setup.id, entries));
  }

  #keepEnd(): void {
    const clock = this.clock.value;
    if (clock === undefined || this.phase.value.kind !== 'running') return;
    this.#endKeptMs = performance.now();
    const keeping = this.#keeping;
    this.#then(() => keeping?.end(this.setup.id, { timeMs: clock.timeMs, step: clock.step }));
  }

  /** Writes in order; a write that fails (the disk is full) is told, and the cluster goes on. */
  #then(write: () => Promise<unknown> | undefined): void {
    this.#written = this.#written.then(write).catch((error) => {
      if (error instanceof WrittenElsewhere) this.#giveUp();
      else this.durable.value = false;
    });
  }

  /** Another tab has gone on with this run without asking: it is that tab's. */
  #giveUp(): void {
    void this.#claim.then((claim) => claim.release());
    this.#end();
    this.phase.value = { kind: 'elsewhere' };
  }

  /** The clock stands still while nobody looks: a learner who comes back finds what they left. */
  #look(): void {
    const held = document.visibilityState === 'hidden';
    if (held) this.#keepEnd();
    void this.remote?.drive({ order: 'hold', held: held || this.past.value !== undefined });
  }

  /** Asks the engine for a sign of life. Counts its silence by askings, for a laptop may sleep between two of them. */
  #listen(): void {
    const remote = this.remote;
    if (remote === undefined || document.visibilityState === 'hidden') return;
    this.#unanswered += 1;
    if (this.#unanswered > MAX_UNANSWERED) {
      this.#failed(words.bench.silent);
      return;
    }
    void remote.ping().then(() => {
      this.#unanswered = 0;
    });
  }

  async #unreadable(error: unknown): Promise<void> {
    this.#end();
    const aside = await this.#keeping?.setAside(this.setup.id).catch(() => undefined);
    this.phase.value = { kind: 'unreadable', message: messageOf(error), aside };
  }

  #failed(message: string): void {
    this.#end();
    this.phase.value = { kind: 'failed', message };
  }

  async #leave(): Promise<void> {
    this.#keepEnd();
    this.#end();
    this.phase.value = { kind: 'elsewhere' };
    await this.#written;
  }

  /** Another run takes the place of this one: what is typed from now on is the next one's, though it has yet to begin. */
  #makeWay(): void {
    this.#end();
    this.phase.value = { kind: 'starting' };
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#remote = undefined;
    this.equipped.value = false;
    this.waiting.value = true;
    this.clock.value = undefined;
    this.past.value = undefined;
    this.#present = undefined;
    this.view.value = undefined;
    this.goals.value = [];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
