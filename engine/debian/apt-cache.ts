import { Pattern } from '../linux/shell/expand/pattern.ts';
import { print, printError } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import { AptError, aptProgram, readAptCommand } from './apt.ts';
import { type Installed, readInstalled, STATUS } from './database.ts';
import { nameOf, type Offer, readOffers } from './sources.ts';
import { writeStanzas } from './stanza.ts';
import { compareVersions } from './version-order.ts';

/**
 * `apt-cache`, and the commands of `apt` that look: what there is, in which versions, from where.
 * https://manpages.debian.org/trixie/apt/apt-cache.8.en.html
 */
export const aptCache: Program = aptProgram(function* (process, args) {
  const { command, options, operands } = readAptCommand(args, [
    'all-versions',
    'installed',
    'upgradable',
    'no-all-versions',
  ]);
  switch (command) {
    case 'madison':
      return yield* madison(process, operands);
    case 'policy':
      return yield* policy(process, operands);
    case 'show':
      return yield* show(
        process,
        operands,
        options.has('all-versions') || process.argv[0]?.endsWith('apt-cache') === true,
      );
    case 'search':
      return yield* search(process, operands);
    case 'list':
      return yield* list(process, operands, options);
    default:
      throw new AptError(`Invalid operation ${command}`);
  }
});

function* madison(process: Process, names: readonly string[]): Task<number> {
  const offers = readOffers(process);
  for (const name of names) {
    const known = offers.get(name);
    if (known === undefined) yield* printError(process, `N: Unable to locate package ${name}\n`);
    for (const { version, source } of known ?? []) {
      yield* print(process, `${name.padStart(10)} | ${version.padStart(10)} | ${nameOf(source)}\n`);
    }
  }
  return 0;
}

function* policy(process: Process, names: readonly string[]): Task<number> {
  const offers = readOffers(process);
  const installed = readInstalled(process);
  for (const name of names) {
    const known = offers.get(name) ?? [];
    const there = installed.get(name);
    if (known.length === 0 && there === undefined) {
      yield* printError(process, `N: Unable to locate package ${name}\n`);
      continue;
    }
    const candidate = known[0]?.version ?? there!.version;
    yield* print(
      process,
      `${name}:\n  Installed: ${there?.version ?? '(none)'}\n  Candidate: ${candidate}\n  Version table:\n`,
    );
    for (const version of versionsOf(known, there)) {
      const from = known.find((offer) => offer.version === version);
      const here = there?.version === version;
      yield* print(process, ` ${here ? '***' : '   '} ${version} ${from === undefined ? 100 : 500}\n`);
      if (from !== undefined) yield* print(process, `        500 ${nameOf(from.source)}\n`);
      if (here) yield* print(process, `        100 ${STATUS}\n`);
    }
  }
  return 0;
}

function versionsOf(known: readonly Offer[], there: Installed | undefined): readonly string[] {
  const versions = new Set(known.map(({ version }) => version));
  if (there !== undefined) versions.add(there.version);
  return [...versions].sort((a, b) => compareVersions(b, a));
}

function* show(process: Process, names: readonly string[], all: boolean): Task<number> {
  const offers = readOffers(process);
  const installed = readInstalled(process);
  for (const name of names) {
    const stanzas = offers.get(name)?.map(({ stanza }) => stanza) ?? [];
    const there = installed.get(name)?.stanza;
    if (stanzas.length === 0 && there !== undefined) stanzas.push(there);
    if (stanzas.length === 0) throw new AptError(`No packages found`);
    yield* print(process, `${writeStanzas(all ? stanzas : stanzas.slice(0, 1))}\n`);
  }
  return 0;
}

function* search(process: Process, words: readonly string[]): Task<number> {
  for (const [name, [latest]] of readOffers(process)) {
    const line = `${name} - ${latest?.stanza.get('Description') ?? ''}`;
    if (words.every((word) => line.toLowerCase().includes(word.toLowerCase()))) yield* print(process, `${line}\n`);
  }
  return 0;
}

function* list(process: Process, patterns: readonly string[], options: ReadonlySet<string>): Task<number> {
  const offers = readOffers(process);
  const installed = readInstalled(process);
  yield* print(process, 'Listing... Done\n');
  for (const name of [...new Set([...offers.keys(), ...installed.keys()])].sort()) {
    if (patterns.length > 0 && !patterns.some((pattern) => new Pattern(pattern).matches(name))) continue;
    const there = installed.get(name);
    const known = offers.get(name) ?? [];
    const latest = known[0]?.version ?? there!.version;
    const upgradable = there !== undefined && compareVersions(latest, there.version) > 0;
    if ((options.has('installed') && there === undefined) || (options.has('upgradable') && !upgradable)) continue;
    const shown = options.has('all-versions')
      ? versionsOf(known, there)
      : [options.has('installed') ? there!.version : latest];
    yield* print(process, shown.map((version) => `${line(name, version, there, latest, known)}\n`).join(''));
    if (options.has('all-versions')) yield* print(process, '\n');
  }
  return 0;
}

function line(
  name: string,
  version: string,
  there: Installed | undefined,
  latest: string,
  known: readonly Offer[],
): string {
  const suite = known.find((offer) => offer.version === version)?.source.suite ?? 'now';
  const shown = suite === '/' ? 'unknown' : suite;
  if (there === undefined) return `${name}/${shown} ${version} amd64`;
  if (version !== there.version) return `${name}/${shown} ${version} amd64 [upgradable from: ${there.version}]`;
  const state = version === latest ? 'installed' : `installed,upgradable to: ${latest}`;
  return `${name}/${shown === 'now' ? 'now' : `${shown},now`} ${version} ${there.architecture} [${state}]`;
}
