import { IpSet, type IpSetEntry, IpSetError } from '../../net/netfilter/ip-set.ts';
import type { Ruleset } from '../../net/netfilter/ruleset.ts';
import { decode, print, printError, readAll } from '../../stdio.ts';
import { program } from '../program.ts';

// The sets of the process's network namespace. https://ipset.netfilter.org/ipset.man.html

const VERSION = 'v7.17';

const HASH_DEFAULTS = 'family inet hashsize 1024 maxelem 65536';

export const ipset = program(function* (process, args) {
  const words = args.filter((word) => !['-exist', '-!', '-q', '-quiet'].includes(word));
  const lenient = args.includes('-exist') || args.includes('-!');
  const [command = '', ...rest] = words;
  let line = 0;
  try {
    const { ruleset, nowMs } = process.packetFilter();
    const context: Context = { ruleset, nowMs, lenient };
    if (command === '-v' || command === 'version' || command === '--version') {
      yield* print(process, `ipset ${VERSION}, protocol version: 7\n`);
      return 0;
    }
    if (command !== 'restore' && command !== '-R') {
      yield* print(process, execute(context, command, rest));
      return 0;
    }
    for (const text of decode(yield* readAll(process, 0)).split('\n')) {
      line += 1;
      const [first = '', ...others] = text.trim().split(/\s+/);
      if (first === '' || first === 'COMMIT' || first.startsWith('#')) continue;
      execute(context, first, others);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof IpSetError)) throw error;
    const where = line === 0 ? '' : `Error in line ${line}: `;
    yield* printError(process, `ipset ${VERSION}: ${where}${error.message}\n`);
    return 1;
  }
});

interface Context {
  readonly ruleset: Ruleset;
  readonly nowMs: number;
  /** Whether it is no error that something is there already, or gone already. */
  readonly lenient: boolean;
}

/** What the command prints. Throws IpSetError. */
function execute(context: Context, command: string, words: readonly string[]): string {
  const [name = ''] = words;
  const { ruleset, nowMs, lenient } = context;
  switch (COMMANDS[command] ?? command) {
    case 'create':
      create(context, words);
      return '';
    case 'add':
      add(context, words);
      return '';
    case 'del':
      if (!find(ruleset, name).delete(words[1] ?? '') && !lenient) {
        throw new IpSetError("Element cannot be deleted from the set: it's not added");
      }
      return '';
    case 'test': {
      const parts = (words[1] ?? '').split(',');
      if (!find(ruleset, name).matches(parts, nowMs)) throw new IpSetError(`${words[1]} is NOT in set ${name}.`);
      return `Warning: ${words[1]} is in set ${name}.\n`;
    }
    case 'flush':
      for (const set of name === '' ? ruleset.sets.values() : [find(ruleset, name)]) set.clear();
      return '';
    case 'destroy':
      for (const set of name === '' ? [...ruleset.sets.keys()] : [name]) destroy(ruleset, set);
      return '';
    case 'swap':
      find(ruleset, name).swap(find(ruleset, words[1] ?? ''));
      return '';
    case 'list':
      if (words.includes('-n') || words.includes('-name'))
        return [...ruleset.sets.keys()].map((set) => `${set}\n`).join('');
      return chosen(ruleset, words)
        .map((set) => listing(set, context))
        .join('\n');
    case 'save':
      return chosen(ruleset, words)
        .map((set) => saveText(set, nowMs))
        .join('');
    default:
      throw new IpSetError(
        command === '' ? 'No command specified.' : `No command specified: unknown argument ${command}`,
      );
  }
}

const COMMANDS: Readonly<Record<string, string>> = {
  '-N': 'create',
  n: 'create',
  '-A': 'add',
  '-D': 'del',
  '-T': 'test',
  '-F': 'flush',
  '-X': 'destroy',
  x: 'destroy',
  '-W': 'swap',
  '-L': 'list',
  '-S': 'save',
};

function find(ruleset: Ruleset, name: string): IpSet {
  const set = ruleset.sets.get(name);
  if (set === undefined) throw new IpSetError('The set with the given name does not exist');
  return set;
}

function chosen(ruleset: Ruleset, words: readonly string[]): readonly IpSet[] {
  const name = words.find((word) => !word.startsWith('-'));
  return name === undefined ? [...ruleset.sets.values()] : [find(ruleset, name)];
}

function create({ ruleset, lenient }: Context, [name = '', type = '', ...options]: readonly string[]): void {
  if (ruleset.sets.has(name)) {
    if (lenient) return;
    throw new IpSetError('Set cannot be created: set with the same name already exists');
  }
  if (name.length > 31) throw new IpSetError(`Syntax error: setname '${name}' is longer than 31 characters`);
  const value = (option: string) => options[options.indexOf(option) + 1];
  const timeout = options.includes('timeout') ? ` timeout ${value('timeout')}` : '';
  const sizes = ['hashsize', 'maxelem'].reduce(
    (text, option) =>
      options.includes(option) ? text.replace(new RegExp(`${option} \\d+`), `${option} ${value(option)}`) : text,
    HASH_DEFAULTS,
  );
  const own = type.startsWith('hash:') ? sizes : `range ${value('range') ?? '0-65535'}`;
  ruleset.sets.set(name, new IpSet(name, type, `${own}${timeout}`));
}

function add({ ruleset, nowMs, lenient }: Context, [name = '', element = '', ...options]: readonly string[]): void {
  const set = find(ruleset, name);
  if (!lenient && set.has(element)) throw new IpSetError("Element cannot be added to the set: it's already added");
  const seconds = Number(options[options.indexOf('timeout') + 1]);
  const expires = options.includes('timeout') && seconds > 0;
  set.add(element, { nomatch: options.includes('nomatch'), ...(expires && { expiresMs: nowMs + seconds * 1000 }) });
}

function destroy(ruleset: Ruleset, name: string): void {
  find(ruleset, name);
  if (references(ruleset, name) > 0) {
    throw new IpSetError('Set cannot be destroyed: it is in use by a kernel component');
  }
  ruleset.sets.delete(name);
}

/** How many rules ask the set. */
function references(ruleset: Ruleset, name: string): number {
  const rules = ruleset.tables.flatMap(({ chains }) => chains.flatMap((chain) => chain.rules));
  return rules.filter(({ matches }) => matches.some((match) => match.kind === 'set' && match.name === name)).length;
}

function listing(set: IpSet, { ruleset, nowMs }: Context): string {
  const entries = set.entries(nowMs);
  return [
    `Name: ${set.name}`,
    `Type: ${set.type}`,
    'Revision: 6',
    `Header: ${set.options}${set.type.startsWith('hash:') ? ' bucketsize 12' : ''}`,
    `Size in memory: ${200 + 88 * entries.length}`,
    `References: ${references(ruleset, set.name)}`,
    `Number of entries: ${entries.length}`,
    'Members:',
    ...entries.map((entry) => entryText(set, entry, nowMs)),
    '',
  ].join('\n');
}

function saveText(set: IpSet, nowMs: number): string {
  const lines = set.entries(nowMs).map((entry) => `add ${set.name} ${entryText(set, entry, nowMs)}\n`);
  return `create ${set.name} ${set.type} ${set.options}\n${lines.join('')}`;
}

function entryText({ hasTimeout }: IpSet, { element, nomatch, expiresMs }: IpSetEntry, nowMs: number): string {
  const seconds = Number.isFinite(expiresMs) ? Math.ceil((expiresMs - nowMs) / 1000) : 0;
  return `${element}${hasTimeout ? ` timeout ${seconds}` : ''}${nomatch ? ' nomatch' : ''}`;
}
