import type { Batch, CheckState, Grade, Message, Person, Run, Settings, Workshop } from '../records.ts';
import type { Query, Row, Sql } from './sql.ts';
import { importRows, TABLE_NAMES } from './sql-import.ts';
import {
  type Appended,
  type Change,
  MOST_ENTRIES,
  MOST_PERSON_BYTES,
  MOST_RUN_BYTES,
  MOST_RUNS,
  type Store,
} from './store.ts';

const TABLES = [
  'create table if not exists workshop (id text primary key, created double precision not null, body text not null)',
  `create table if not exists person (
    id text primary key, name_key text not null unique, token_hash text not null unique,
    joined double precision not null, body text not null)`,
  `create table if not exists run (
    id text primary key, person text not null references person (id), bench text not null,
    began double precision not null, current integer not null, count integer not null, bytes integer not null,
    finish text, last double precision not null, body text not null)`,
  'create index if not exists run_of on run (person, bench)',
  `create table if not exists entry (
    run text not null references run (id), number integer not null, body text not null, primary key (run, number))`,
  `create table if not exists check_state (
    person text not null, bench text not null, check_id text not null, body text not null,
    primary key (person, bench, check_id))`,
  'create table if not exists message (number integer primary key, recipient text, at double precision not null, body text not null)',
  'create table if not exists grade (number integer primary key, person text not null, body text not null)',
];

/** Two servers may draw the same next number at the same moment. */
const MOST_DRAWS = 20;

/** Makes the tables if they are not there. */
export async function openStore(sql: Sql): Promise<Store> {
  for (const table of TABLES) await sql.query(table);
  return new SqlStore(sql);
}

/** A workshop in an SQL database. What no query asks for is kept as JSON. */
class SqlStore implements Store {
  readonly #sql: Sql;

  readonly #listeners = new Set<(change: Change) => void>();

  constructor(sql: Sql) {
    this.#sql = sql;
    sql.listen((text) => this.#hear(JSON.parse(text) as Change));
    // Whoever shows something reads it all again.
    sql.onGap(() => this.#hear({ kind: 'workshop' }));
  }

  #hear(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  async create(workshop: Workshop): Promise<boolean> {
    const { id, createdAt } = workshop;
    const statement = 'insert into workshop (id, created, body) values (?, ?, ?) on conflict do nothing returning id';
    const created = await this.#sql.query(statement, id, createdAt, JSON.stringify(workshop));
    if (created.length > 0) await this.#tell({ kind: 'workshop' });
    return created.length > 0;
  }

  async workshop(): Promise<Workshop | undefined> {
    const [row] = await this.#sql.query('select body from workshop order by created desc limit 1');
    return row === undefined ? undefined : bodyOf<Workshop>(row);
  }

  changeSettings(id: string, change: (settings: Settings) => Settings): Promise<void> {
    return this.#changeWorkshop(id, (workshop) => ({ ...workshop, settings: change(workshop.settings) }));
  }

  changeInstructor(id: string, instructorHash: string): Promise<void> {
    return this.#changeWorkshop(id, (workshop) => ({ ...workshop, instructorHash }));
  }

  async #changeWorkshop(id: string, change: (workshop: Workshop) => Workshop): Promise<void> {
    await this.#sql.transaction(async (query) => {
      // Writing first holds the row: whoever else changes it waits, and changes what is then there.
      const [row] = await query('update workshop set created = created where id = ? returning body', id);
      if (row === undefined) return;
      await query('update workshop set body = ? where id = ?', JSON.stringify(change(bodyOf<Workshop>(row))), id);
    });
    await this.#tell({ kind: 'workshop' });
  }

  async addPerson(person: Person): Promise<boolean> {
    const { id, name, tokenHash, joinedAt } = person;
    const added = await this.#sql.query(
      `insert into person (id, name_key, token_hash, joined, body) values (?, ?, ?, ?, ?)
       on conflict do nothing returning id`,
      id,
      nameKey(name),
      tokenHash,
      joinedAt,
      JSON.stringify(person),
    );
    if (added.length > 0) await this.#tell({ kind: 'person', personId: id });
    return added.length > 0;
  }

  async person(id: string): Promise<Person | undefined> {
    const [row] = await this.#sql.query('select body from person where id = ?', id);
    return row === undefined ? undefined : bodyOf<Person>(row);
  }

  async personByToken(tokenHash: string): Promise<Person | undefined> {
    const [row] = await this.#sql.query('select body from person where token_hash = ?', tokenHash);
    return row === undefined ? undefined : bodyOf<Person>(row);
  }

  async people(): Promise<readonly Person[]> {
    return (await this.#sql.query('select body from person order by joined, id')).map(bodyOf<Person>);
  }

  async countPeople(): Promise<number> {
    const [row] = await this.#sql.query('select count(*) as people from person');
    return Number(row?.['people'] ?? 0);
  }

  async changePerson(id: string, change: Partial<Person>): Promise<void> {
    await this.#sql.transaction(async (query) => {
      const [row] = await query('update person set joined = joined where id = ? returning body', id);
      if (row === undefined) return;
      const person: Person = { ...bodyOf<Person>(row), ...change };
      await query(
        'update person set body = ?, name_key = ?, token_hash = ? where id = ?',
        JSON.stringify(person),
        nameKey(person.name),
        person.tokenHash,
        id,
      );
    });
    await this.#tell({ kind: 'person', personId: id });
  }

  async beginRun({ personId, benchId, runId, options, beganAt }: Omit<Run, 'count' | 'lastAt'>): Promise<boolean> {
    const begun = await this.#sql.transaction(async (query) => {
      const [row] = await query('select count(*) as runs from run where person = ?', personId);
      if (Number(row?.['runs']) >= MOST_RUNS) return false;
      await query('update run set current = 0 where person = ? and bench = ?', personId, benchId);
      await query(
        `insert into run (id, person, bench, began, current, count, bytes, last, body) values (?, ?, ?, ?, 1, 0, 0, ?, ?)
         on conflict (id) do update set current = 1`,
        keyOf(personId, benchId, runId),
        personId,
        benchId,
        beganAt,
        beganAt,
        JSON.stringify({ runId, options }),
      );
      return true;
    });
    if (begun) await this.#tell({ kind: 'run', personId, benchId });
    return begun;
  }

  async append(personId: string, benchId: string, runId: string, batch: Batch, at: number): Promise<Appended> {
    const key = keyOf(personId, benchId, runId);
    const appended = await this.#sql.transaction((query) => append(query, key, batch, at));
    if (!('refused' in appended)) await this.#tell({ kind: 'run', personId, benchId });
    return appended;
  }

  async run(personId: string, benchId: string): Promise<Run | undefined> {
    const [row] = await this.#sql.query(
      'select * from run where person = ? and bench = ? and current = 1',
      personId,
      benchId,
    );
    return row === undefined ? undefined : runOf(row);
  }

  async runs(personId?: string): Promise<readonly Run[]> {
    const [condition, values] = personId === undefined ? ['', []] : ['and person = ?', [personId]];
    return (
      await this.#sql.query(`select * from run where current = 1 ${condition} order by began, id`, ...values)
    ).map(runOf);
  }

  async entries(personId: string, benchId: string, from: number, runId?: string): Promise<readonly string[]> {
    const [which, value] = runId === undefined ? ['run.current', 1] : ['run.id', keyOf(personId, benchId, runId)];
    const rows = await this.#sql.query(
      `select entry.body from entry join run on run.id = entry.run
       where run.person = ? and run.bench = ? and ${which} = ? and entry.number >= ? order by entry.number`,
      personId,
      benchId,
      value,
      from,
    );
    return rows.map(({ body }) => String(body));
  }

  async setChecks(states: readonly CheckState[]): Promise<void> {
    if (states.length === 0) return;
    await this.#sql.transaction(async (query) => {
      for (const state of states) {
        await query(
          `insert into check_state (person, bench, check_id, body) values (?, ?, ?, ?)
           on conflict (person, bench, check_id) do update set body = excluded.body`,
          state.personId,
          state.benchId,
          state.checkId,
          JSON.stringify(state),
        );
      }
    });
    const { personId, benchId } = states[0]!;
    await this.#tell({ kind: 'run', personId, benchId });
  }

  async checks(personId?: string): Promise<readonly CheckState[]> {
    const [condition, values] = personId === undefined ? ['', []] : ['where person = ?', [personId]];
    const query = `select body from check_state ${condition} order by person, bench, check_id`;
    return (await this.#sql.query(query, ...values)).map(bodyOf<CheckState>);
  }

  async post(to: string | undefined, body: Message['body'], at: number): Promise<number> {
    const number = await this.#insertNumbered(
      'insert into message (number, recipient, at, body) select coalesce(max(number), 0) + 1, ?, ?, ? from message where true on conflict do nothing returning number',
      to ?? null,
      at,
      JSON.stringify(body),
    );
    await this.#tell({ kind: 'message', number, to });
    return number;
  }

  async messages(personId: string, after: number): Promise<readonly Message[]> {
    const rows = await this.#sql.query(
      'select * from message where number > ? and (recipient is null or recipient = ?) order by number',
      after,
      personId,
    );
    return rows.map((row) => ({
      number: Number(row['number']),
      ...(row['recipient'] === null ? {} : { to: String(row['recipient']) }),
      at: Number(row['at']),
      body: bodyOf<Message['body']>(row),
    }));
  }

  async saveGrade(grade: Grade): Promise<void> {
    await this.#insertNumbered(
      'insert into grade (number, person, body) select coalesce(max(number), 0) + 1, ?, ? from grade where true on conflict do nothing returning number',
      grade.personId,
      JSON.stringify(grade),
    );
    await this.#tell({ kind: 'grade', personId: grade.personId });
  }

  async grades(personId?: string): Promise<readonly Grade[]> {
    const [condition, values] = personId === undefined ? ['', []] : ['where person = ?', [personId]];
    return (await this.#sql.query(`select body from grade ${condition} order by number`, ...values)).map(bodyOf<Grade>);
  }

  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async *exportLines(): AsyncIterable<string> {
    for (const table of TABLE_NAMES) {
      for (const row of await this.#sql.query(`select * from ${table}`)) yield JSON.stringify({ table, ...row });
    }
  }

  async importLines(lines: AsyncIterable<string> | Iterable<string>): Promise<number> {
    const number = await this.#sql.transaction((query) => importRows(query, lines));
    await this.#tell({ kind: 'workshop' });
    return number;
  }

  async wipe(): Promise<void> {
    await this.#sql.transaction(async (query) => {
      for (const table of TABLE_NAMES.toReversed()) await query(`delete from ${table}`);
    });
    await this.#tell({ kind: 'workshop' });
  }

  close(): Promise<void> {
    return this.#sql.close();
  }

  async #insertNumbered(
    statement: string,
    ...values: Parameters<Query> extends [string, ...infer V] ? V : never
  ): Promise<number> {
    for (let draw = 0; draw < MOST_DRAWS; draw++) {
      const [row] = await this.#sql.query(statement, ...values);
      if (row !== undefined) return Number(row['number']);
    }
    throw new Error('the database gives out no number');
  }

  #tell(change: Change): Promise<void> {
    return this.#sql.notify(JSON.stringify(change));
  }
}

async function append(query: Query, key: string, { from, entries, end }: Batch, at: number): Promise<Appended> {
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

function keyOf(personId: string, benchId: string, runId: string): string {
  return `${personId} ${benchId} ${runId}`;
}

function nameKey(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function bodyOf<T>({ body }: Row): T {
  return JSON.parse(String(body)) as T;
}

function runOf(row: Row): Run {
  const finish = row['finish'];
  return {
    ...bodyOf<Pick<Run, 'runId' | 'options'>>(row),
    personId: String(row['person']),
    benchId: String(row['bench']),
    beganAt: Number(row['began']),
    count: Number(row['count']),
    lastAt: Number(row['last']),
    ...(typeof finish === 'string' ? { end: JSON.parse(finish) as NonNullable<Run['end']> } : {}),
  };
}
