import type { ClusterOptions, JournalEntry } from '@drydock/engine';
import type { RunPoint } from '@drydock/engine/worker';
import { type RunAside, type RunKeeping, WrittenElsewhere } from '../../bench/keeping.ts';
import type { SavedRun } from '../../bench/protocol.ts';
import type { JournalLink } from './journal-link.ts';

/** Keeps on the device as ever, and tells the workshop. A device without the run, or with its beginning only, gets it from there. */
export class FollowedKeeping implements RunKeeping {
  readonly #local: RunKeeping;
  readonly #link: JournalLink;

  constructor(local: RunKeeping, link: JournalLink) {
    this.#local = local;
    this.#link = link;
  }

  get durable(): boolean {
    return this.#local.durable;
  }

  async load(id: string): Promise<SavedRun | undefined> {
    const here = await this.#local.load(id);
    if (here !== undefined && here.entries.length > 0) {
      const longer = await this.#link.fetchLonger(here);
      if (longer !== undefined) await this.#local.replace(id, longer);
      void this.#link.resume(longer ?? here);
      return longer ?? here;
    }
    const there = await this.#link.fetchRun();
    if (there === undefined) {
      if (here !== undefined) this.#link.begin(here);
      return here;
    }
    await this.#local.begin(id, there.options);
    await this.#local.append(id, there.entries);
    if (there.end !== undefined) await this.#local.end(id, there.end);
    void this.#link.resume(there);
    return there;
  }

  async begin(id: string, options: ClusterOptions): Promise<void> {
    await this.#local.begin(id, options);
    this.#link.begin({ options, entries: [] });
  }

  async append(id: string, entries: readonly JournalEntry[]): Promise<void> {
    await this.#told(this.#local.append(id, entries), () => this.#link.append(entries));
  }

  async stepBack(id: string): Promise<void> {
    await this.#local.stepBack(id);
    await this.#beganAnew(id);
  }

  async cut(id: string, entries: number, end: RunPoint): Promise<void> {
    await this.#local.cut(id, entries, end);
    await this.#beganAnew(id);
  }

  async replace(id: string, run: SavedRun): Promise<void> {
    await this.#local.replace(id, run);
    // What the workshop has already stays the run that it is there.
    if (!this.#link.hasFetched(run)) await this.#beganAnew(id);
  }

  /** The past was changed, so to the workshop it is another run. */
  async #beganAnew(id: string): Promise<void> {
    const run = await this.#local.load(id);
    if (run !== undefined) this.#link.begin(run);
  }

  async end(id: string, end: RunPoint): Promise<void> {
    await this.#told(this.#local.end(id, end), () => this.#link.reached(end));
  }

  /** What the device does not take is told all the same, unless another tab has gone on with the run and tells of it. */
  async #told(written: Promise<void>, tell: () => void): Promise<void> {
    const [outcome] = await Promise.allSettled([written]);
    const elsewhere = outcome!.status === 'rejected' && outcome!.reason instanceof WrittenElsewhere;
    if (!elsewhere) tell();
    return written;
  }

  setAside(id: string): Promise<RunAside> {
    return this.#local.setAside(id);
  }
}
