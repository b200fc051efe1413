/** What history expansion remembers from one line to the next. */
export interface HistoryMemory {
  /** Of the last `:s`. */
  old: string;
  replacement: string;
  /** Of the last `!?text?`. */
  searched: string;
}

/** Why a line cannot be expanded, as bash says it: `!foo: event not found`. */
export class HistoryError extends Error {}

export function emptyMemory(): HistoryMemory {
  return { old: '', replacement: '', searched: '' };
}
