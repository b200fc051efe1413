import { hashCharacter, hashEnd, hashStart, hashText } from './random.ts';

/**
 * What a component is doing right now. Set around each reconcile, sync or request, so that every write it makes can
 * name its cause.
 */
export interface Activity {
  /** The component's own name: `deployment-controller`, `kubelet/node-1`, `kubectl`. */
  readonly component: string;
  /** What it works on, `namespace/name` where it is an object. */
  readonly key: string;
  /** The resourceVersion that set it off, where one did. */
  readonly causeRevision?: number;
  /** As whom it writes, where the API server knows. */
  readonly user?: string;
  /** Who that really is, when somebody asked to be taken for `user`. */
  readonly impersonator?: string;
  /** The activity inside which this one runs. */
  readonly parent?: Activity;
}

/** One line of the history of a simulation. */
export interface TraceEntry {
  readonly timeMs: number;
  /** What kind of fact it is: `etcd.put`, `process.start`, `input`. */
  readonly kind: string;
  /** What it is about: an etcd key, `host:pid`, … */
  readonly subject: string;
  readonly detail: string;
  /** The etcd revision made, for `etcd.*` entries. */
  readonly revision?: number;
  readonly activity?: Activity;
}

/**
 * The causal history of a simulation. The hash covers every entry ever recorded, also those that a bounded trace has
 * let go: two runs with the same hash did the same things at the same times.
 */
export class Trace {
  readonly #limit: number;
  /** Whether anything is kept of what happens. */
  readonly isRecording: boolean;
  #entries: TraceEntry[] = [];
  #dropped = 0;
  /** How many of those held the hash covers already. */
  #covered = 0;
  /** Entries that the hash leaves out. */
  readonly #asides = new WeakSet<TraceEntry>();
  #low = 0;
  #high = 0;
  #activity: Activity | undefined;

  /** @param limit how many entries are held; with 0 nothing is recorded, and the hash says nothing */
  constructor(limit = 200_000) {
    this.#limit = limit;
    this.isRecording = limit > 0;
  }

  /** The entries still held, oldest first. */
  get entries(): readonly TraceEntry[] {
    return this.#entries;
  }

  /** How many entries were recorded in all. */
  get recorded(): number {
    return this.#dropped + this.#entries.length;
  }

  /** The activity under way, if any. */
  get activity(): Activity | undefined {
    return this.#activity;
  }

  /** Sixteen hexadecimal digits over the whole history. */
  get hash(): string {
    this.#cover(this.#entries.length);
    return hex(this.#high) + hex(this.#low);
  }

  /** Runs `body` as part of an activity. */
  during<T>(activity: Omit<Activity, 'parent'>, body: () => T): T {
    if (!this.isRecording) return body();
    const outer = this.#activity;
    this.#activity = outer === undefined ? activity : { ...activity, parent: outer };
    try {
      return body();
    } finally {
      this.#activity = outer;
    }
  }

  /** Runs `body` in the present activity, in the name of a user. */
  as<T>(who: Pick<Activity, 'user' | 'impersonator'>, body: () => T): T {
    if (!this.isRecording) return body();
    const outer = this.#activity;
    this.#activity = outer === undefined ? undefined : { ...outer, user: who.user, impersonator: who.impersonator };
    try {
      return body();
    } finally {
      this.#activity = outer;
    }
  }

  record(timeMs: number, kind: string, subject: string, detail = '', revision?: number): void {
    if (!this.isRecording) return;
    this.#keep({ timeMs, kind, subject, detail, revision, activity: this.#activity });
  }

  /** An entry that the hash leaves out: it changed nothing, and may be about somebody who only looks on. */
  note(timeMs: number, kind: string, subject: string, detail: string): void {
    if (!this.isRecording) return;
    const entry = { timeMs, kind, subject, detail, revision: undefined, activity: this.#activity };
    this.#asides.add(entry);
    this.#keep(entry);
  }

  #keep(entry: TraceEntry): void {
    this.#entries.push(entry);
    if (this.#entries.length > this.#limit) {
      const surplus = this.#limit >> 2;
      this.#cover(surplus);
      this.#entries = this.#entries.slice(surplus);
      this.#covered -= surplus;
      this.#dropped += surplus;
    }
  }

  /** Has the hash cover so many of the entries held. That waits until somebody asks, or until they are let go: few runs are asked. */
  #cover(count: number): void {
    for (; this.#covered < count; this.#covered++) {
      const entry = this.#entries[this.#covered]!;
      if (!this.#asides.has(entry)) this.#hash(entry);
    }
  }

  /** What happened, and in whose name: eight columns of a line that nobody needs to see. */
  #hash({ timeMs, kind, subject, detail, revision, activity }: TraceEntry): void {
    let hash = column(hashStart(this.#low), `${timeMs}`);
    hash = column(hash, kind);
    hash = column(hash, subject);
    hash = column(hash, detail);
    hash = column(hash, revision === undefined ? '' : `${revision}`);
    hash = column(hash, activity?.component ?? '');
    hash = column(hash, activity?.key ?? '');
    this.#low = hashEnd(hashText(hash, activity?.user ?? ''));
    this.#high = (Math.imul(this.#high, 31) + this.#low) >>> 0;
  }
}

/** Goes on with a column and the line behind it. */
function column(hash: number, text: string): number {
  return hashCharacter(hashText(hash, text), LINE);
}

const LINE = '|'.charCodeAt(0);

function hex(word: number): string {
  return word.toString(16).padStart(8, '0');
}
