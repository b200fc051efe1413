import { Pattern } from '../linux/shell/expand/pattern.ts';
import { fail, print, printError } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import { type Installed, readInstalled } from './database.ts';
import type { PackageSurroundings } from './package.ts';
import { writeStanzas } from './stanza.ts';

const HEAD = `Desired=Unknown/Install/Remove/Purge/Hold
| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend
|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)
`;

/**
 * `dpkg`, as far as it tells of what is installed; packages are installed by apt-get.
 * https://manpages.debian.org/trixie/dpkg/dpkg.1.en.html
 */
export function createDpkg({ filesOf }: PackageSurroundings): Program {
  return function* (process) {
    const [option = '', ...words] = process.argv.slice(1);
    const installed = readInstalled(process);
    switch (option) {
      case '-l':
      case '--list':
        return yield* list(process, installed, words);
      case '-s':
      case '--status':
        return yield* status(process, installed, words);
      case '-L':
      case '--listfiles':
        return yield* files(process, installed, words, filesOf);
      case '-S':
      case '--search':
        return yield* owners(process, installed, words, filesOf);
      case '--get-selections':
        yield* print(
          process,
          [...installed.values()].map(({ name, held }) => `${name.padEnd(47)} ${held ? 'hold' : 'install'}\n`).join(''),
        );
        return 0;
      case '--print-architecture':
        yield* print(process, 'amd64\n');
        return 0;
      case '--version':
        yield* print(process, "Debian 'dpkg' package management program version 1.22.21 (amd64).\n");
        return 0;
      case '':
        return yield* fail(process, 'error: need an action option', 2);
      default:
        return yield* fail(process, `error: ${option} is not simulated here`, 2);
    }
  };
}

function* list(process: Process, installed: ReadonlyMap<string, Installed>, patterns: readonly string[]): Task<number> {
  const fits = (name: string) =>
    patterns.length === 0 || patterns.some((pattern) => new Pattern(pattern).matches(name));
  const found = [...installed.values()].filter(({ name }) => fits(name));
  if (found.length === 0) {
    yield* printError(process, patterns.map((each) => `dpkg-query: no packages found matching ${each}\n`).join(''));
    return 1;
  }
  const width = (least: number, of: (each: Installed) => string) =>
    Math.max(least, ...found.map((each) => of(each).length));
  const widths = [
    width(14, ({ name }) => name),
    width(12, ({ version }) => version),
    12,
    width(33, (each) => each.description),
  ];
  const row = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join(' ')
      .trimEnd();
  const lines = [
    `||/ ${row(['Name', 'Version', 'Architecture', 'Description'])}`,
    `+++-${widths.map((each) => '='.repeat(each)).join('-')}`,
    ...found.map(
      ({ name, version, architecture, description, held }) =>
        `${held ? 'h' : 'i'}i  ${row([name, version, architecture, description])}`,
    ),
  ];
  yield* print(process, `${HEAD}${lines.join('\n')}\n`);
  return 0;
}

function* status(process: Process, installed: ReadonlyMap<string, Installed>, names: readonly string[]): Task<number> {
  for (const name of names) {
    const found = installed.get(name);
    if (found === undefined) {
      yield* printError(
        process,
        `dpkg-query: package '${name}' is not installed and no information is available\nUse dpkg --info (= dpkg-deb --info) to examine archive files.\n`,
      );
      return 1;
    }
    yield* print(process, `${writeStanzas([found.stanza])}\n`);
  }
  return 0;
}

type FilesOf = PackageSurroundings['filesOf'];

function* files(
  process: Process,
  installed: ReadonlyMap<string, Installed>,
  names: readonly string[],
  filesOf: FilesOf,
): Task<number> {
  for (const name of names) {
    const found = installed.get(name);
    if (found === undefined) {
      yield* printError(process, `dpkg-query: package '${name}' is not installed\n`);
      return 1;
    }
    yield* print(process, `${Object.keys(filesOf(name, found.version)).join('\n')}\n`);
  }
  return 0;
}

function* owners(
  process: Process,
  installed: ReadonlyMap<string, Installed>,
  paths: readonly string[],
  filesOf: FilesOf,
): Task<number> {
  let exitCode = 0;
  for (const path of paths) {
    const owner = [...installed.values()].find(({ name, version }) => Object.hasOwn(filesOf(name, version), path));
    if (owner !== undefined) yield* print(process, `${owner.name}: ${path}\n`);
    else {
      yield* printError(process, `dpkg-query: no path found matching pattern ${path}\n`);
      exitCode = 1;
    }
  }
  return exitCode;
}
