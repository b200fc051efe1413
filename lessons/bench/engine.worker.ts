import './tools-ahead.ts';
import { type Cluster, type ClusterInput, manifestFields, manifestFlaws, manifestKinds } from '@drydock/engine';
import { ClusterDriver, describeField, replay, startCluster, threadTime } from '@drydock/engine/worker';
import * as Comlink from 'comlink';
import { type GoalState, grade, observeGoals } from './grading.ts';
import { HistoryMarks } from './history-marks.ts';
import { lookingAt } from './looking.ts';
import { bringTo } from './past.ts';
import type { BenchSetup, BenchSink, BenchWorker, SavedRun } from './protocol.ts';

// The engine's thread: one cluster, driven in real time, and what a page may ask of it.

const GOALS_EVERY_MS = 400;
const PROGRESS_EVERY_MS = 50;

interface Running {
  readonly cluster: Cluster;
  /** Resolves when it may be given lines for its shells, and when anything may be asked of it. */
  readonly ready: Promise<void>;
  readonly complete: Promise<void>;
  readonly driver: ClusterDriver;
  readonly setup: BenchSetup;
  /** The revision at which the learner began. */
  readonly baseRevision: number;
  /** When the learner's time began: the cluster was up. */
  readonly firstMs: number;
  readonly marks: HistoryMarks;
}

/** What an input waits for; those after it wait too. */
let awaited: Promise<void> | undefined;
/** The terminals that have been opened on this page. */
const open = new Set<string>();
let bench: Running | undefined;
/** The moment that is looked at, while it is not the present. */
let past: Cluster | undefined;
/** Counts, so that of two wishes to look back the later one holds. */
let lookedBack = 0;

function running(): Running {
  if (bench === undefined) throw new Error('the cluster has not been started yet');
  return bench;
}

async function start(setup: BenchSetup, saved: SavedRun | undefined, sink: BenchSink): Promise<void> {
  const { cluster, late } = await startCluster(saved?.options ?? setup.options);
  const { ready, complete } = late;
  complete.then(
    () => sink.equipped(),
    (error: unknown) => sink.failed(messageOf(error)),
  );
  // Whoever waits for everything tells of a failure.
  ready.then(
    () => sink.waits(false),
    () => {},
  );
  const driver = new ClusterDriver(
    cluster,
    threadTime,
    {
      frame: (frame) => void sink.frame(frame),
      waits: (waiting) => void sink.waits(waiting),
      failed: (error) => void sink.failed(messageOf(error)),
    },
    late,
  );
  const progress = (reachedMs: number) => sink.progress(reachedMs, saved?.end?.timeMs);
  const baseRevision = cluster.revision;
  const firstMs = cluster.sim.nowMs;
  if (saved !== undefined && (saved.entries.length > 0 || saved.end !== undefined)) {
    await complete;
    await inSlices(replay(cluster, saved.entries, saved.end), progress);
  }
  driver.start({ entriesKept: saved !== undefined });
  bench = { cluster, ready, complete, driver, setup, baseRevision, firstMs, marks: new HistoryMarks(cluster) };
  watchGoals(cluster, setup, sink);
}

/** Runs a generator to its end, giving the thread back between slices. */
async function inSlices(run: Generator<number>, progress: (reachedMs: number) => void): Promise<void> {
  let told = threadTime.now();
  for (const reachedMs of run) {
    if (threadTime.now() - told < PROGRESS_EVERY_MS) continue;
    progress(reachedMs);
    await new Promise((resolve) => setTimeout(resolve));
    told = threadTime.now();
  }
}

function watchGoals(cluster: Cluster, { checks }: BenchSetup, sink: BenchSink): void {
  if (checks.length === 0) return;
  let steps = -1;
  let told = '';
  const look = () => {
    if (cluster.sim.steps === steps) return;
    steps = cluster.sim.steps;
    const states: readonly GoalState[] = observeGoals(cluster, checks);
    const text = JSON.stringify(states);
    if (text !== told) sink.goals(states);
    told = text;
  };
  setInterval(look, GOALS_EVERY_MS);
}

const worker: BenchWorker = {
  start,
  async submit(input) {
    const { driver } = running();
    if (input.kind === 'terminal.open') open.add(input.terminal);
    else {
      awaited = neededFor(input);
      if (awaited !== undefined) await awaited;
    }
    const answer = driver.submit(input);
    // An answer may hold functions (a watch, a stream), which do not travel.
    return input.kind === 'api' ? (answer as { body?: unknown }).body : undefined;
  },
  drive(order) {
    const { driver } = running();
    if (order.order === 'speed') driver.setSpeed(order.speed);
    else if (order.order === 'hold') driver.hold(order.held);
    else driver[order.order]();
  },
  drawn: (bytes) => running().driver.drawn(bytes),
  readFile: (path) => running().cluster.readFile(path),
  listFiles: () => running().cluster.listFiles(),
  ping() {},
  manifestKinds,
  manifestFields: ({ apiVersion, kind }, path) => manifestFields({ apiVersion, kind }, path),
  manifestFlaws,
  describeField,
  ...lookingAt(() => past ?? running().cluster),
  marks: (from) => running().marks.since(from),
  async lookBack(timeMs) {
    const { cluster, driver, firstMs } = running();
    driver.hold(true);
    const mine = ++lookedBack;
    const moment = Math.floor(Math.min(Math.max(timeMs, firstMs), cluster.sim.nowMs));
    const run = bringTo(cluster.options, cluster.journal, moment);
    let told = threadTime.now();
    for (;;) {
      const { done, value } = await run.next();
      if (mine !== lookedBack) return undefined;
      if (done === true) {
        past = value;
        break;
      }
      if (threadTime.now() - told < PROGRESS_EVERY_MS) continue;
      await new Promise((resolve) => setTimeout(resolve));
      told = threadTime.now();
    }
    const { sim } = past;
    return { timeMs: sim.nowMs, step: sim.steps, wallMs: sim.wallMs, view: past.view(), entries: past.journal.length };
  },
  lookNow() {
    lookedBack += 1;
    past = undefined;
    running().driver.hold(false);
  },
  async grade() {
    await running().complete;
    const { cluster, setup, baseRevision } = running();
    if (setup.exercise === undefined) throw new Error('there is nothing to grade on this page');
    return grade(cluster, setup.exercise, baseRevision);
  },
};

/**
 * A shell that has had no line yet needs nothing but itself for its prompt and for the letters typed behind it. What a line
 * may have components ask for must have come before it; programs that it starts are waited for when they start.
 */
function neededFor(input: ClusterInput): Promise<void> | undefined {
  const { ready, complete } = running();
  if (awaited === complete || input.kind === 'terminal.resize') return awaited;
  if (input.kind !== 'terminal.input' || !open.has(input.terminal)) return complete;
  if (/^[ -~\u00a1-\uffff]*$/.test(input.text)) return awaited;
  return ready;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

Comlink.expose(worker);
