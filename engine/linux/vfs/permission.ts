import { hasCapability } from '../credentials.ts';
import { Errno } from '../errno.ts';
import type { Credentials } from '../syscalls.ts';
import type { Inode } from './inode.ts';

export const MAY_READ = 4;
export const MAY_WRITE = 2;
export const MAY_EXECUTE = 1;

/** The classic Unix check. CAP_DAC_OVERRIDE passes, except that executing needs at least one execute bit. */
export function mayAccess(inode: Inode, credentials: Credentials, mask: number): boolean {
  if (hasCapability(credentials, 'CAP_DAC_OVERRIDE')) {
    return (mask & MAY_EXECUTE) === 0 || inode.type === 'directory' || (inode.mode & 0o111) !== 0;
  }
  const shift = inode.uid === credentials.uid ? 6 : isInGroup(credentials, inode.gid) ? 3 : 0;
  return ((inode.mode >> shift) & mask) === mask;
}

export function requireAccess(inode: Inode, credentials: Credentials, mask: number): void {
  if (!mayAccess(inode, credentials, mask)) throw new Errno('EACCES');
}

/** Only the owner and CAP_FOWNER may change mode and times. */
export function requireOwner(inode: Inode, credentials: Credentials): void {
  if (credentials.uid !== inode.uid && !hasCapability(credentials, 'CAP_FOWNER')) throw new Errno('EPERM');
}

/** In a sticky directory (/tmp) only the owners may remove names. https://man7.org/linux/man-pages/man7/inode.7.html */
export function requireRemoval(directory: Inode, victim: Inode, credentials: Credentials): void {
  requireAccess(directory, credentials, MAY_WRITE | MAY_EXECUTE);
  const sticky = (directory.mode & 0o1000) !== 0;
  if (!sticky || hasCapability(credentials, 'CAP_FOWNER')) return;
  if (credentials.uid !== victim.uid && credentials.uid !== directory.uid) throw new Errno('EPERM');
}

function isInGroup(credentials: Credentials, gid: number): boolean {
  return credentials.gid === gid || credentials.groups.includes(gid);
}
