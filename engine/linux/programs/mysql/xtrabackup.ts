import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { decode, encode, lineReader, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { readOptions } from './client-options.ts';
import { type Connection, connect } from './connection.ts';
import type { Value } from './expression.ts';
import { SqlError } from './sql-error.ts';

/** A file of a stream; a directory has no text. (The real format is binary.) */
interface Entry {
  readonly path: string;
  readonly text?: string;
}

/** What belongs to one server alone. */
const OWN = /^(mysql-bin\.|master\.info$|xtrabackup_|change_master_to)/;

const DATA = '/var/lib/mysql';

function* say(process: Process, text: string): Task<void> {
  yield* printError(process, `${formatDate('%y%m%d %H:%M:%S', process.now())} ${text}\n`);
}

const optionOf = (process: Process, name: string): string | undefined =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);

/** Percona XtraBackup: a server's files and its place in the binary log, as a stream (`--backup`); `--prepare` makes them whole. */
export function* xtrabackup(process: Process): Task<number> {
  if (process.argv.includes('--prepare')) {
    yield* say(process, `prepared ${optionOf(process, 'target-dir') ?? '.'}`);
    yield* say(process, 'completed OK!');
    return 0;
  }
  if (!process.argv.includes('--backup') || optionOf(process, 'stream') !== 'xbstream') {
    yield* printError(
      process,
      'xtrabackup: only --backup --stream=xbstream and --prepare are part of this simulation\n',
    );
    return 1;
  }
  const argv = process.argv.filter((word) => !word.startsWith('--') || /^--(host|user|port|password)=/.test(word));
  const options = readOptions({ argv, env: process.env }, 'xtrabackup');
  if (typeof options === 'string') {
    yield* printError(process, options);
    return 1;
  }
  try {
    const connection = yield* connect(process, options);
    yield* say(process, `Connecting to MySQL server host: ${options.host ?? 'localhost'}, user: ${options.user}`);
    for (const entry of yield* snapshot(process, connection)) yield* print(process, `${JSON.stringify(entry)}\n`);
    yield* say(process, 'completed OK!');
    return 0;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    yield* say(process, `Failed to connect to MySQL server: ${error.message}`);
    return 1;
  }
}

/** The files as they are at one place of the log: read again when somebody has written meanwhile. */
function* snapshot(process: Process, connection: Connection): Task<readonly Entry[]> {
  for (let before = yield* placesOf(connection); ; ) {
    const files = filesIn(process, '');
    const after = yield* placesOf(connection);
    if (JSON.stringify(before) === JSON.stringify(after)) return [...files, ...after];
    before = after;
  }
}

function filesIn(process: Process, directory: string): Entry[] {
  return process.readdir(`${DATA}/${directory}`).flatMap(({ name, type }): Entry[] => {
    const path = directory === '' ? name : `${directory}/${name}`;
    if (type === 'directory') return [{ path }, ...filesIn(process, path)];
    return OWN.test(path) ? [] : [{ path, text: decode(process.readFile(`${DATA}/${path}`)) }];
  });
}

/** Where a copy has to go on: in the log of this server, and of the one that it follows itself. */
function* placesOf(connection: Connection): Task<readonly Entry[]> {
  const places: Entry[] = [];
  const own = yield* firstRow(connection, 'SHOW MASTER STATUS');
  if (own !== undefined) places.push({ path: 'xtrabackup_binlog_info', text: `${own['File']}\t${own['Position']}\n` });
  const followed = yield* firstRow(connection, 'SHOW SLAVE STATUS');
  if (followed !== undefined) {
    const place = `MASTER_LOG_FILE='${followed['Master_Log_File']}', MASTER_LOG_POS=${followed['Read_Master_Log_Pos']}`;
    places.push({ path: 'xtrabackup_slave_info', text: `CHANGE MASTER TO ${place};\n` });
  }
  return places;
}

function* firstRow(connection: Connection, sql: string): Task<Readonly<Record<string, Value>> | undefined> {
  const result = yield* connection.ask(sql);
  if (!('columns' in result)) return undefined;
  const [row] = result.rows;
  return row && Object.fromEntries(result.columns.map((title, index) => [title, row[index] ?? null]));
}

/** `xbstream -x -C directory`: writes the files of a stream. */
export function* xbstream(process: Process): Task<number> {
  const at = process.argv.indexOf('-C');
  const directory = at < 0 ? '.' : (process.argv[at + 1] ?? '.');
  if (!process.argv.includes('-x')) {
    yield* printError(process, 'xbstream: only -x is part of this simulation\n');
    return 1;
  }
  const lines = lineReader(process, 0);
  for (let line = yield* lines.next(); line !== undefined; line = yield* lines.next()) {
    const { path, text } = JSON.parse(line) as Entry;
    if (text === undefined) process.makeDirectories(`${directory}/${path}`);
    else process.writeFile(`${directory}/${path}`, encode(text));
  }
  return 0;
}
