import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode, lineReader, print, printError, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { REDIS_VERSION } from './config.ts';
import { ask, type Connection, connectTo, nextReply } from './connection.ts';
import { formatDouble, ProtocolError, type Reply, splitWords } from './reply.ts';

interface Options {
  host: string;
  port: number;
  password: string | undefined;
  database: number;
  raw: boolean;
  repeat: number;
  intervalMs: number;
  lastFromInput: boolean;
  protocol3: boolean;
  scan: string | undefined;
  quiet: boolean;
}

/** The options and the command; a text is what is wrong. */
function parse(process: Process): { options: Options; words: readonly string[] } | string {
  const options: Options = {
    host: '127.0.0.1',
    port: 6379,
    password: process.env['REDISCLI_AUTH'],
    database: 0,
    raw: !process.isTerminal(1),
    repeat: 1,
    intervalMs: 0,
    lastFromInput: false,
    protocol3: false,
    scan: undefined,
    quiet: process.env['REDISCLI_AUTH'] !== undefined,
  };
  const args = process.argv.slice(1);
  for (let argument = args.shift(); argument !== undefined; argument = args.shift()) {
    const value = () => args.shift() ?? '';
    if (!argument.startsWith('-') || argument === '-') return { options, words: [argument, ...args] };
    if (argument === '-h') options.host = value();
    else if (argument === '-p') options.port = Number(value());
    else if (argument === '-a' || argument === '--pass') options.password = value();
    else if (argument === '-n') options.database = Number(value());
    else if (argument === '-r') options.repeat = Number(value());
    else if (argument === '-i') options.intervalMs = Number(value()) * 1000;
    else if (argument === '-x') options.lastFromInput = true;
    else if (argument === '-3') options.protocol3 = true;
    else if (argument === '--raw') options.raw = true;
    else if (argument === '--no-raw') options.raw = false;
    else if (argument === '--no-auth-warning') options.quiet = true;
    else if (argument === '--scan') options.scan = '*';
    else if (argument === '--pattern') options.scan = value();
    else if (argument === '--user') value();
    else if (argument !== '-c' && argument !== '-2')
      return `Unrecognized option or bad number of args for: '${argument}'`;
  }
  return { options, words: [] };
}

export function* redisCli(process: Process): Task<number> {
  if (process.argv[1] === '--version' || process.argv[1] === '-v') {
    yield* print(process, `redis-cli ${REDIS_VERSION}\n`);
    return 0;
  }
  const parsed = parse(process);
  if (typeof parsed === 'string') {
    yield* printError(process, `${parsed}\n`);
    return 1;
  }
  const { options } = parsed;
  const warn = options.password !== undefined && !options.quiet;
  if (warn)
    yield* printError(
      process,
      "Warning: Using a password with '-a' or '-u' option on the command line interface may not be safe.\n",
    );
  let connection: Connection | undefined;
  try {
    connection = yield* open(process, options);
  } catch (error) {
    const why = error instanceof Errno ? error.message : (error as Error).message;
    yield* printError(process, `Could not connect to Redis at ${options.host}:${options.port}: ${why}\n`);
    if (parsed.words.length > 0 || !process.isTerminal(0)) return 1;
  }
  if (connection !== undefined && options.scan !== undefined) {
    const reply = yield* ask(process, connection, ['SCAN', '0', 'MATCH', options.scan]);
    const keys = Array.isArray(reply) ? (reply[1] as readonly string[]) : [];
    yield* print(process, keys.map((key) => `${key}\n`).join(''));
    return 0;
  }
  if (parsed.words.length === 0) return yield* readCommands(process, options, connection);
  const words = options.lastFromInput ? [...parsed.words, decode(yield* readAll(process, 0))] : parsed.words;
  let exitCode = 0;
  for (let left = options.repeat; left !== 0; left--) {
    exitCode = yield* show(process, options, connection!, words);
    if (left !== 1) yield* process.sleep(options.intervalMs);
  }
  return exitCode;
}

/** Throws Errno; ProtocolError for an unknown name. */
function* open(process: Process, options: Options): Task<Connection> {
  const connection = yield* connectTo(process, options.host, options.port);
  const greet = function* (words: readonly string[]): Task<void> {
    const reply = yield* ask(process, connection, words);
    if (typeof reply === 'object' && reply !== null && 'error' in reply)
      yield* printError(process, `${words[0]} failed: ${reply.error}\n`);
  };
  if (options.password !== undefined) yield* greet(['AUTH', options.password]);
  if (options.database !== 0) yield* greet(['SELECT', String(options.database)]);
  if (options.protocol3) yield* greet(['HELLO', '3']);
  return connection;
}

/** Asks and prints; after SUBSCRIBE whatever comes. */
function* show(process: Process, options: Options, connection: Connection, words: readonly string[]): Task<number> {
  try {
    let reply = yield* ask(process, connection, words);
    const endless = /^(p?subscribe|monitor)$/i.test(words[0] ?? '');
    for (;;) {
      yield* print(process, `${options.raw ? rawText(reply) : formatted(reply, '')}\n`);
      if (!endless) return typeof reply === 'object' && reply !== null && 'error' in reply ? 1 : 0;
      reply = yield* nextReply(process, connection);
    }
  } catch (error) {
    if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
    if (/^shutdown$/i.test(words[0] ?? '')) return 0;
    yield* printError(process, 'Error: Server closed the connection\n');
    return 1;
  }
}

/** Line by line: at a terminal with a prompt. The line is edited by the terminal itself. */
function* readCommands(process: Process, options: Options, first: Connection | undefined): Task<number> {
  const interactive = process.isTerminal(0);
  const lines = lineReader(process, 0);
  let connection = first;
  let database = options.database;
  let transaction = false;
  for (;;) {
    if (interactive) {
      const place = `${options.host}:${options.port}${database === 0 ? '' : `[${database}]`}`;
      yield* print(process, connection === undefined ? 'not connected> ' : `${place}${transaction ? '(TX)' : ''}> `);
    }
    const line = yield* lines.next();
    if (line === undefined) return 0;
    const words = splitWords(line);
    const name = words?.[0]?.toLowerCase();
    if (words === undefined) yield* print(process, 'Invalid argument(s)\n');
    if (words === undefined || name === undefined) continue;
    if (name === 'quit' || name === 'exit') return 0;
    if (name === 'clear') {
      yield* print(process, '\u001b[H\u001b[2J');
      continue;
    }
    try {
      connection ??= yield* open(process, options);
    } catch (error) {
      if (!(error instanceof Errno || error instanceof ProtocolError)) throw error;
      yield* printError(process, `Could not connect to Redis at ${options.host}:${options.port}: ${error.message}\n`);
      continue;
    }
    const exitCode = yield* show(process, options, connection, words);
    if (exitCode === 0 && name === 'select') database = Number(words[1]);
    if (exitCode === 0 && ['multi', 'exec', 'discard'].includes(name)) transaction = name === 'multi';
    if (name === 'shutdown' && exitCode === 0) connection = undefined;
  }
}

/** As it is printed where no person looks. */
function rawText(reply: Reply): string {
  if (reply === null) return '';
  if (typeof reply !== 'object') return String(reply);
  if ('status' in reply) return reply.status;
  if ('error' in reply) return `${reply.error}\n`;
  if ('double' in reply) return formatDouble(reply.double);
  if ('pairs' in reply) return reply.pairs.flat().map(rawText).join('\n');
  return ('pushed' in reply ? reply.pushed : reply).map(rawText).join('\n');
}

/** With types and quotes, for a terminal. */
function formatted(reply: Reply, indent: string): string {
  if (reply === null) return '(nil)';
  if (typeof reply === 'number') return `(integer) ${reply}`;
  if (typeof reply === 'string') return quoted(reply);
  if ('status' in reply) return reply.status;
  if ('error' in reply) return `(error) ${reply.error}`;
  if ('double' in reply) return `(double) ${formatDouble(reply.double)}`;
  if ('pairs' in reply) {
    if (reply.pairs.length === 0) return '(empty hash)';
    const rows = reply.pairs.map(
      ([key, value], at) => `${at + 1}# ${formatted(key, '')} => ${formatted(value, indent)}`,
    );
    return rows.join(`\n${indent}`);
  }
  const items = 'pushed' in reply ? reply.pushed : reply;
  if (items.length === 0) return '(empty array)';
  const width = String(items.length).length;
  const deeper = `${indent}${' '.repeat(width + 2)}`;
  return items.map((item, at) => `${String(at + 1).padStart(width)}) ${formatted(item, deeper)}`).join(`\n${indent}`);
}

function quoted(text: string): string {
  const escaped = text.replace(/[\\"\n\r\t\u0007\b]|[^\x20-\x7e]/g, (character) => {
    const short = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\u0007': '\\a', '\b': '\\b' }[
      character
    ];
    if (short !== undefined) return short;
    return [...new TextEncoder().encode(character)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  });
  return `"${escaped}"`;
}
