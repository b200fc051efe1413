import type { Batch } from '../records.ts';
import type { Query } from './sql.ts';
import { type Appended, MOST_ENTRIES, MOST_PERSON_BYTES, MOST_RUN_BYTES } from './store.ts';

/** Adds a batch to the run with this key, in a transaction of its own. @param at when it came */
export async function append(query: Query, key: string, { from, entries, end }: Batch, at: number): Promise<Appended> {
  // Writing first holds the row, so that two batches of one run cannot both go by the same count.
  const [row] = await query(
    'update run set last = last where id = ? and current = 1 returning count, bytes, last',
    key,
  );
  if (row === undefined) return { refused: 'unknown run', count: 0 };
  const count = Number(row['count']);
  if (from > count) return { refused: 'gap', count };
  if (await contradicts(query, key, from, entries, count)) return { refused: 'diverged', count };
  const fresh = entries.slice(count - from).map((entry) => JSON.stringify(entry));
  const bytes = Number(row['bytes']) + fresh.reduce((sum, { length }) => sum + length, 0);
  if (count + fresh.length > MOST_ENTRIES || bytes > MOST_RUN_BYTES) return { refused: 'too long', count };
  if (fresh.length > 0 && (await roomOf(query, key)) + bytes > MOST_PERSON_BYTES) return { refused: 'too much', count };
  for (const [index, body] of fresh.entries()) {
    await query('insert into entry (run, number, body) values (?, ?, ?)', key, count + index, body);
  }
  const total = count + fresh.length;
  // How far the run has gone is only told with all of its entries.
  const finish = end !== undefined && from + entries.length >= total ? JSON.stringify(end) : null;
  const last = fresh.length > 0 ? at : Number(row['last']);
  const statement = 'update run set count = ?, bytes = ?, last = ?, finish = coalesce(?, finish) where id = ?';
  await query(statement, total, bytes, last, finish, key);
  return { count: total };
}

/** Whether the last entry that is sent again is another one than is there, as when two windows go on with one run. */
async function contradicts(
  query: Query,
  key: string,
  from: number,
  entries: readonly unknown[],
  count: number,
): Promise<boolean> {
  const known = Math.min(from + entries.length, count);
  if (known <= from) return false;
  const [row] = await query('select body from entry where run = ? and number = ?', key, known - 1);
  return row !== undefined && String(row['body']) !== JSON.stringify(entries[known - 1 - from]);
}

/** What the person's other runs take up. */
async function roomOf(query: Query, key: string): Promise<number> {
  const [row] = await query(
    'select sum(bytes) as room from run where person = (select person from run where id = ?) and id <> ?',
    key,
    key,
  );
  return Number(row?.['room'] ?? 0);
}
