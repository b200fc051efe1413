import { OptionsError } from './server/options.ts';

/** What the system says by a code, where whoever reads it can do something about it. */
const SENTENCES: Readonly<Record<string, string>> = {
  EACCES: 'this user may not do that',
  EADDRINUSE: 'something listens there already, perhaps this workshop in another window; --port takes another port',
  EADDRNOTAVAIL: 'this machine has no such address; without --host it listens on all that it has',
  EEXIST: 'that is a file, not a folder',
  EISDIR: 'that is a folder, not a file',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of that path is a file, not a folder',
  ENOTFOUND: 'there is no host of that name',
  EROFS: 'that disk can only be read',
};

/**
 * An error of the system about something that was asked for, in a sentence; any other error as it is.
 *
 * @param about the option and what was given with it
 */
export function refusalOf(error: unknown, about: string): unknown {
  const { code = '' } = (error ?? {}) as { readonly code?: string };
  const sentence = SENTENCES[code];
  return sentence === undefined ? error : new OptionsError(`${about}: ${sentence}`);
}
