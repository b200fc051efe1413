import { Errno } from '../../errno.ts';
import { decode, encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Value } from './expression.ts';
import { SqlError, unknownDatabase } from './sql-error.ts';

export interface Column {
  readonly name: string;
  /** As `DESCRIBE` shows it: `varchar(250)`. */
  readonly type: string;
  readonly nullable: boolean;
  readonly key: '' | 'PRI' | 'UNI';
  readonly default: Value;
  readonly autoIncrement: boolean;
}

export interface Table {
  readonly columns: readonly Column[];
  rows: readonly (readonly Value[])[];
  /** What the next row's AUTO_INCREMENT column gets. */
  next: number;
}

const SUFFIX = '.ibd';

/**
 * The databases, as directories with a file for each table. (A real file is InnoDB's; ours is JSON.) What is written is on the
 * disk before it is answered, so that a server which is killed loses nothing.
 */
export class Storage {
  readonly #process: Process;
  readonly directory: string;
  readonly #databases = new Map<string, Map<string, Table>>();

  /** Reads what is there. Throws Errno. */
  constructor(process: Process, directory: string) {
    this.#process = process;
    this.directory = directory;
    for (const { name, type } of process.readdir(directory)) {
      if (type === 'directory' && !name.includes('+')) this.#databases.set(name, this.#readTables(name));
    }
  }

  #readTables(database: string): Map<string, Table> {
    const tables = new Map<string, Table>();
    for (const { name } of this.#process.readdir(`${this.directory}/${database}`)) {
      if (!name.endsWith(SUFFIX)) continue;
      const text = decode(this.#process.readFile(`${this.directory}/${database}/${name}`));
      tables.set(name.slice(0, -SUFFIX.length), JSON.parse(text) as Table);
    }
    return tables;
  }

  /** Names of databases that lie on the disk, in order. */
  databases(): readonly string[] {
    return [...this.#databases.keys()].sort();
  }

  has(database: string): boolean {
    return this.#databases.has(database);
  }

  tables(database: string): readonly string[] {
    return [...this.#of(database).keys()].sort();
  }

  createDatabase(name: string): void {
    this.#process.mkdir(`${this.directory}/${name}`, 0o750);
    this.#databases.set(name, new Map());
  }

  dropDatabase(name: string): number {
    const tables = this.tables(name);
    for (const table of tables) this.dropTable(name, table);
    this.#process.rmdir(`${this.directory}/${name}`);
    this.#databases.delete(name);
    return tables.length;
  }

  find(database: string, table: string): Table | undefined {
    return this.#of(database).get(table);
  }

  /** Throws SqlError when there is none. */
  table(database: string, table: string): Table {
    const found = this.find(database, table);
    if (found === undefined) throw new SqlError(1146, '42S02', `Table '${database}.${table}' doesn't exist`);
    return found;
  }

  /** Keeps a table as it is now. */
  write(database: string, name: string, table: Table): void {
    this.#of(database).set(name, table);
    this.#process.writeFile(this.#path(database, name), encode(`${JSON.stringify(table)}\n`));
  }

  dropTable(database: string, name: string): void {
    this.#of(database).delete(name);
    try {
      this.#process.unlink(this.#path(database, name));
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'ENOENT') throw error;
    }
  }

  #path(database: string, table: string): string {
    return `${this.directory}/${database}/${table}${SUFFIX}`;
  }

  #of(database: string): Map<string, Table> {
    const tables = this.#databases.get(database);
    if (tables === undefined) throw unknownDatabase(database);
    return tables;
  }
}
