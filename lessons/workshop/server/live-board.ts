import { type BoardRow, boardRow } from '../board.ts';
import { cardOf, type WorkshopServer } from './context.ts';

/** Changes are gathered for so long before they are told: a hundred learners make hundreds of changes a second. */
const TELL_EVERY_MS = 150;

/** @param gone ids of those who are not here any more */
type BoardListener = (rows: readonly BoardRow[], gone: readonly string[]) => void;

/** The board in memory, a row a person, kept up by the store's changes whichever server made them. */
export class LiveBoard {
  readonly #server: WorkshopServer;
  readonly #rows = new Map<string, BoardRow>();
  readonly #dirty = new Set<string>();
  readonly #listeners = new Set<BoardListener>();
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;
  #told: Promise<void> = Promise.resolve();

  constructor(server: WorkshopServer) {
    this.#server = server;
    this.#stop = server.store.onChange((change) => {
      if ('personId' in change) this.#touch(change.personId);
      else if (change.kind === 'workshop') void this.load();
    });
  }

  /** Reads everything; at the beginning, and after everything was wiped. */
  async load(): Promise<void> {
    for (const id of this.#rows.keys()) this.#touch(id);
    for (const { id } of await this.#server.store.people()) this.#touch(id);
    await this.#tell();
  }

  rows(): readonly BoardRow[] {
    return [...this.#rows.values()].sort((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1));
  }

  /** Calls back with the rows that have changed. */
  listen(listener: BoardListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#stop();
    clearTimeout(this.#timer);
  }

  #touch(personId: string): void {
    this.#dirty.add(personId);
    this.#timer ??= setTimeout(() => {
      this.#told = this.#told.then(() => this.#tell()).catch(() => {});
    }, TELL_EVERY_MS);
  }

  async #tell(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const ids = [...this.#dirty];
    this.#dirty.clear();
    const rows: BoardRow[] = [];
    const gone: string[] = [];
    for (const id of ids) {
      const row = await this.#read(id);
      if (row !== undefined) {
        this.#rows.set(id, row);
        rows.push(row);
      } else if (this.#rows.delete(id)) gone.push(id);
    }
    if (rows.length + gone.length > 0) for (const listener of this.#listeners) listener(rows, gone);
  }

  async #read(id: string): Promise<BoardRow | undefined> {
    const { store } = this.#server;
    const person = await store.person(id);
    if (person === undefined) return undefined;
    const [runs, states] = await Promise.all([store.runs(id), store.checks(id)]);
    return boardRow(
      person,
      runs,
      states,
      (bench) => cardOf(this.#server, bench)?.checks.map((check) => check.id) ?? [],
    );
  }
}
