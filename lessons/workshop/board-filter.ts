import type { BoardRow } from './board.ts';

export type BoardFilter = 'all' | 'stuck' | 'hands' | 'away';

/** Whoever has been at one check for so long is stuck. */
const STUCK_MS = 5 * 60 * 1000;
const AWAY_MS = 2 * 60 * 1000;

/** @param now by the server's clock */
export function isStuck({ working }: BoardRow, now: number): boolean {
  return working !== undefined && now - working.since > STUCK_MS;
}

/** Those whom the instructor looks for, whoever has waited longest first; everybody, in the order in which they came. */
export function filtered(rows: readonly BoardRow[], filter: BoardFilter, now: number): readonly BoardRow[] {
  const byWait = (chosen: readonly BoardRow[], since: (row: BoardRow) => number | undefined) =>
    chosen.toSorted((one, other) => (since(one) ?? 0) - (since(other) ?? 0));
  switch (filter) {
    case 'stuck':
      return byWait(
        rows.filter((row) => isStuck(row, now)),
        ({ working }) => working?.since,
      );
    case 'hands':
      return byWait(
        rows.filter(({ handAt }) => handAt !== undefined),
        ({ handAt }) => handAt,
      );
    case 'away':
      return byWait(
        rows.filter(({ seenAt }) => now - seenAt > AWAY_MS),
        ({ seenAt }) => seenAt,
      );
    case 'all':
      return byWait(rows, ({ joinedAt }) => joinedAt);
  }
}
