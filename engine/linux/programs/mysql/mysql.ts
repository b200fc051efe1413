import type { Task } from '../../../sim/index.ts';
import { decode, lineReader, print, printError, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type ClientOptions, readOptions } from './client-options.ts';
import { type Connection, connect } from './connection.ts';
import { framed, summary, tabbed, vertical } from './output.ts';
import { SqlError } from './sql-error.ts';
import { isBlank, splitStatements } from './tokens.ts';

const WARNING = '[Warning] Using a password on the command line interface can be insecure.\n';

/** The client: statements of `-e` or of standard input, and a prompt at a terminal. */
export function* mysql(process: Process): Task<number> {
  const options = readOptions(process, 'mysql');
  if (typeof options === 'string') {
    yield* printError(process, options);
    return 2;
  }
  if (options.version) {
    const version = process.env['MYSQL_VERSION'] ?? '8.0.44';
    yield* print(process, `mysql  Ver ${version} for Linux on x86_64 (MySQL Community Server - GPL)\n`);
    return 0;
  }
  if (options.exposed) yield* printError(process, `mysql: ${WARNING}`);
  const password = options.askPassword ? yield* askPassword(process) : options.password;
  let connection: Connection;
  try {
    connection = yield* connect(process, { ...options, password });
  } catch (error) {
    return yield* complain(process, error);
  }
  if (options.execute === undefined && process.isTerminal(0)) return yield* prompt(process, options, connection);
  const text = options.execute ?? decode(yield* readAll(process, 0));
  const { statements, rest } = splitStatements(text);
  const all = isBlank(rest) ? statements : [...statements, { sql: rest, vertical: false }];
  let line = 1;
  for (const { sql, vertical: down } of all) {
    if (sql === '') continue;
    const code = yield* run(process, connection, sql, { ...options, vertical: options.vertical || down }, line);
    if (code !== 0 && !options.force) return code;
    line += sql.split('\n').length;
  }
  return 0;
}

/** Without showing what is typed. */
export function* askPassword(process: Process): Task<string> {
  yield* print(process, 'Enter password: ');
  const settings = process.terminalSettings(0);
  process.setTerminalSettings(0, { ...settings, echo: false });
  const line = yield* lineReader(process, 0).next();
  process.setTerminalSettings(0, settings);
  yield* print(process, '\n');
  return line ?? '';
}

function* run(
  process: Process,
  connection: Connection,
  sql: string,
  options: ClientOptions,
  line: number,
): Task<number> {
  try {
    const result = yield* connection.ask(sql);
    if (!('columns' in result)) return 0;
    const inFrame = options.table || (process.isTerminal(1) && !options.batch && !options.silent);
    if (result.rows.length === 0) return 0;
    if (options.vertical) yield* print(process, vertical(result));
    else
      yield* print(
        process,
        inFrame ? framed(result, options.columnNames) : tabbed(result, options.columnNames && !options.silent),
      );
    return 0;
  } catch (error) {
    return yield* complain(process, error, ` at line ${line}`);
  }
}

/** Prints what a server says against it; anything else goes on. */
function* complain(process: Process, error: unknown, where = ''): Task<number> {
  if (!(error instanceof SqlError)) throw error;
  yield* printError(process, `ERROR ${error.code} (${error.state})${where}: ${error.message}\n`);
  return 1;
}

const HELP = `
For information about MySQL products and services, visit:
   http://www.mysql.com/

List of all MySQL commands:
Note that all text commands must be first on line and end with ';'
clear     (\\c) Clear the current input statement.
exit      (\\q) Exit mysql. Same as quit.
go        (\\g) Send command to mysql server.
ego       (\\G) Send command to mysql server, display result vertically.
help      (\\h) Display this help.
quit      (\\q) Quit mysql.
use       (\\u) Use another database. Takes database name as argument.

`;

const greeting = ({ id, version }: Connection) => `Welcome to the MySQL monitor.  Commands end with ; or \\g.
Your MySQL connection id is ${id}
Server version: ${version} MySQL Community Server - GPL

Copyright (c) 2000, 2025, Oracle and/or its affiliates.

Type 'help;' or '\\h' for help. Type '\\c' to clear the current input statement.

`;

function* prompt(process: Process, options: ClientOptions, connection: Connection): Task<number> {
  yield* print(process, greeting(connection));
  const lines = lineReader(process, 0);
  let pending = '';
  for (;;) {
    yield* print(process, pending === '' ? 'mysql> ' : '    -> ');
    const line = yield* lines.next();
    const word = line?.trim().replace(/;$/, '').toLowerCase();
    if (line === undefined || (pending === '' && ['exit', 'quit', '\\q'].includes(word!))) {
      yield* print(process, 'Bye\n');
      return 0;
    }
    if (pending === '' && ['help', '\\h', '?'].includes(word!)) {
      yield* print(process, HELP);
      continue;
    }
    const { statements, rest } = splitStatements(`${pending}${line}\n`);
    for (const { sql, vertical: down } of statements) yield* runAtPrompt(process, options, connection, sql, down);
    if (/^use\s+\S+$/i.test(rest.trim())) {
      // A database is chosen without the sign that ends a statement.
      yield* runAtPrompt(process, options, connection, rest.trim(), false);
      pending = '';
      continue;
    }
    pending = isBlank(rest) || rest.trimEnd().endsWith('\\c') ? '' : rest;
  }
}

function* runAtPrompt(
  process: Process,
  options: ClientOptions,
  connection: Connection,
  sql: string,
  down: boolean,
): Task<void> {
  if (sql === '') {
    yield* printError(process, 'ERROR: \nNo query specified\n\n');
    return;
  }
  const startedMs = process.now();
  try {
    const result = yield* connection.ask(sql);
    if ('columns' in result && result.rows.length > 0) {
      yield* print(process, down || options.vertical ? vertical(result) : framed(result));
    }
    yield* print(process, summary(result, process.now() - startedMs));
  } catch (error) {
    yield* complain(process, error);
  }
}
