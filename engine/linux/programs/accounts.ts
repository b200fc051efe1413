import { Errno } from '../errno.ts';
import { decode } from '../stdio.ts';
import type { Process } from '../syscalls.ts';

/** Names of users and groups, from /etc/passwd and /etc/group. */
export interface Accounts {
  userName(uid: number): string;
  groupName(gid: number): string;
  uid(name: string): number | undefined;
  gid(name: string): number | undefined;
}

export function readAccounts(process: Process): Accounts {
  const users = table(process, '/etc/passwd');
  const groups = table(process, '/etc/group');
  const name = (entries: readonly (readonly [string, number])[], id: number) =>
    entries.find((entry) => entry[1] === id)?.[0];
  const id = (entries: readonly (readonly [string, number])[], text: string) =>
    entries.find((entry) => entry[0] === text)?.[1] ?? (/^\d+$/.test(text) ? Number(text) : undefined);
  return {
    userName: (uid) => name(users, uid) ?? (uid === 0 ? 'root' : String(uid)),
    groupName: (gid) => name(groups, gid) ?? (gid === 0 ? 'root' : String(gid)),
    uid: (text) => id(users, text) ?? (text === 'root' ? 0 : undefined),
    gid: (text) => id(groups, text) ?? (text === 'root' ? 0 : undefined),
  };
}

function table(process: Process, path: string): (readonly [string, number])[] {
  try {
    return decode(process.readFile(path))
      .split('\n')
      .map((line) => line.split(':'))
      .filter((fields) => fields.length > 2)
      .map((fields) => [fields[0]!, Number(fields[2])] as const);
  } catch (error) {
    if (error instanceof Errno) return [];
    throw error;
  }
}
