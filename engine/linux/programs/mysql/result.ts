import type { Value } from './expression.ts';

/** What a statement comes to: rows, or how many of them it touched. */
export type Result =
  | { readonly columns: readonly string[]; readonly rows: readonly (readonly Value[])[] }
  | { readonly affected: number; readonly matched?: number; readonly database?: string };

/** Done, and nothing to show. */
export const DONE: Result = { affected: 0 };
