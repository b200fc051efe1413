import type { Task } from '../../../sim/index.ts';
import { RuleError } from '../../net/netfilter/rule-parser.ts';
import { ruleText } from '../../net/netfilter/rule-text.ts';
import { type Chain, RulesetError, type Table } from '../../net/netfilter/ruleset.ts';
import { changeTable, positionOf, RestoreError, restore, saveText, VERSION } from '../../net/netfilter/save-format.ts';
import { decode, print, printError, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { program } from '../program.ts';
import { listing } from './listing.ts';

// iptables, iptables-save and iptables-restore, over the rules of the process's network namespace.
// https://manpages.debian.org/bookworm/iptables/iptables.8.en.html

/** Without a packet filter to speak to. */
const NOT_PERMITTED = 4;

export const iptables = program(function* (process, args) {
  const words = [...args];
  const name = takeValue(words, '-t', '--table') ?? 'filter';
  try {
    const { ruleset } = process.packetFilter();
    // Nobody else holds the lock: how long to wait for it says nothing.
    const waits = (word: string | undefined) => word === '-w' || word === '--wait';
    const rest = words.filter((word, at) => !waits(word) && !(waits(words[at - 1]) && /^\d+$/.test(word)));
    return yield* run(process, ruleset.table(name), rest);
  } catch (error) {
    return yield* complain(process, error);
  }
});

function* run(process: Process, table: Table, words: readonly string[]): Task<number> {
  const flags = new Set(words.filter((word) => /^-[nvxL]+$|^--(numeric|verbose|exact|line-numbers|list)$/.test(word)));
  const has = (letter: string, long: string) =>
    flags.has(`--${long}`) || [...flags].some((flag) => !flag.startsWith('--') && flag.includes(letter));
  const list = has('L', 'list');
  const [command = '', ...rest] = words.filter((word) => (list ? !flags.has(word) : true));
  if (words.includes('-V') || words.includes('--version')) return yield* done(process, `iptables ${VERSION}\n`);
  if (list) {
    const chains = command === '' ? table.chains : [table.chain(command)];
    const options = {
      verbose: has('v', 'verbose'),
      numeric: has('n', 'numeric'),
      lineNumbers: has('', 'line-numbers') && flags.has('--line-numbers'),
      exact: has('x', 'exact'),
    };
    return yield* done(process, listing(table, chains, options));
  }
  switch (command) {
    case '':
      throw new RuleError('no command specified');
    case '-S':
    case '--list-rules':
      return yield* done(process, rulesText(table, rest[0]));
    case '-C':
    case '--check':
      positionOf(table.chain(rest[0] ?? ''), rest.slice(1));
      return 0;
    default:
      changeTable(table, words);
      return 0;
  }
}

/** `iptables -S`: policies and chains first, then the rules. */
function rulesText(table: Table, only: string | undefined): string {
  const chains = only === undefined ? table.chains : [table.chain(only)];
  const heads = chains.map(({ name, policy }) => (policy === undefined ? `-N ${name}\n` : `-P ${name} ${policy}\n`));
  const rules = chains.flatMap(({ name, rules: list }: Chain) => list.map((rule) => `-A ${name} ${ruleText(rule)}\n`));
  return [...heads, ...rules].join('');
}

export const iptablesSave = program(function* (process, args) {
  const words = [...args];
  const table = takeValue(words, '-t', '--table');
  try {
    const { ruleset } = process.packetFilter();
    if (table !== undefined) ruleset.table(table);
    const text = saveText(ruleset, {
      ...(table === undefined ? {} : { table: ruleset.table(table).name }),
      counters: words.includes('-c') || words.includes('--counters'),
      time: timeText(process.now()),
    });
    return yield* done(process, text);
  } catch (error) {
    return yield* complain(process, error);
  }
});

export const iptablesRestore = program(function* (process, args) {
  const words = [...args];
  const only = takeValue(words, '-T', '--table');
  const has = (short: string, long: string) => words.includes(short) || words.includes(long);
  try {
    const { ruleset } = process.packetFilter();
    const file = words.find((word) => !word.startsWith('-') && !/^\d+$/.test(word));
    const text = decode(file === undefined ? yield* readAll(process, 0) : process.readFile(file));
    const options = { flush: !has('-n', '--noflush'), counters: has('-c', '--counters') };
    if (has('-t', '--test')) return 0;
    restore(ruleset, text, { ...options, ...(only === undefined ? {} : { only }) });
    return 0;
  } catch (error) {
    if (!(error instanceof RestoreError)) return yield* complain(process, error);
    const reason = error.message === '' ? '' : `iptables-restore ${VERSION}: ${error.message}\n\n`;
    yield* printError(
      process,
      reason === ''
        ? `iptables-restore: line ${error.line} failed\n`
        : `${reason}Error occurred at line: ${error.line}\nTry \`iptables-restore -h' or 'iptables-restore --help' for more information.\n`,
    );
    return reason === '' ? 1 : 2;
  }
});

/** Takes an option and its value out of the words. */
function takeValue(words: string[], short: string, long: string): string | undefined {
  const at = words.findIndex((word) => word === short || word === long);
  return at < 0 ? undefined : words.splice(at, 2)[1];
}

function* done(process: Process, text: string): Task<number> {
  yield* print(process, text);
  return 0;
}

function* complain(process: Process, error: unknown): Task<number> {
  const name = process.argv[0]!.split('/').at(-1)!;
  if (error instanceof RuleError) {
    yield* printError(
      process,
      `${name} ${VERSION}: ${error.message}\nTry \`${name} -h' or '${name} --help' for more information.\n`,
    );
    return 2;
  }
  if (error instanceof RulesetError) {
    yield* printError(process, `${name}: ${error.message}\n`);
    return 1;
  }
  const { code } = error as { code?: string };
  if (code !== 'EPERM') throw error;
  yield* printError(
    process,
    `${name} ${VERSION}: can't initialize iptables table \`filter': Permission denied (you must be root)\nPerhaps iptables or your kernel needs to be upgraded.\n`,
  );
  return NOT_PERMITTED;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** As ctime(3): `Sat Nov 28 01:12:13 2026`. */
function timeText(nowMs: number): string {
  const time = new Date(nowMs);
  const clock = time.toISOString().slice(11, 19);
  const day = String(time.getUTCDate()).padStart(2);
  return `${DAYS[time.getUTCDay()]} ${MONTHS[time.getUTCMonth()]} ${day} ${clock} ${time.getUTCFullYear()}`;
}
