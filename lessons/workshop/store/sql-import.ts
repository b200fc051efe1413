import { z } from 'zod';
import type { Query } from './sql.ts';
import { ImportError } from './store.ts';

const Text = z.string();
const Time = z.number();
const Count = z.number().int().nonnegative();
/** JSON, as it is kept. */
const Body = z.string().refine(isJson, 'is not JSON');

/** What a line of each table is; parents first. */
const LINES = {
  workshop: z.strictObject({ id: Text, created: Time, body: Body }),
  person: z.strictObject({ id: Text, name_key: Text, token_hash: Text, joined: Time, body: Body }),
  run: z.strictObject({
    ...{ id: Text, person: Text, bench: Text, began: Time, current: Count, count: Count, bytes: Count },
    ...{ finish: Body.nullable(), last: Time, body: Body },
  }),
  entry: z.strictObject({ run: Text, number: Count, body: Body }),
  check_state: z.strictObject({ person: Text, bench: Text, check_id: Text, body: Body }),
  message: z.strictObject({ number: Count, recipient: Text.nullable(), at: Time, body: Body }),
  grade: z.strictObject({ number: Count, person: Text, body: Body }),
} as const;

/** Every table, parents first. */
export const TABLE_NAMES = Object.keys(LINES) as readonly (keyof typeof LINES)[];

/**
 * Inserts what was exported into tables that must be empty. Returns the number of lines.
 *
 * @throws ImportError by line
 */
export async function importRows(query: Query, lines: AsyncIterable<string> | Iterable<string>): Promise<number> {
  if ((await query('select id from workshop')).length > 0) {
    throw new ImportError('a workshop is kept there already; --wipe it, or choose another --data folder');
  }
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() !== '') await insert(query, line, number);
  }
  if ((await query('select id from workshop')).length === 0) throw new ImportError('there is no workshop in that file');
  return number;
}

async function insert(query: Query, line: string, number: number): Promise<void> {
  const { table, values } = readLine(line, number);
  const names = Object.keys(values);
  const marks = names.map(() => '?').join(', ');
  try {
    await query(`insert into ${table} (${names.join(', ')}) values (${marks})`, ...Object.values(values));
  } catch (error) {
    throw new ImportError(`line ${number}: ${(error as Error).message}`);
  }
}

function readLine(line: string, number: number) {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    throw new ImportError(`line ${number}: not JSON; the board saves such a file as "everything that is kept"`);
  }
  const { table, ...rest } = (data ?? {}) as Readonly<Record<string, unknown>>;
  const shape = TABLE_NAMES.find((name) => name === table);
  if (shape === undefined) throw new ImportError(`line ${number}: not of a workshop`);
  const read = LINES[shape].safeParse(rest);
  if (read.success) return { table: shape, values: read.data as Readonly<Record<string, string | number | null>> };
  const [issue] = read.error.issues;
  throw new ImportError(`line ${number}: ${issue?.path.join('.')}: ${issue?.message}`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
