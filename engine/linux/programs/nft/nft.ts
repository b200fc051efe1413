import type { PacketHook } from '../../net/netfilter/hook.ts';
import { runScript } from '../../net/nftables/script.ts';
import { NfTables } from '../../net/nftables/tables.ts';
import { NftError } from '../../net/nftables/tokens.ts';
import { hooksOf } from '../../net/nftables/walk.ts';
import { decode, print, printError, readAll } from '../../stdio.ts';
import type { PacketFilter } from '../../syscalls.ts';
import { program } from '../program.ts';
import { listJson } from './json.ts';

const VERSION = 'nftables v1.0.6 (Lester Gooch #5)';

/** Of the command line, `nft -f FILE` or `nft COMMAND…`. https://manpages.debian.org/bookworm/nftables/nft.8.en.html */
interface CommandLine {
  readonly file: string | undefined;
  readonly flags: ReadonlySet<string>;
  readonly words: readonly string[];
}

const LONG_FLAGS: Readonly<Record<string, string>> = {
  '--handle': 'a',
  '--stateless': 's',
  '--numeric': 'n',
  '--terse': 't',
  '--json': 'j',
  '--check': 'c',
  '--echo': 'e',
  '--version': 'v',
};

export const nft = program(function* (process, args) {
  const line = readCommandLine(args);
  if (typeof line === 'string') {
    yield* printError(process, line);
    return 1;
  }
  const { file, flags, words } = line;
  if (flags.has('v')) {
    yield* print(process, `${VERSION}\n`);
    return 0;
  }
  if (file === undefined && words.length === 0) {
    yield* printError(process, 'nft: no command specified\n');
    return 1;
  }
  const text =
    file === undefined ? words.join(' ') : decode(file === '-' ? yield* readAll(process, 0) : process.readFile(file));
  let tables: NfTables;
  let nowMs: number;
  try {
    const filter = process.packetFilter();
    nowMs = filter.nowMs;
    tables = tablesOf(filter);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPERM') throw error;
    yield* printError(process, 'Operation not permitted (you must be root)\n');
    return 1;
  }
  try {
    const options = {
      nowMs,
      handles: flags.has('a'),
      stateless: flags.has('s'),
      numeric: flags.has('n'),
      terse: flags.has('t'),
    };
    const output = flags.has('j') ? listJson(tables, words) : runScript(tables, text, options);
    yield* print(process, output);
    return 0;
  } catch (error) {
    if (!(error instanceof NftError)) throw error;
    const source = file === undefined ? undefined : file === '-' ? '/dev/stdin' : file;
    yield* printError(process, complaint(error, text, source));
    return 1;
  }
});

function readCommandLine(args: readonly string[]): CommandLine | string {
  const flags = new Set<string>();
  let file: string | undefined;
  for (const [index, word] of args.entries()) {
    if (word === '-f' || word === '--file') {
      file = args[index + 1];
      if (file === undefined) return "nft: option requires an argument -- 'f'\n";
      return { file, flags, words: [] };
    }
    const short = LONG_FLAGS[word] ?? /^-([asntjcevy]+)$/.exec(word)?.[1];
    if (short === undefined && word.startsWith('-')) return `nft: unrecognized option '${word}'\n`;
    if (short === undefined) return { file, flags, words: args.slice(index) };
    for (const letter of short) flags.add(letter);
  }
  return { file, flags, words: [] };
}

/** The tables of the process's network namespace: the module nf_tables of its kernel. */
function tablesOf({ ruleset, module }: PacketFilter): NfTables {
  return module('nf_tables', () => {
    let registered: readonly PacketHook[] = [];
    return new NfTables((tables) => {
      const hooks = hooksOf(tables);
      ruleset.hooks.replace(registered, hooks);
      registered = hooks;
    });
  });
}

/** What is wrong, the line it is in, and a mark below the place. */
function complaint({ message, place }: NftError, text: string, source: string | undefined): string {
  if (place === undefined) return `Error: ${message}\n`;
  const { line, column, length } = place;
  const content = text.split('\n')[line] ?? '';
  const at = source === undefined ? '' : `${source}:${line + 1}:${column + 1}-${column + length}: `;
  return `${at}Error: ${message}\n${content}\n${' '.repeat(column)}${'^'.repeat(Math.max(1, length))}\n`;
}
