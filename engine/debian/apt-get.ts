import { print, printError } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import {
  AptAborted,
  type AptCommand,
  AptError,
  announceReading,
  aptProgram,
  confirm,
  readAptCommand,
  requireLock,
} from './apt.ts';
import { type Installed, readInstalled, withInstalled, writeInstalled } from './database.ts';
import type { PackageSurroundings } from './package.ts';
import { chooseOffers, upgradesOf } from './plan.ts';
import { listOf, listPath, type Offer, readOffers, readSources } from './sources.ts';
import { compareVersions } from './version-order.ts';

const OPTIONS = [
  'yes',
  'simulate',
  'allow-change-held-packages',
  'allow-downgrades',
  'no-install-recommends',
  'only-upgrade',
  'reinstall',
  'show-upgraded',
  'verbose-versions',
  'fix-broken',
  'download-only',
];
/** What comes over the machines' line. */
const BYTES_PER_MS = 25_000;
const ANSWER_MS = 150;
const UNPACK_MS = 400;

/**
 * `apt-get`: loads the lists of archives, installs packages and brings them up to date. What it does not do, removing above
 * all, it says. https://manpages.debian.org/trixie/apt/apt-get.8.en.html
 */
export function createAptGet(surroundings: PackageSurroundings): Program {
  return aptProgram(function* (process, args) {
    const asked = readAptCommand(args, OPTIONS);
    try {
      return yield* run(process, surroundings, asked);
    } catch (error) {
      if (error instanceof AptAborted) return 1;
      throw error;
    }
  });
}

function* run(process: Process, surroundings: PackageSurroundings, asked: AptCommand): Task<number> {
  switch (asked.command) {
    case 'update':
      return yield* update(process, surroundings);
    case 'install':
      return yield* install(process, surroundings, asked);
    case 'upgrade':
    case 'dist-upgrade':
    case 'full-upgrade':
      return yield* upgrade(process, surroundings, asked);
    case '':
      yield* print(process, 'apt 3.0.3 (amd64)\nUsage: apt-get [options] command\n');
      return 0;
    default:
      throw new AptError(
        ['remove', 'purge', 'autoremove', 'clean', 'autoclean', 'download', 'source', 'check'].includes(asked.command)
          ? `${asked.command} is not simulated here`
          : `Invalid operation ${asked.command}`,
      );
  }
}

function* update(process: Process, { archiveAt }: PackageSurroundings): Task<number> {
  requireLock(process);
  const missing: string[] = [];
  for (const [index, source] of readSources(process).entries()) {
    yield* process.sleep(ANSWER_MS);
    const archive = archiveAt(source.url);
    const suite = source.suite === '/' ? ' InRelease' : `${source.suite} InRelease`;
    if (archive === undefined) {
      yield* print(process, `Err:${index + 1} ${source.url} ${suite}\n  404  Not Found\n`);
      missing.push(
        `The repository '${source.url} ${source.suite === '/' ? '' : source.suite} Release' does not have a Release file.`,
      );
      continue;
    }
    const path = listPath(source);
    const list = listOf(archive);
    const known = process.access(path, 'exists') && process.readText(path) === list;
    yield* print(process, `${known ? 'Hit' : 'Get'}:${index + 1} ${archive.mirror} ${suite}\n`);
    if (!known) process.writeFile(path, list, { mode: 0o644 });
  }
  yield* print(process, 'Reading package lists... Done\n');
  if (missing.length > 0) throw new AptError(missing.join('\n'));
  return 0;
}

function* install(process: Process, surroundings: PackageSurroundings, asked: AptCommand): Task<number> {
  requireLock(process);
  yield* announceReading(process);
  const installed = readInstalled(process);
  const chosen = chooseOffers(readOffers(process), installed, asked.operands);
  for (const { offer, asVersion } of chosen) {
    if (asVersion === undefined) continue;
    const label = surroundings.archiveAt(offer.source.url)?.label ?? '';
    yield* print(process, `Selected version '${offer.version}' (${label} [amd64]) for '${offer.name}'\n`);
  }
  const changes: Offer[] = [];
  for (const { offer } of chosen) {
    const there = installed.get(offer.name);
    if (there?.version !== offer.version || asked.options.has('reinstall')) changes.push(offer);
    else yield* print(process, `${offer.name} is already the newest version (${offer.version}).\n`);
  }
  return yield* change(process, surroundings, asked, installed, changes, changes.length > asked.operands.length);
}

function* upgrade(process: Process, surroundings: PackageSurroundings, asked: AptCommand): Task<number> {
  requireLock(process);
  yield* announceReading(process);
  yield* print(process, 'Calculating upgrade... Done\n');
  const installed = readInstalled(process);
  const upgrades = upgradesOf(readOffers(process), installed);
  const held = upgrades.filter(({ name }) => installed.get(name)!.held);
  if (held.length > 0) yield* print(process, list('The following packages have been kept back:', held));
  const free = upgrades.filter((offer) => !held.includes(offer));
  return yield* change(process, surroundings, asked, installed, free, free.length > 0);
}

/** @param asks whether it is more than what was asked for in so many words */
function* change(
  process: Process,
  surroundings: PackageSurroundings,
  { options }: AptCommand,
  installed: ReadonlyMap<string, Installed>,
  changes: readonly Offer[],
  asks: boolean,
): Task<number> {
  const stands = ({ name, version }: Offer) => {
    const there = installed.get(name);
    return there === undefined ? 1 : compareVersions(version, there.version);
  };
  const fresh = changes.filter(({ name }) => !installed.has(name));
  const up = changes.filter((offer) => installed.has(offer.name) && stands(offer) > 0);
  const down = changes.filter((offer) => stands(offer) < 0);
  const held = changes.filter(({ name }) => installed.get(name)?.held === true);
  const left = upgradesOf(readOffers(process), installed).filter(
    ({ name }) => !changes.some((each) => each.name === name),
  );
  if (held.length > 0) yield* print(process, list('The following held packages will be changed:', held));
  if (fresh.length > 0) yield* print(process, list('The following NEW packages will be installed:', fresh));
  if (up.length > 0) yield* print(process, list('The following packages will be upgraded:', up));
  if (down.length > 0) yield* print(process, list('The following packages will be DOWNGRADED:', down));
  yield* print(
    process,
    `${up.length} upgraded, ${fresh.length} newly installed, ${down.length === 0 ? '' : `${down.length} downgraded, `}0 to remove and ${left.length} not upgraded.\n`,
  );
  if (changes.length === 0) return 0;
  const bytes = changes.reduce((sum, { stanza }) => sum + Number(stanza.get('Size') ?? 0), 0);
  yield* print(
    process,
    `Need to get ${size(bytes)} of archives.\nAfter this operation, 0 B of additional disk space will be used.\n`,
  );
  if (options.has('yes')) {
    if (held.length > 0 && !options.has('allow-change-held-packages')) {
      throw new AptError('Held packages were changed and -y was used without --allow-change-held-packages.');
    }
    if (down.length > 0 && !options.has('allow-downgrades')) {
      throw new AptError('Packages were downgraded and -y was used without --allow-downgrades.');
    }
  } else if (asks || held.length > 0 || down.length > 0) yield* confirm(process);
  if (options.has('simulate')) {
    yield* print(
      process,
      changes.map(({ name, version }) => `Inst ${name} (${version})\nConf ${name} (${version})\n`).join(''),
    );
    return 0;
  }
  yield* download(process, surroundings, changes, bytes);
  if (!options.has('download-only')) yield* unpackAll(process, surroundings, installed, changes);
  return 0;
}

function* download(
  process: Process,
  { archiveAt }: PackageSurroundings,
  changes: readonly Offer[],
  bytes: number,
): Task<void> {
  for (const [index, { name, version, source, stanza }] of changes.entries()) {
    const archive = archiveAt(source.url);
    const length = Number(stanza.get('Size') ?? 0);
    if (archive === undefined)
      throw new AptError(`Failed to fetch ${source.url}${name}_${version}_amd64.deb  404  Not Found`);
    yield* print(process, `Get:${index + 1} ${archive.mirror}  ${name} ${version} [${size(length)}]\n`);
    yield* process.sleep(ANSWER_MS + length / BYTES_PER_MS);
  }
  yield* print(process, `Fetched ${size(bytes)} in 1s (${size(bytes)}/s)\n`);
}

function* unpackAll(
  process: Process,
  { filesOf, unpack }: PackageSurroundings,
  installed: ReadonlyMap<string, Installed>,
  changes: readonly Offer[],
): Task<void> {
  yield* print(
    process,
    `(Reading database ... ${26_000 + installed.size * 12} files and directories currently installed.)\n`,
  );
  let known = installed;
  for (const { name, version, stanza } of changes) {
    const before = installed.get(name);
    const over = before === undefined ? '' : ` over (${before.version})`;
    if (before === undefined) yield* print(process, `Selecting previously unselected package ${name}.\n`);
    yield* print(
      process,
      `Preparing to unpack .../${name}_${version}_amd64.deb ...\nUnpacking ${name} (${version})${over} ...\n`,
    );
    yield* process.sleep(UNPACK_MS);
    unpack(filesOf(name, version));
    known = withInstalled(known, stanza, before?.held ?? false);
    writeInstalled(process, known);
  }
  for (const { name, version } of changes) yield* print(process, `Setting up ${name} (${version}) ...\n`);
}

function list(title: string, offers: readonly Offer[]): string {
  return `${title}\n  ${offers.map(({ name }) => name).join(' ')}\n`;
}

/** `12.4 MB`, with three digits. */
function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 || value >= 100 ? `${Math.round(value)} ${units[unit]}` : `${value.toFixed(1)} ${units[unit]}`;
}

const LOOKING = ['list', 'show', 'search', 'policy', 'madison'];

/** `apt`, which people type: apt-get's commands, and those that only look. */
export function createApt(aptGet: Program, looking: Program): Program {
  return function* (process) {
    const command = process.argv.slice(1).find((word) => !word.startsWith('-')) ?? '';
    if (!process.isTerminal(1)) {
      yield* printError(
        process,
        '\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n',
      );
    }
    return yield* (LOOKING.includes(command) ? looking : aptGet)(process);
  };
}
