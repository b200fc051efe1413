import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { splitWords } from './reply.ts';

/** Parameters with their defaults, as the image has them. */
const DEFAULTS: Readonly<Record<string, string>> = {
  appendonly: 'no',
  appendfsync: 'everysec',
  appendfilename: 'appendonly.aof',
  appenddirname: 'appendonlydir',
  bind: '* -::*',
  daemonize: 'no',
  databases: '16',
  dbfilename: 'dump.rdb',
  dir: '',
  'io-threads': '1',
  logfile: '',
  loglevel: 'notice',
  masterauth: '',
  maxclients: '10000',
  maxmemory: '0',
  'maxmemory-policy': 'noeviction',
  port: '6379',
  'protected-mode': 'no',
  replicaof: '',
  requirepass: '',
  save: '3600 1 300 100 60 10000',
  'slowlog-log-slower-than': '10000',
  'stop-writes-on-bgsave-error': 'yes',
  'tcp-keepalive': '300',
  timeout: '0',
};

/** What the server says before it gives up. */
export class RedisConfigError extends Error {
  override readonly name = 'RedisConfigError';
}

/** From the command line: a file, then `--name value …`. Throws RedisConfigError. */
export function readRedisConfig(process: Process, args: readonly string[]): Map<string, string> {
  const config = new Map(Object.entries(DEFAULTS));
  config.set('dir', process.cwd);
  const words = [...args];
  const file = words[0]?.startsWith('--') ? undefined : words.shift();
  if (file !== undefined) readFile(process, config, file);
  let line: string[] = [];
  const lines: string[][] = [];
  for (const word of words) {
    if (word.startsWith('--')) {
      line = [word.slice(2)];
      lines.push(line);
    } else line.push(word);
  }
  for (const [index, words] of lines.entries()) setLine(config, words, index + 2, words.join(' '));
  return config;
}

function readFile(process: Process, config: Map<string, string>, path: string): void {
  let text: string;
  try {
    text = decode(process.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new RedisConfigError(`Fatal error, can't open config file '${path}': ${error.message}`);
  }
  const seen = new Set<string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const words = splitWords(line) ?? refuse(index + 1, line, 'Unbalanced quotes in configuration line');
    if (words[0]?.toLowerCase() === 'include') readFile(process, config, words[1] ?? '');
    else setLine(config, words, index + 1, line.trim(), seen);
  }
}

/** Parameters of the real server that change nothing here. */
const ACCEPTED =
  /^(rename-command|user|aclfile|replica-|repl-|cluster-|lazyfree-|activerehashing|hz|latency-|hash-max|list-max|set-max|zset-max|stream-|hll-|client-|tcp-backlog|supervised|pidfile|always-show-logo|rdb|no-appendfsync|auto-aof|aof-|lua-|busy-|notify-|dynamic-hz|jemalloc-|unixsocket|set-proc-title|proc-title|oom-score|disable-thp|acllog)/;

function setLine(
  config: Map<string, string>,
  words: readonly string[],
  line: number,
  text: string,
  seen = new Set<string>(),
): void {
  const given = words[0]?.toLowerCase() ?? '';
  const name = given === 'slaveof' ? 'replicaof' : given;
  if (ACCEPTED.test(name)) return;
  if (!config.has(name)) refuse(line, text, 'Bad directive or wrong number of arguments');
  if (words.length < 2) refuse(line, text, 'wrong number of arguments');
  const wanted = words.slice(1).join(' ');
  const problem = problemWith(name, wanted);
  if (problem !== undefined) refuse(line, text, problem);
  const value = keptValue(name, wanted);
  // Several `save` lines add up; an empty one forgets them.
  config.set(
    name,
    name === 'save' && seen.has('save') && value !== '' ? `${config.get('save')} ${value}`.trim() : value,
  );
  seen.add(name);
}

/** Why a value is not one of this parameter. */
export function problemWith(name: string, value: string): string | undefined {
  const standard = DEFAULTS[name];
  if (/^(yes|no)$/.test(standard ?? '') && !/^(yes|no)$/.test(value)) return "argument must be 'yes' or 'no'";
  if (name === 'replicaof' && !/^\S+ (\d+|one)$/.test(value)) return 'wrong number of arguments';
  if (name === 'maxmemory') return parseMemory(value) === undefined ? 'argument must be a memory value' : undefined;
  if (/^\d+$/.test(standard ?? '') && !/^\d+$/.test(value)) return "argument couldn't be parsed into an integer";
  if (name === 'save' && !/^(\d+ \d+( \d+ \d+)*)?$/.test(value)) return 'Invalid save parameters';
  return undefined;
}

/** As the server keeps a value and shows it: amounts of memory in bytes. */
export function keptValue(name: string, value: string): string {
  return name === 'maxmemory' ? String(parseMemory(value) ?? value) : value;
}

/** `100mb` in bytes. */
export function parseMemory(text: string): number | undefined {
  const match = /^(\d+)(b|k|kb|m|mb|g|gb)?$/i.exec(text);
  if (match === null) return undefined;
  const unit = (match[2] ?? '').toLowerCase();
  const factor = { k: 1000, kb: 1024, m: 1e6, mb: 1024 ** 2, g: 1e9, gb: 1024 ** 3 }[unit] ?? 1;
  return Number(match[1]) * factor;
}

function refuse(line: number, text: string, why: string): never {
  throw new RedisConfigError(
    `\n*** FATAL CONFIG FILE ERROR (Redis ${REDIS_VERSION}) ***\nReading the configuration file, at line ${line}\n>>> '${text}'\n${why}`,
  );
}

export const REDIS_VERSION = '8.2.1';
