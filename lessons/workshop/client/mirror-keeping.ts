import type { ClusterInput, JournalEntry } from '@drydock/engine';
import type { RunPoint } from '@drydock/engine/worker';
import type { RunAside, RunKeeping } from '../../bench/keeping.ts';
import type { SavedRun } from '../../bench/protocol.ts';
import type { WorkshopApi } from './api.ts';
import { changesCluster } from './changing-inputs.ts';

/**
 * A learner's run as the instructor looks at it. Nothing of it is kept on the instructor's device, and what is done to it
 * here reaches nobody unless it is handed over.
 */
export class MirrorKeeping implements RunKeeping {
  readonly durable = true;
  readonly #api: WorkshopApi;
  readonly #personId: string;
  /** Also of a task of a mock exam, which the instructor's page knows as its exercise. */
  readonly benchId: string;
  #added: JournalEntry[] = [];
  #cut: { readonly entries: number; readonly end: RunPoint } | undefined;
  /** So many of the learner's inputs are in the picture. */
  count = 0;

  constructor(api: WorkshopApi, personId: string, benchId: string) {
    this.#api = api;
    this.#personId = personId;
    this.benchId = benchId;
  }

  /** What was done here since the run was fetched. */
  get added(): readonly ClusterInput[] {
    return this.#added.map(({ input }) => input as ClusterInput).filter(changesCluster);
  }

  /** From now on the run is again what the workshop has. */
  follow(): void {
    this.#cut = undefined;
  }

  /** The run as the workshop has it now, up to where it was cut. */
  async load(): Promise<SavedRun | undefined> {
    const path = `/people/${encodeURIComponent(this.#personId)}/runs/${encodeURIComponent(this.benchId)}`;
    const run = await this.#api.call<SavedRun & { count: number; end?: RunPoint | null }>('GET', path);
    this.count = run.count;
    this.#added = [];
    const { options } = run;
    const entries = this.#cut === undefined ? run.entries : run.entries.slice(0, this.#cut.entries);
    const end = this.#cut?.end ?? run.end;
    return { options, entries, ...(end === undefined || end === null ? {} : { end }) };
  }

  async begin(): Promise<void> {}

  async append(_id: string, entries: readonly JournalEntry[]): Promise<void> {
    this.#added.push(...entries);
  }

  async stepBack(): Promise<void> {}

  /** The instructor goes on from an earlier moment; `follow` gives that up. */
  async cut(_id: string, entries: number, end: RunPoint): Promise<void> {
    this.#cut = { entries, end };
  }

  async replace(): Promise<void> {}

  async end(): Promise<void> {}

  async setAside(id: string): Promise<RunAside> {
    return { id, at: new Date().toISOString(), run: await this.load() };
  }
}
