import { Errno } from '../../errno.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { BUILT_IN } from './built-in.ts';
import { parsePolicy } from './parser.ts';
import { PolicyError } from './policy-error.ts';
import type { ArmorProfile } from './profile.ts';
import type { IncludeReader } from './tokens.ts';

export const POLICY_DIRECTORY = '/etc/apparmor.d';

/** Files that includes name: `<x>` below /etc/apparmor.d, others where they say. Of a directory all files count. */
export function includesOf(process: Process): IncludeReader {
  return (name) => {
    const plain = name.replace(/^[<"]|[>"]$/g, '');
    const file = plain.startsWith('/') ? plain : `${POLICY_DIRECTORY}/${plain}`;
    try {
      if (process.stat(file).type !== 'directory') return { file, text: decode(process.readFile(file)) };
      const texts = process.readdir(file).map((entry) => decode(process.readFile(`${file}/${entry.name}`)));
      return { file, text: texts.join('\n') };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return Object.hasOwn(BUILT_IN, plain) ? { file, text: BUILT_IN[plain]! } : undefined;
    }
  };
}

/** Names of files that are no profiles: hidden ones, and what package managers and editors leave. */
export function isProfileFile(name: string): boolean {
  return !/^\.|~$|\.(dpkg-(new|old|dist|bak)|rpmnew|rpmsave|orig|rej|swp)$|^README$/.test(name);
}

/** The profiles in /etc/apparmor.d; files that are none are left out. */
export function readProfiles(process: Process): readonly ArmorProfile[] {
  const profiles: ArmorProfile[] = [];
  if (!process.access(POLICY_DIRECTORY, 'read')) return profiles;
  for (const { name, type } of process.readdir(POLICY_DIRECTORY)) {
    if (type === 'directory' || !isProfileFile(name) || process.access(`${POLICY_DIRECTORY}/disable/${name}`, 'exists'))
      continue;
    const path = `${POLICY_DIRECTORY}/${name}`;
    try {
      for (const profile of parsePolicy(decode(process.readFile(path)), path, includesOf(process)))
        profiles.push(profile);
    } catch (error) {
      if (!(error instanceof PolicyError || error instanceof Errno)) throw error;
    }
  }
  return profiles;
}
