/** A value of a column. */
export type Value = string | number | null;

export type Row = Readonly<Record<string, Value>>;

/** Runs one statement with `?` for its values; returns the rows it yields. */
export type Query = (statement: string, ...values: readonly Value[]) => Promise<readonly Row[]>;

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
  close(): Promise<void>;
}
