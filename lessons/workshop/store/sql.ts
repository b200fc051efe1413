/** A value of a column. */
export type Value = string | number | null;

export type Row = Readonly<Record<string, Value>>;

/** Runs one statement with `?` for its values; returns the rows it yields. */
export type Query = (statement: string, ...values: readonly Value[]) => Promise<readonly Row[]>;

/** How a database is held: as one of the servers that use it, or by somebody who needs it alone. */
export type Hold = 'serving' | 'alone';

/** A database that understands the common part of SQLite's and PostgreSQL's SQL. */
export interface Sql {
  readonly query: Query;
  /** All or nothing. */
  transaction<T>(body: (query: Query) => Promise<T>): Promise<T>;
  /** Tells every instance that uses this database, this one included. */
  notify(text: string): Promise<void>;
  /** Calls back for each `notify`. Returns how to stop. */
  listen(listener: (text: string) => void): () => void;
  /** Calls back when something may have been missed: the connection was lost, and is back. */
  onGap(listener: () => void): void;
  /**
   * Keeps others out for as long as this is open: whoever needs it alone from where it is served, and the other way round.
   * Returns false where somebody else is in the way. Whoever dies holds nothing any more.
   */
  hold(how: Hold): Promise<boolean>;
  close(): Promise<void>;
}
