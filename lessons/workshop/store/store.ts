import type { Batch, CheckState, Grade, Message, MessageBody, Person, Run, Settings, Workshop } from '../records.ts';

/** What has changed, for whoever shows it. Not what it is now: that is read. */
export type Change =
  | { readonly kind: 'workshop' }
  | { readonly kind: 'person'; readonly personId: string }
  | { readonly kind: 'run'; readonly personId: string; readonly benchId: string }
  | { readonly kind: 'message'; readonly number: number; readonly to?: string }
  | { readonly kind: 'grade'; readonly personId: string };

/** Why a batch was not taken. */
type AppendRefusal = 'unknown run' | 'gap' | 'too long';

export type Appended = { readonly count: number } | { readonly refused: AppendRefusal; readonly count: number };

/**
 * Where a workshop is kept. One narrow port: `store-contract.ts` is what every implementation must do. What has been
 * acknowledged outlives the process. Methods reject only when the storage itself fails.
 */
export interface Store {
  /** Keeps a new workshop. Returns false when one with that id is kept already. */
  create(workshop: Workshop): Promise<boolean>;
  /** The workshop kept here; the newest if there are several. */
  workshop(): Promise<Workshop | undefined>;
  changeSettings(id: string, settings: Settings): Promise<void>;

  /** Returns false when somebody has that name already, letters' case aside. */
  addPerson(person: Person): Promise<boolean>;
  person(id: string): Promise<Person | undefined>;
  personByToken(tokenHash: string): Promise<Person | undefined>;
  people(): Promise<readonly Person[]>;
  changePerson(
    id: string,
    change: Partial<Pick<Person, 'handAt' | 'pairedWith' | 'seenAt' | 'name' | 'tokenHash'>>,
  ): Promise<void>;

  /** Begins a run; the person's earlier run of that bench is kept aside and no longer answered. */
  beginRun(run: Omit<Run, 'count' | 'lastAt'>): Promise<void>;
  /**
   * Adds entries to a run. Idempotent: entries that are there already are passed over. A batch that begins behind the
   * last entry is refused with the number of those that are there.
   */
  append(personId: string, benchId: string, runId: string, batch: Batch, at: number): Promise<Appended>;
  run(personId: string, benchId: string): Promise<Run | undefined>;
  /** Current runs: of everybody, or of one person. */
  runs(personId?: string): Promise<readonly Run[]>;
  /** The entries of the current run from this number on, as text of JSON each. */
  entries(personId: string, benchId: string, from: number): Promise<readonly string[]>;

  setChecks(states: readonly CheckState[]): Promise<void>;
  checks(personId?: string): Promise<readonly CheckState[]>;

  /** Returns the message's number; numbers grow. */
  post(to: string | undefined, body: MessageBody, at: number): Promise<number>;
  /** Messages to this person or to all, after that number. */
  messages(personId: string, after: number): Promise<readonly Message[]>;

  saveGrade(grade: Grade): Promise<void>;
  /** Every grading, oldest first. */
  grades(): Promise<readonly Grade[]>;

  /** Calls back after each change, whichever instance made it. Returns how to stop. */
  onChange(listener: (change: Change) => void): () => void;
  /** Everything, as lines of JSON. */
  exportLines(): AsyncIterable<string>;
  /** Forgets everything. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}

/** So many entries and bytes one run may have; a person at a keyboard stays far below. */
export const MOST_ENTRIES = 200_000;
export const MOST_RUN_BYTES = 16 * 1024 * 1024;
