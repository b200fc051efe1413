import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { linesOf } from '../input.ts';
import { errnoOf } from '../program.ts';

/** A line of /etc/passwd. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

export function accounts(process: Process): readonly Account[] {
  return textLines(process, '/etc/passwd').flatMap((line) => {
    const [name = '', , uid, gid, , home = '/', shell = ''] = line.split(':');
    if (gid === undefined) return [];
    return [{ name, uid: Number(uid), gid: Number(gid), home, shell: shell === '' ? '/bin/sh' : shell }];
  });
}

/** The groups that name the account as a member. */
export function groupsOf(process: Process, name: string): readonly number[] {
  return textLines(process, '/etc/group').flatMap((line) => {
    const [, , gid, members = ''] = line.split(':');
    return members.split(',').includes(name) ? [Number(gid)] : [];
  });
}

/** The lines of a text file; none when it cannot be read. */
export function textLines(process: Process, path: string): readonly string[] {
  try {
    return linesOf(decode(process.readFile(path)));
  } catch (error) {
    errnoOf(error);
    return [];
  }
}
