import { expect, test } from 'vitest';
import type { BoardRow } from './board.ts';
import { filtered } from './board-filter.ts';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;

function row(name: string, joinedAt: number, more: Partial<BoardRow> = {}): BoardRow {
  return { id: name, name, joinedAt, seenAt: NOW, benches: [], ...more };
}

const working = (minutes: number) => ({ working: { benchId: 'b', checkId: 'c', since: NOW - minutes * MINUTE } });
const ROWS = [
  row('Cleo', 3, { ...working(6), handAt: NOW - MINUTE }),
  row('Ada', 1, { ...working(4), seenAt: NOW - 3 * MINUTE, handAt: NOW - 2 * MINUTE }),
  row('Ben', 2, { ...working(20), seenAt: NOW - 9 * MINUTE }),
  row('Dan', 4),
];

test.each([
  ['all', ['Ada', 'Ben', 'Cleo', 'Dan']],
  ['stuck', ['Ben', 'Cleo']],
  ['hands', ['Ada', 'Cleo']],
  ['away', ['Ben', 'Ada']],
] as const)('%s: %j, whoever has waited longest first', (filter, names) => {
  expect(filtered(ROWS, filter, NOW).map(({ name }) => name)).toEqual(names);
});
