import type { ClusterOptions, JournalEntry } from '@drydock/engine';
import type { RunPoint } from '@drydock/engine/worker';
import type { SavedRun } from './protocol.ts';
import { checkedRun, FORMAT } from './saved-run.ts';

/** A run that could not be brought back, put aside to be downloaded. */
export interface RunAside {
  readonly id: string;
  readonly at: string;
  readonly run: unknown;
}

/** Another tab has written on a run since this page read it: what this page would add does not follow. */
export class WrittenElsewhere extends Error {
  constructor() {
    super('another tab has gone on with this run');
  }
}

/** Where a bench keeps its run. */
export interface RunKeeping {
  /** Whether it outlives the page. */
  readonly durable: boolean;
  /** The run of this bench. Throws Error when what is kept makes no sense. */
  load(id: string): Promise<SavedRun | undefined>;
  /** Begins a run anew; what was kept under this id is gone. */
  begin(id: string, options: ClusterOptions): Promise<void>;
  /** Adds to a run. Throws WrittenElsewhere where it is no longer the one that this page knows. */
  append(id: string, entries: readonly JournalEntry[]): Promise<void>;
  /** Takes the latest inputs of a run away, and forgets its end. */
  stepBack(id: string): Promise<void>;
  /** Keeps the first so many inputs of a run, and gives it another end. */
  cut(id: string, entries: number, end: RunPoint): Promise<void>;
  /** Puts a whole run in the place of the one kept under this id. */
  replace(id: string, run: SavedRun): Promise<void>;
  end(id: string, end: RunPoint): Promise<void>;
  /** Moves a run out of the way. */
  setAside(id: string): Promise<RunAside>;
}

/** What the device keeps: a run for each bench, and what has been achieved. */
export interface Keeping extends RunKeeping {
  achieve(goal: string): Promise<void>;
  achieved(): Promise<readonly string[]>;
  /** What has been achieved, and when, as ISO 8601 says it. */
  achievements(): Promise<Readonly<Record<string, string>>>;
  /** Adds achievements; of two times for one goal the earlier stays. */
  addAchievements(added: Readonly<Record<string, string>>): Promise<void>;
}

interface Head {
  readonly format: number;
  readonly options: ClusterOptions;
  readonly end?: RunPoint;
}

let opened: Promise<Keeping> | undefined;
let name = 'drydock';

/** Another database than the site's own; said before anything is opened. */
export function keepIn(database: string): void {
  name = database;
}

/** The device's database, or memory where there is none (some private windows); the same one for the whole page. */
export function openKeeping(): Promise<Keeping> {
  opened ??= openDatabase().then(
    (database) => new DatabaseKeeping(database),
    () => new MemoryKeeping(),
  );
  return opened;
}

/** Where a run is kept when the device takes nothing more: as long as the page. */
export function keepingInMemory(): RunKeeping {
  return new MemoryKeeping();
}

async function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      for (const store of ['runs', 'entries', 'aside', 'achieved']) request.result.createObjectStore(store);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('the database is in use'));
  });
}

class DatabaseKeeping implements Keeping {
  readonly durable = true;
  readonly #database: IDBDatabase;
  readonly #unkept = new Map<string, string>();
  /** How many inputs each run has, as far as this page knows: others may write, too, where nothing locks them out. */
  readonly #counts = new Map<string, number>();

  constructor(database: IDBDatabase) {
    this.#database = database;
    // Another tab with a newer version of the site must not wait for this one.
    database.onversionchange = () => database.close();
  }

  async load(id: string): Promise<SavedRun | undefined> {
    const head = await this.#in(['runs'], 'readonly', ([runs]) => runs!.get(id));
    if (head === undefined) return undefined;
    const entries = await this.#in(['entries'], 'readonly', ([store]) => store!.getAll(entriesOf(id)));
    this.#counts.set(id, entries.length);
    return checkedRun(head, entries);
  }

  async begin(id: string, options: ClusterOptions): Promise<void> {
    const head: Head = { format: FORMAT, options };
    await this.#in(['runs', 'entries'], 'readwrite', ([runs, entries]) => {
      entries!.delete(entriesOf(id));
      return runs!.put(head, id);
    });
    this.#counts.set(id, 0);
  }

  async append(id: string, entries: readonly JournalEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const from = this.#counts.get(id) ?? 0;
    await this.#following(id, ['entries'], ([store]) => {
      entries.forEach((entry, index) => {
        store!.put(entry, [id, from + index]);
      });
    });
    this.#counts.set(id, from + entries.length);
  }

  async stepBack(id: string): Promise<void> {
    const run = await this.load(id);
    if (run === undefined) return;
    await this.#shorten(id, withoutLatest(run.entries).length, { format: FORMAT, options: run.options });
  }

  async cut(id: string, entries: number, end: RunPoint): Promise<void> {
    const run = await this.load(id);
    if (run !== undefined) await this.#shorten(id, entries, { format: FORMAT, options: run.options, end });
  }

  async replace(id: string, { options, entries, end }: SavedRun): Promise<void> {
    await this.begin(id, options);
    await this.append(id, entries);
    if (end !== undefined) await this.end(id, end);
  }

  async #shorten(id: string, kept: number, head: Head): Promise<void> {
    await this.#in(['runs', 'entries'], 'readwrite', ([runs, entries]) => {
      entries!.delete(IDBKeyRange.bound([id, kept], [id, []]));
      return runs!.put(head, id);
    });
    this.#counts.set(id, kept);
  }

  async end(id: string, end: RunPoint): Promise<void> {
    await this.#following(id, ['entries', 'runs'], ([, runs]) => {
      const request = runs!.get(id);
      request.onsuccess = () => {
        const head = request.result as Head | undefined;
        if (head !== undefined) runs!.put({ ...head, end }, id);
      };
    });
  }

  /** Writes on a run, unless it has come to more or fewer inputs than this page knows of. Inputs are in the first store. */
  async #following(
    id: string,
    stores: readonly string[],
    write: (stores: readonly IDBObjectStore[]) => void,
  ): Promise<void> {
    const known = this.#counts.get(id) ?? 0;
    const count = await this.#in(stores, 'readwrite', (opened) => {
      const request = opened[0]!.count(entriesOf(id));
      request.onsuccess = () => {
        if (request.result === known) write(opened);
      };
      return request;
    });
    if (count !== known) throw new WrittenElsewhere();
  }

  async setAside(id: string): Promise<RunAside> {
    const head = await this.#in(['runs'], 'readonly', ([runs]) => runs!.get(id));
    const entries = await this.#in(['entries'], 'readonly', ([store]) => store!.getAll(entriesOf(id)));
    const aside: RunAside = { id, at: new Date().toISOString(), run: { ...(head as object), entries } };
    await this.#in(['runs', 'entries', 'aside'], 'readwrite', ([runs, store, asides]) => {
      runs!.delete(id);
      store!.delete(entriesOf(id));
      return asides!.put(aside, [id, aside.at]);
    });
    this.#counts.delete(id);
    return aside;
  }

  async achieve(goal: string): Promise<void> {
    const at = new Date().toISOString();
    try {
      await this.#in(['achieved'], 'readwrite', ([store]) => store!.put(at, goal));
    } catch {
      // A full disk takes nothing more; what was achieved then counts as long as this page.
      this.#unkept.set(goal, at);
    }
  }

  async achieved(): Promise<readonly string[]> {
    return Object.keys(await this.achievements());
  }

  async achievements(): Promise<Readonly<Record<string, string>>> {
    const goals = await this.#in(['achieved'], 'readonly', ([store]) => store!.getAllKeys());
    const times = await this.#in(['achieved'], 'readonly', ([store]) => store!.getAll());
    return Object.fromEntries([...goals.map((goal, index) => [String(goal), String(times[index])]), ...this.#unkept]);
  }

  async addAchievements(added: Readonly<Record<string, string>>): Promise<void> {
    const known = await this.achievements();
    await this.#in(['achieved'], 'readwrite', ([store]) => {
      for (const [goal, at] of Object.entries(added)) {
        if (!Object.hasOwn(known, goal) || at < known[goal]!) store!.put(at, goal);
      }
      return store!.count();
    });
  }

  /** One transaction; resolves with the request's result once the transaction is through. */
  #in<T>(
    stores: readonly string[],
    mode: IDBTransactionMode,
    work: (stores: readonly IDBObjectStore[]) => IDBRequest<T>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const transaction = this.#database.transaction(stores, mode);
      const request = work(stores.map((store) => transaction.objectStore(store)));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function entriesOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id, 0], [id, []]);
}

/** Keeps nothing beyond the page. */
class MemoryKeeping implements Keeping {
  readonly durable = false;
  readonly #runs = new Map<string, { head: Head; entries: JournalEntry[] }>();
  readonly #achieved = new Map<string, string>();

  async load(id: string): Promise<SavedRun | undefined> {
    const run = this.#runs.get(id);
    return run === undefined ? undefined : { ...run.head, entries: run.entries };
  }

  async begin(id: string, options: ClusterOptions): Promise<void> {
    this.#runs.set(id, { head: { format: FORMAT, options }, entries: [] });
  }

  async append(id: string, entries: readonly JournalEntry[]): Promise<void> {
    this.#runs.get(id)?.entries.push(...entries);
  }

  async stepBack(id: string): Promise<void> {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    const { format, options } = run.head;
    this.#runs.set(id, { head: { format, options }, entries: withoutLatest(run.entries) });
  }

  async cut(id: string, entries: number, end: RunPoint): Promise<void> {
    const run = this.#runs.get(id);
    if (run !== undefined) this.#runs.set(id, { head: { ...run.head, end }, entries: run.entries.slice(0, entries) });
  }

  async replace(id: string, { options, entries, end }: SavedRun): Promise<void> {
    this.#runs.set(id, { head: { format: FORMAT, options, end }, entries: [...entries] });
  }

  async end(id: string, end: RunPoint): Promise<void> {
    const run = this.#runs.get(id);
    if (run !== undefined) run.head = { ...run.head, end };
  }

  async setAside(id: string): Promise<RunAside> {
    const run = this.#runs.get(id);
    this.#runs.delete(id);
    return { id, at: new Date().toISOString(), run: { ...run?.head, entries: run?.entries } };
  }

  async achieve(goal: string): Promise<void> {
    this.#achieved.set(goal, new Date().toISOString());
  }

  async achieved(): Promise<readonly string[]> {
    return [...this.#achieved.keys()];
  }

  async achievements(): Promise<Readonly<Record<string, string>>> {
    return Object.fromEntries(this.#achieved);
  }

  async addAchievements(added: Readonly<Record<string, string>>): Promise<void> {
    for (const [goal, at] of Object.entries(added)) this.#achieved.set(goal, at);
  }
}

/** All but what was done last: a line that was typed counts as one thing, however many keys it took. */
function withoutLatest(entries: readonly JournalEntry[]): JournalEntry[] {
  let end = entries.length - 1;
  while (end > 0 && entries[end]!.input.kind === 'terminal.resize') end -= 1;
  while (end > 0 && isMidLine(entries[end - 1]!)) end -= 1;
  return entries.slice(0, Math.max(0, end));
}

function isMidLine({ input }: JournalEntry): boolean {
  return input.kind === 'terminal.input' && !/[\r\n\u0003\u0004]$/.test(String(input['text']));
}
