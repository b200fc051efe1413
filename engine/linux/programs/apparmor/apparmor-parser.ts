import type { Task } from '../../../sim/index.ts';
import { parsePolicy } from '../../confinement/apparmor/parser.ts';
import { PolicyError } from '../../confinement/apparmor/policy-error.ts';
import type { ArmorProfile } from '../../confinement/apparmor/profile.ts';
import { includesOf, isProfileFile } from '../../confinement/apparmor/profile-files.ts';
import { Errno } from '../../errno.ts';
import { decode, encode, print, printError, readAll } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions, type Options } from '../options.ts';
import { program } from '../program.ts';
import { SECURITY_DIRECTORY } from './loaded-profiles.ts';

const VERSION = '4.1.0';

/** Exit codes are error numbers below zero. */
const NOT_THERE = 254;
const ALREADY_THERE = 239;

/** apparmor_parser(8): reads profiles and loads them into the kernel. */
export const apparmorParser = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'arRCqvVNQSKTWdpb:I:O:L:M:j:nk',
    long: {
      add: 'a',
      replace: 'r',
      remove: 'R',
      Complain: 'C',
      quiet: 'q',
      verbose: 'v',
      version: 'V',
      names: 'N',
      'skip-kernel-load': 'Q',
      stdout: 'S',
      'skip-cache': 'K',
      'skip-read-cache': 'T',
      'write-cache': 'W',
      debug: 'd',
      preprocess: 'p',
    },
  });
  if (options.has('V')) {
    yield* print(process, `AppArmor parser version ${VERSION}\n`);
    return 0;
  }
  const changesKernel = !options.has('N') && !options.has('Q') && !options.has('d');
  if (changesKernel && process.credentials.uid !== 0) {
    yield* printError(process, 'apparmor_parser: Sorry. You need root privileges to run this program.\n\n');
    return 1;
  }
  let exitCode = 0;
  for (const path of options.operands.length === 0 ? [undefined] : options.operands) {
    exitCode = (yield* eachFile(process, options, path)) || exitCode;
  }
  return exitCode;
});

/** A file, all profiles of a directory, or what is typed. */
function* eachFile(process: Process, options: Options, path: string | undefined): Task<number> {
  if (path === undefined) return yield* handle(process, options, decode(yield* readAll(process, 0)), 'stdin');
  try {
    if (process.stat(path).type !== 'directory') {
      return yield* handle(process, options, decode(process.readFile(path)), path);
    }
    let exitCode = 0;
    for (const { name, type } of process.readdir(path)) {
      if (type === 'directory' || !isProfileFile(name)) continue;
      exitCode = (yield* eachFile(process, options, `${path}/${name}`)) || exitCode;
    }
    return exitCode;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const problem =
      error.code === 'ENOENT'
        ? `File ${path} not found, skipping...`
        : `Error: Could not read profile ${path}: ${error.message}.`;
    yield* printError(process, `${problem}\n`);
    return 1;
  }
}

function* handle(process: Process, options: Options, text: string, file: string): Task<number> {
  let profiles: readonly ArmorProfile[];
  try {
    profiles = parsePolicy(text, file, includesOf(process));
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    yield* printError(process, `${error.message}\n`);
    return 1;
  }
  let exitCode = 0;
  for (const profile of profiles) {
    if (options.has('N')) yield* print(process, `${profile.name}\n`);
    else if (!options.has('Q') && !options.has('d')) {
      exitCode =
        (yield* load(process, options, options.has('C') ? { ...profile, mode: 'complain' } : profile)) || exitCode;
    }
  }
  return exitCode;
}

function* load(process: Process, options: Options, profile: ArmorProfile): Task<number> {
  const [file, done, verb] = options.has('R')
    ? ['.remove', 'Removal', 'remove']
    : options.has('r')
      ? ['.replace', 'Replacement', 'replace']
      : ['.load', 'Addition', 'add'];
  let fd: number;
  try {
    fd = process.open(`${SECURITY_DIRECTORY}/${file}`, { write: true });
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* printError(
      process,
      'Warning: unable to find a suitable fs in /proc/mounts, is it mounted?\nUse --subdomainfs to override.\n',
    );
    return 1;
  }
  try {
    yield* process.write(fd, encode(file === '.remove' ? profile.name : JSON.stringify(profile)));
    if (options.has('v')) yield* print(process, `${done} succeeded for "${profile.name}".\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const why: Partial<Record<Errno['code'], readonly [string, number]>> = {
      EEXIST: ['Profile already exists', ALREADY_THERE],
      ENOENT: ["Profile doesn't exist", NOT_THERE],
      EACCES: ['Permission denied; attempted to load a profile while confined?', 243],
    };
    const [text, code] = why[error.code] ?? [error.message, 1];
    yield* printError(process, `apparmor_parser: Unable to ${verb} "${profile.name}".  ${text}\n`);
    return code;
  } finally {
    process.close(fd);
  }
}
