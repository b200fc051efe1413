import type { Bench } from '../../bench/bench.ts';
import type { CheckResult } from '../../bench/grading.ts';
import { keepIn, openKeeping } from '../../bench/keeping.ts';
import type { BenchSetup } from '../../bench/protocol.ts';
import type { Lms, Standing } from './lms.ts';
import { type CourseRecord, continues, readRecord, standingOf, written } from './record.ts';

/** How often it is looked whether there is something new to keep. */
const LOOK_EVERY_MS = 5000;
/** Where only time has passed, it is kept so often: each time may be a request. */
const KEEP_EVERY_MS = 60_000;

/** The learner's work in a package, between the bench and the system that has opened the page. */
export class PackageSession {
  readonly #lms: Lms;
  readonly #setup: BenchSetup;
  readonly #standingChanged: (standing: Standing) => void;
  #record: CourseRecord;
  #bench: Bench | undefined;
  #ended = false;
  /** What was kept last, and when. */
  #kept: CourseRecord | undefined;
  #keptAt = 0;

  private constructor(lms: Lms, setup: BenchSetup, record: CourseRecord, standingChanged: (to: Standing) => void) {
    this.#lms = lms;
    this.#setup = setup;
    this.#record = record;
    this.#standingChanged = standingChanged;
  }

  /** Brings back what the system keeps, before the bench looks for it on the device. */
  static async begin(
    lms: Lms,
    setup: BenchSetup,
    standingChanged: (standing: Standing) => void,
  ): Promise<PackageSession> {
    const kept = lms.kept === undefined ? undefined : readRecord(lms.kept, setup);
    const record = kept ?? { attempt: newAttempt(), achieved: {} };
    keepIn(`drydock/${record.attempt}`);
    const keeping = await openKeeping();
    await keeping.addAchievements(record.achieved);
    if (record.run !== undefined) {
      const here = await keeping.load(setup.id).catch(() => undefined);
      if (here === undefined || !continues(here, record.run)) await keeping.replace(setup.id, record.run);
    }
    return new PackageSession(lms, setup, record, standingChanged);
  }

  /** From now on what happens on the bench is told. */
  follow(bench: Bench): void {
    this.#bench = bench;
    this.#tell();
    bench.goals.on((goals) => {
      if (this.#setup.exercise !== undefined) return;
      const met = goals.filter((goal) => goal.met === true).map(({ id }) => `${this.#setup.id}/${id}`);
      const news = met.filter((goal) => !Object.hasOwn(this.#record.achieved, goal));
      if (news.length === 0) return;
      const at = new Date().toISOString();
      const added = Object.fromEntries(news.map((goal) => [goal, at]));
      this.#change({ achieved: { ...this.#record.achieved, ...added } });
    });
    document.addEventListener('dd-graded', (event) => {
      const checks = (event as CustomEvent<readonly CheckResult[]>).detail;
      const points = checks.reduce((sum, check) => sum + check.points, 0);
      const earned = checks.reduce((sum, check) => sum + check.earned, 0);
      this.#change({ graded: Math.max(this.#record.graded ?? 0, points === 0 ? 1 : earned / points) });
    });
    setInterval(() => void this.#look(), LOOK_EVERY_MS);
    document.addEventListener('visibilitychange', () => void this.#look());
    addEventListener('pagehide', () => this.end());
  }

  /** Once the page closes, or the learner goes back to the course. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#bench !== undefined) this.#keep();
    this.#lms.end(this.#standing);
  }

  get #standing(): Standing {
    return standingOf(this.#setup, this.#record, this.#lms.passMark);
  }

  #change(change: Partial<CourseRecord>): void {
    this.#record = { ...this.#record, ...change };
    this.#tell();
    void this.#look();
  }

  #tell(): void {
    if (!this.#lms.looking) this.#lms.report(this.#standing);
    this.#standingChanged(this.#standing);
  }

  /** Sees how far the bench is, and has it kept if something was done, or now and then. */
  async #look(): Promise<void> {
    const run = await this.#bench?.run();
    const here = Object.entries(await (await openKeeping()).achievements());
    if (this.#ended) return;
    const achieved = Object.fromEntries(here.filter(([goal]) => !goal.startsWith('seen ')));
    this.#record = {
      ...this.#record,
      achieved: { ...achieved, ...this.#record.achieved },
      ...(run === undefined ? {} : { run }),
    };
    if (!sameWork(this.#record, this.#kept) || performance.now() - this.#keptAt > KEEP_EVERY_MS) this.#keep();
  }

  #keep(): void {
    if (this.#lms.looking) return;
    this.#kept = this.#record;
    this.#keptAt = performance.now();
    this.#lms.keep(written(this.#record, this.#setup, this.#lms.room));
  }
}

/** Whether nothing was done between two looks but that time passed. */
function sameWork(record: CourseRecord, before: CourseRecord | undefined): boolean {
  const { run, achieved, graded } = record;
  return (
    before !== undefined &&
    before.graded === graded &&
    Object.keys(before.achieved).length === Object.keys(achieved).length &&
    (run === undefined || (before.run !== undefined && run.entries.length === before.run.entries.length))
  );
}

/** `crypto.randomUUID` is only there over TLS, and not every course has it. */
function newAttempt(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
