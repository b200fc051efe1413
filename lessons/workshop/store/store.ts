import type { Batch, CheckState, Grade, Message, MessageBody, Person, Run, Settings, Workshop } from '../records.ts';
import type { Hold } from './sql.ts';

/** What has changed, for whoever shows it. Not what it is now: that is read. */
export type Change =
  | { readonly kind: 'workshop' }
  | { readonly kind: 'person'; readonly personId: string }
  /** The personal link of before is no longer good: there is another, or the person was taken out. */
  | { readonly kind: 'link'; readonly personId: string }
  | { readonly kind: 'run'; readonly personId: string; readonly benchId: string }
  | { readonly kind: 'message'; readonly number: number; readonly to?: string }
  | { readonly kind: 'grade'; readonly personId: string };

/** Why a batch was not taken. */
type AppendRefusal = 'unknown run' | 'gap' | 'diverged' | 'too long' | 'too much';

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
  /** Changes what is kept by what it is at that moment, so that two changes at once are both made. */
  changeSettings(id: string, change: (settings: Settings) => Settings): Promise<void>;
  changeTitle(id: string, title: string): Promise<void>;
  /** Gives the board another key. */
  changeInstructor(id: string, instructorHash: string): Promise<void>;

  /** Returns false when somebody has that name already, letters' case aside. */
  addPerson(person: Person): Promise<boolean>;
  person(id: string): Promise<Person | undefined>;
  personByToken(tokenHash: string): Promise<Person | undefined>;
  people(): Promise<readonly Person[]>;
  countPeople(): Promise<number>;
  /** Forgets somebody: their runs, checks, grades and what was said to them alone. Whoever was paired with them is alone. */
  removePerson(id: string): Promise<void>;
  /** Another token brings them in from now on. */
  changeToken(id: string, tokenHash: string): Promise<void>;
  changePerson(
    id: string,
    change: Partial<Pick<Person, 'handAt' | 'pairedWith' | 'guests' | 'seenAt' | 'name' | 'lti'>>,
  ): Promise<void>;

  /**
   * Begins a run; the person's earlier run of that bench is kept aside and no longer answered. Returns false when this
   * person has begun as many as one may.
   */
  beginRun(run: Omit<Run, 'count' | 'lastAt'>): Promise<boolean>;
  /**
   * Adds entries to a run. Idempotent: entries that are there already are passed over. A batch that begins behind the
   * last entry is refused with the number of those that are there, and so is one that says something else of entries
   * that are there.
   */
  append(personId: string, benchId: string, runId: string, batch: Batch, at: number): Promise<Appended>;
  run(personId: string, benchId: string): Promise<Run | undefined>;
  /** Current runs: of everybody, or of one person. */
  runs(personId?: string): Promise<readonly Run[]>;
  /** The entries of the current run, or of the one that is named, from this number on, as text of JSON each. */
  entries(personId: string, benchId: string, from: number, runId?: string): Promise<readonly string[]>;

  /** Of one person on one bench; of somebody who is not here any more nothing is kept. */
  setChecks(states: readonly CheckState[]): Promise<void>;
  checks(personId?: string): Promise<readonly CheckState[]>;

  /** Returns the message's number; numbers grow. */
  post(to: string | undefined, body: MessageBody, at: number): Promise<number>;
  /** Messages to this person or to all, after that number; without a person, all there are. */
  messages(personId: string | undefined, after: number): Promise<readonly Message[]>;

  /** Of somebody who is not here any more nothing is kept. */
  saveGrade(grade: Grade): Promise<void>;
  /** Every grading, of everybody or of one person, oldest first. */
  grades(personId?: string): Promise<readonly Grade[]>;

  /** Calls back after each change, whichever instance made it. Returns how to stop. */
  onChange(listener: (change: Change) => void): () => void;
  /** Everything, as lines of JSON. */
  exportLines(): AsyncIterable<string>;
  /**
   * Brings back what was exported, into a storage that holds nothing. All or nothing. Returns how many lines there were.
   *
   * @throws ImportError by line
   */
  importLines(lines: AsyncIterable<string> | Iterable<string>): Promise<number>;
  /** Forgets everything. */
  wipe(): Promise<void>;
  /**
   * Keeps others out until this is closed or its process dies: whoever needs the storage alone from where it is served, and
   * the other way round. Returns false where somebody else is in the way.
   */
  hold(how: Hold): Promise<boolean>;
  close(): Promise<void>;
}

/** So many entries and bytes one run may have; a person at a keyboard stays far below. */
export const MOST_ENTRIES = 200_000;
export const MOST_RUN_BYTES = 16 * 1024 * 1024;
/** What all runs of one person may take up, and how often they may begin. */
export const MOST_PERSON_BYTES = 64 * 1024 * 1024;
export const MOST_RUNS = 2000;

/** A file that is no export of a workshop, or does not go where it is wanted. */
export class ImportError extends Error {}
