import type { Batch, CheckState, Grade, Message, Person, Run, Settings, Workshop } from '../records.ts';
import type { Hold, Query, Row, Sql, Value } from './sql.ts';
import { append } from './sql-append.ts';
import { importRows, TABLE_NAMES } from './sql-import.ts';
import { type Appended, type Change, MOST_RUNS, type Store } from './store.ts';

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

  changeTitle(id: string, title: string): Promise<void> {
    return this.#changeWorkshop(id, (workshop) => ({ ...workshop, title }));
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

  async removePerson(id: string): Promise<void> {
    const partners = await this.#sql.transaction(async (query) => {
      if (!(await isHere(query, id))) return [];
      await query('delete from entry where run in (select id from run where person = ?)', id);
      for (const table of ['run', 'check_state', 'grade']) await query(`delete from ${table} where person = ?`, id);
      await query('delete from message where recipient = ?', id);
      await query('delete from person where id = ?', id);
      const everybody = (await query('select body from person')).map(bodyOf<Person>);
      return everybody.filter(({ pairedWith }) => pairedWith === id);
    });
    for (const partner of partners) await this.changePerson(partner.id, { pairedWith: undefined });
    await this.#tell({ kind: 'person', personId: id });
    await this.#tell({ kind: 'link', personId: id });
  }

  async changeToken(id: string, tokenHash: string): Promise<void> {
    await this.#changePerson(id, { tokenHash });
    await this.#tell({ kind: 'link', personId: id });
  }

  async changePerson(id: string, change: Partial<Person>): Promise<void> {
    await this.#changePerson(id, change);
    await this.#tell({ kind: 'person', personId: id });
  }

  async #changePerson(id: string, change: Partial<Person>): Promise<void> {
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
    const { personId, benchId } = states[0]!;
    await this.#sql.transaction(async (query) => {
      if (!(await isHere(query, personId))) return;
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
    await this.#tell({ kind: 'run', personId, benchId });
  }

  async checks(personId?: string): Promise<readonly CheckState[]> {
    const [condition, values] = personId === undefined ? ['', []] : ['where person = ?', [personId]];
    const query = `select body from check_state ${condition} order by person, bench, check_id`;
    return (await this.#sql.query(query, ...values)).map(bodyOf<CheckState>);
  }

  async post(to: string | undefined, body: Message['body'], at: number): Promise<number> {
    const number = await insertNumbered(
      this.#sql.query,
      'insert into message (number, recipient, at, body) select coalesce(max(number), 0) + 1, ?, ?, ? from message where true on conflict do nothing returning number',
      to ?? null,
      at,
      JSON.stringify(body),
    );
    await this.#tell({ kind: 'message', number, to });
    return number;
  }

  async messages(personId: string | undefined, after: number): Promise<readonly Message[]> {
    const [condition, values] =
      personId === undefined ? ['', []] : ['and (recipient is null or recipient = ?)', [personId]];
    const statement = `select * from message where number > ? ${condition} order by number`;
    const rows = await this.#sql.query(statement, after, ...values);
    return rows.map((row) => ({
      number: Number(row['number']),
      ...(row['recipient'] === null ? {} : { to: String(row['recipient']) }),
      at: Number(row['at']),
      body: bodyOf<Message['body']>(row),
    }));
  }

  async saveGrade(grade: Grade): Promise<void> {
    const kept = await this.#sql.transaction(async (query) => {
      if (!(await isHere(query, grade.personId))) return false;
      await insertNumbered(
        query,
        'insert into grade (number, person, body) select coalesce(max(number), 0) + 1, ?, ? from grade where true on conflict do nothing returning number',
        grade.personId,
        JSON.stringify(grade),
      );
      return true;
    });
    if (kept) await this.#tell({ kind: 'grade', personId: grade.personId });
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

  hold(how: Hold): Promise<boolean> {
    return this.#sql.hold(how);
  }

  close(): Promise<void> {
    return this.#sql.close();
  }

  #tell(change: Change): Promise<void> {
    return this.#sql.notify(JSON.stringify(change));
  }
}

/** Whether somebody is in the workshop. Holds their row: whoever takes them out waits until this is kept, and takes it too. */
async function isHere(query: Query, personId: string): Promise<boolean> {
  return (await query('update person set joined = joined where id = ? returning id', personId)).length > 0;
}

async function insertNumbered(query: Query, statement: string, ...values: readonly Value[]): Promise<number> {
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const [row] = await query(statement, ...values);
    if (row !== undefined) return Number(row['number']);
  }
  throw new Error('the database gives out no number');
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
