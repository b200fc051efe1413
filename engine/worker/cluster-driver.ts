import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterInput } from '../cluster/input.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { JournalEntry } from '../sim/index.ts';
import type { ClockReading, FrameSink } from './frame.ts';
import type { LateComing } from './late-part.ts';
import { OutputBatch } from './output-batch.ts';
import { Picture } from './picture.ts';
import type { RealTime } from './real-time.ts';

/** How long the engine may run before the thread is given back, in real milliseconds. */
const SLICE_MS = 8;
/** Events between two looks at the real clock and at the terminals: one event may run for 100 µs, or print 200 KB. */
const STEPS_PER_LOOK = 5;
/** Real milliseconds that the cluster may lag behind; what is more is forgiven and reported as slipping. */
const MAX_LAG_MS = 250;
const FRAME_MS = 100;
const IDLE_MS = 100;
const NOTHING_LATE: LateComing = { arrived: true, missing: () => undefined };
/** Terminals that draw slower than programs write stop the clock at this many bytes. */
const MAX_OUTSTANDING_BYTES = 256 * 1024;
/** How far apart a jump looks at the picture, and how far it goes, in virtual milliseconds. */
const JUMP_STRIDE_MS = 100;
const JUMP_LIMIT_MS = 10 * 60 * 1000;

/**
 * Drives a cluster in real time: lets virtual time pass at a chosen speed in slices short enough for the thread to stay
 * responsive, whatever the cluster's programs do, and reports what happened in frames.
 */
export class ClusterDriver {
  readonly cluster: Cluster;
  readonly #time: RealTime;
  readonly #sink: FrameSink;
  readonly #late: LateComing;
  readonly #output = new OutputBatch();
  readonly #picture: Picture;
  #entries: JournalEntry[] = [];
  #speed = 1;
  #paused = false;
  #held = false;
  #started = false;
  #stopped = false;
  #slipping = false;
  #jumpEndMs: number | undefined;
  /** The end of a jump, to be told with the next frame: whether something happened. */
  #jumped: boolean | undefined;
  /** A picture that no frame has carried yet. */
  #unsentView: ClusterView | undefined;
  #dueMs: number;
  #lastRealMs: number;
  #lastFrameMs = Number.NEGATIVE_INFINITY;
  #clockShown = '';
  #cancelTurn: (() => void) | undefined;
  /** Whether time stands still until something has been loaded. */
  #waiting = false;

  constructor(cluster: Cluster, time: RealTime, sink: FrameSink, late: LateComing = NOTHING_LATE) {
    this.#late = late;
    this.cluster = cluster;
    this.#time = time;
    this.#sink = sink;
    this.#picture = new Picture(cluster);
    this.#dueMs = cluster.sim.nowMs;
    this.#lastRealMs = time.now();
    cluster.onTerminalOutput((terminal, data) => this.#shows(terminal, data));
    cluster.sim.journal.onEntry((entry) => this.#entries.push(entry));
  }

  get reading(): ClockReading {
    const { sim } = this.cluster;
    return {
      timeMs: sim.nowMs,
      step: sim.steps,
      wallMs: sim.wallMs,
      speed: this.#speed,
      paused: this.#paused,
      jumping: this.#jumpEndMs !== undefined,
      slipping: this.#slipping,
    };
  }

  /** Begins; the first frame carries the whole picture, and the inputs so far unless they have been kept before. */
  start({ entriesKept = false } = {}): void {
    this.#started = true;
    if (entriesKept) this.#entries = [];
    this.#output.keepLatest(MAX_OUTSTANDING_BYTES / 2);
    this.#lastRealMs = this.#time.now();
    this.#dueMs = this.cluster.sim.nowMs;
    this.#turnIn(0);
  }

  /** Stops for good. */
  stop(): void {
    this.#stopped = true;
    this.#cancelTurn?.();
  }

  play(): void {
    this.#change(() => {
      this.#paused = false;
    });
  }

  pause(): void {
    this.#change(() => {
      this.#paused = true;
      this.#endJump(true);
    });
  }

  /** Virtual milliseconds for each real one; more than 0. */
  setSpeed(speed: number): void {
    if (!(speed > 0 && speed <= 1000)) throw new RangeError(`a speed is between 0 and 1000, not ${speed}`);
    this.#change(() => {
      this.#speed = speed;
    });
  }

  /** The clock stands still while held, e.g. while nobody is looking, and goes on as it was when released. */
  hold(held: boolean): void {
    this.#change(() => {
      this.#held = held;
    });
  }

  /** Runs ahead, as fast as the machine can, until the picture changes or a terminal shows something. */
  jump(): void {
    this.#change(() => {
      this.#look();
      this.#jumpEndMs = this.cluster.sim.nowMs + JUMP_LIMIT_MS;
    });
  }

  /** Takes an input in, now. Returns what the cluster returns; throws what it throws. */
  submit(input: ClusterInput): unknown {
    const answer = this.cluster.submit(input);
    this.#turnIn(0);
    return answer;
  }

  /** Says that `bytes` of terminal output have been drawn. */
  drawn(bytes: number): void {
    const wasFull = this.#full;
    this.#output.drawn(bytes);
    if (wasFull && !this.#full) this.#turnIn(0);
  }

  #shows(terminal: string, data: Uint8Array): void {
    this.#output.add(terminal, data);
    // While a run is brought back nobody draws, and only the end of a flood would still be on the screen.
    if (!this.#started && this.#output.outstandingBytes > 4 * MAX_OUTSTANDING_BYTES) {
      this.#output.keepLatest(MAX_OUTSTANDING_BYTES / 2);
    }
  }

  get #full(): boolean {
    return this.#output.outstandingBytes > MAX_OUTSTANDING_BYTES;
  }

  get #moving(): boolean {
    return !this.#held && !this.#waiting && (!this.#paused || this.#jumpEndMs !== undefined);
  }

  /** Settles the time that passed under the old setting before the new one holds. */
  #change(make: () => void): void {
    this.#catchUp();
    make();
    this.#clockShown = '';
    this.#turnIn(0);
  }

  #turnIn(delayMs: number): void {
    if (this.#stopped) return;
    this.#cancelTurn?.();
    this.#cancelTurn = this.#time.later(delayMs, () => this.#turn());
  }

  #turn(): void {
    try {
      this.#catchUp();
      const done = this.#full ? false : this.#runSlice();
      this.#report();
      if (this.#full) this.#turnIn(IDLE_MS);
      else this.#turnIn(done ? this.#restMs() : 0);
    } catch (error) {
      this.stop();
      this.#sink.failed(error);
    }
  }

  /** Moves the due time on by the real time that has passed, as far as the cluster may lag behind. */
  #catchUp(): void {
    const now = this.#time.now();
    const passedMs = now - this.#lastRealMs;
    this.#lastRealMs = now;
    const { nowMs } = this.cluster.sim;
    if (this.#jumpEndMs !== undefined || !this.#moving) {
      this.#dueMs = nowMs;
      this.#slipping = false;
      return;
    }
    const wantedMs = this.#dueMs + passedMs * this.#speed;
    this.#dueMs = Math.min(wantedMs, nowMs + MAX_LAG_MS * this.#speed);
    this.#slipping = this.#dueMs < wantedMs;
  }

  /** Runs until all that is due has run or the slice is over. Returns whether all has. */
  #runSlice(): boolean {
    const { sim } = this.cluster;
    const endMs = this.#time.now() + SLICE_MS;
    for (;;) {
      if (this.#held || this.#waits()) return true;
      const jumpEndMs = this.#jumpEndMs;
      // Whole milliseconds keep the journal's times short.
      const goalMs =
        jumpEndMs === undefined ? Math.floor(this.#dueMs) : Math.min(jumpEndMs, sim.nowMs + JUMP_STRIDE_MS);
      const reached = sim.advance(goalMs, this.#late.arrived ? STEPS_PER_LOOK : 1);
      if (reached && jumpEndMs === undefined) return true;
      if (reached && jumpEndMs !== undefined) this.#lookForJump(jumpEndMs);
      if (this.#full || this.#time.now() >= endMs) return false;
    }
  }

  /** Whether time has to stand still, since what a program needs for its first step has not been loaded. */
  #waits(): boolean {
    const missing = this.#late.missing();
    if (missing === undefined) return false;
    if (this.#waiting) return true;
    this.#waiting = true;
    this.#sink.waits?.(true);
    const goOn = () => {
      this.#waiting = false;
      this.#lastRealMs = this.#time.now();
      this.#sink.waits?.(false);
      this.#turnIn(0);
    };
    const fail = (error: unknown) => {
      this.stop();
      this.#sink.failed(error);
    };
    missing.then(goOn, fail);
    return true;
  }

  #lookForJump(jumpEndMs: number): void {
    const saw = this.#look() || !this.#output.empty;
    if (saw || this.cluster.sim.nowMs >= jumpEndMs) this.#endJump(saw);
  }

  /** Takes the picture. Returns whether it has changed since the last time. */
  #look(): boolean {
    const view = this.#picture.take();
    if (view === undefined) return false;
    this.#unsentView = view;
    return true;
  }

  #endJump(saw: boolean): void {
    if (this.#jumpEndMs === undefined) return;
    this.#jumpEndMs = undefined;
    this.#jumped = saw;
    this.#dueMs = this.cluster.sim.nowMs;
    this.#clockShown = '';
  }

  /** Sends a frame, if there is something to tell: terminals at once, the picture and the clock ten times a second. */
  #report(): void {
    const now = this.#time.now();
    const timely = now - this.#lastFrameMs >= FRAME_MS || this.#clockShown === '';
    if (!timely && this.#output.empty && this.#entries.length === 0) return;
    if (timely) this.#look();
    const view = timely ? this.#unsentView : undefined;
    const clock = this.reading;
    const shown = JSON.stringify(clock);
    if (view === undefined && this.#output.empty && this.#entries.length === 0 && shown === this.#clockShown) return;
    if (timely) {
      this.#lastFrameMs = now;
      this.#unsentView = undefined;
    }
    this.#clockShown = shown;
    const [entries, jumped] = [this.#entries, this.#jumped];
    this.#entries = [];
    this.#jumped = undefined;
    this.#sink.frame({ clock, output: this.#output.take(), entries, view, jumped });
  }

  /** How long nothing needs doing: until the next event is due, within what a clock face can bear. */
  #restMs(): number {
    if (!this.#moving) return 1000;
    const { nextEventMs, nowMs } = this.cluster.sim;
    if (nextEventMs === undefined) return IDLE_MS;
    return Math.min(IDLE_MS, Math.max(4, (nextEventMs - nowMs) / this.#speed));
  }
}
