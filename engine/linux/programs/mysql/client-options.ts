import type { Address } from './connection.ts';

/** What the client's programs have in common on their command lines. */
export interface ClientOptions extends Address {
  readonly execute: string | undefined;
  /** Tabs between columns, no frame. */
  readonly batch: boolean;
  readonly silent: boolean;
  readonly columnNames: boolean;
  readonly vertical: boolean;
  readonly force: boolean;
  readonly table: boolean;
  /** A password stood in sight. */
  readonly exposed: boolean;
  /** It is to be asked for. */
  readonly askPassword: boolean;
  readonly version: boolean;
  readonly args: readonly string[];
}

const LONG: Readonly<Record<string, string>> = {
  host: 'h',
  port: 'P',
  user: 'u',
  password: 'p',
  execute: 'e',
  database: 'D',
  batch: 'B',
  silent: 's',
  'skip-column-names': 'N',
  vertical: 'E',
  force: 'f',
  table: 't',
  version: 'V',
};

const WITH_VALUE = 'hPueD';
const KNOWN = 'hPuepDBsNEftV';

/** @returns a text that is what is wrong */
export function readOptions(
  { argv, env }: { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> },
  program: string,
): ClientOptions | string {
  const given = new Map<string, string>();
  const args: string[] = [];
  const rest = argv.slice(1);
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name = '', attached] = /^--([a-z-]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const letter = name === '' ? (/^-[A-Za-z]/.test(word) ? word[1]! : undefined) : LONG[name];
    const value = name === '' ? word.slice(2) : attached;
    if (letter === undefined && !word.startsWith('-')) args.push(word);
    else if (letter === undefined || !KNOWN.includes(letter)) return `${program}: [ERROR] unknown option '${word}'.\n`;
    else if (WITH_VALUE.includes(letter) && (value === undefined || value === ''))
      given.set(letter, rest.shift() ?? '');
    else if (!WITH_VALUE.includes(letter) && letter !== 'p' && name === '')
      for (const each of word.slice(1)) given.set(each, '');
    else given.set(letter, value ?? '');
  }
  const { MYSQL_PWD = '' } = env;
  return {
    host: given.get('h') === 'localhost' ? undefined : given.get('h'),
    port: Number(given.get('P') ?? 3306),
    user: given.get('u') ?? 'root',
    password: given.get('p') || MYSQL_PWD,
    database: given.get('D') ?? (program === 'mysql' ? args[0] : undefined),
    execute: given.get('e'),
    batch: given.has('B'),
    silent: given.has('s'),
    columnNames: !given.has('N'),
    vertical: given.has('E'),
    force: given.has('f'),
    table: given.has('t'),
    exposed: (given.get('p') ?? '') !== '',
    askPassword: given.get('p') === '',
    version: given.has('V'),
    args,
  };
}
