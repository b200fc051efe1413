import type { Task } from '../../../sim/index.ts';
import { parsePolicy } from '../../confinement/apparmor/parser.ts';
import { PolicyError } from '../../confinement/apparmor/policy-error.ts';
import type { ProfileMode } from '../../confinement/apparmor/profile.ts';
import { includesOf, isProfileFile, POLICY_DIRECTORY } from '../../confinement/apparmor/profile-files.ts';
import { Errno } from '../../errno.ts';
import { decode, encode, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions } from '../options.ts';
import { program } from '../program.ts';
import { SECURITY_DIRECTORY } from './loaded-profiles.ts';

/** aa-enforce(8) and aa-complain(8): the profile's file says it from now on, and the kernel does it. */
function modeChanger(mode: ProfileMode) {
  return program(function* (process, args) {
    const { operands } = getOptions(args, { letters: 'd:', long: { 'no-reload': 'no-reload' } });
    if (process.credentials.uid !== 0) {
      yield* printError(process, `ERROR: Cannot write profile directory ${POLICY_DIRECTORY}: are you root?\n`);
      return 1;
    }
    if (operands.length === 0) {
      yield* printError(process, 'Please enter the program to switch to: ');
      return 1;
    }
    let exitCode = 0;
    for (const name of operands) exitCode = (yield* change(process, mode, name)) || exitCode;
    return exitCode;
  });
}

export const aaEnforce = modeChanger('enforce');
export const aaComplain = modeChanger('complain');

/** A file of profiles, by its path, or by the name or program of a profile in it. */
function fileOf(process: Process, name: string): string | undefined {
  if (process.access(name, 'exists') && process.realpath(name).startsWith(`${POLICY_DIRECTORY}/`))
    return process.realpath(name);
  for (const { name: file, type } of process.readdir(POLICY_DIRECTORY)) {
    if (type === 'directory' || !isProfileFile(file)) continue;
    const path = `${POLICY_DIRECTORY}/${file}`;
    try {
      const profiles = parsePolicy(decode(process.readFile(path)), path, includesOf(process));
      if (profiles.some((each) => each.name === name || each.attachment === name)) return path;
    } catch (error) {
      if (!(error instanceof PolicyError || error instanceof Errno)) throw error;
    }
  }
  return undefined;
}

function* change(process: Process, mode: ProfileMode, name: string): Task<number> {
  const file = fileOf(process, name);
  if (file === undefined) {
    yield* printError(process, `Profile for ${name} not found, skipping\n`);
    return 1;
  }
  yield* print(process, `Setting ${file} to ${mode} mode.\n`);
  try {
    const text = withMode(decode(process.readFile(file)), mode);
    const profiles = parsePolicy(text, file, includesOf(process));
    process.writeFile(file, text);
    for (const profile of profiles) {
      const fd = process.open(`${SECURITY_DIRECTORY}/.replace`, { write: true });
      yield* process.write(fd, encode(JSON.stringify(profile)));
      process.close(fd);
    }
    return 0;
  } catch (error) {
    if (!(error instanceof PolicyError || error instanceof Errno)) throw error;
    yield* printError(process, `\nERROR: ${error.message}\n`);
    return 1;
  }
}

/** The heads of profiles with the flag, or without one. */
function withMode(text: string, mode: ProfileMode): string {
  return text.replace(
    /^([ \t]*(?:profile[ \t]+|\/|"\/)[^\n{]*?)[ \t]*(\{[ \t]*(?:#.*)?)$/gm,
    (_, head: string, open: string) => {
      const match = /^(.*?)[ \t]*(?:flags[ \t]*=[ \t]*)?\(([^)]*)\)$/.exec(head);
      const name = match?.[1] ?? head;
      const flags = (match?.[2] ?? '').split(/[\s,]+/).filter((flag) => flag !== '' && !MODE_FLAGS.has(flag));
      if (mode !== 'enforce') flags.push(mode);
      return `${name}${flags.length === 0 ? '' : ` flags=(${flags.join(', ')})`} ${open}`;
    },
  );
}

const MODE_FLAGS = new Set(['enforce', 'complain', 'kill', 'unconfined']);
