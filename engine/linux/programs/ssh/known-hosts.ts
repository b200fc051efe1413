import type { Task } from '../../../sim/index.ts';
import { makeDirectories } from '../../directory-tree.ts';
import { Errno } from '../../errno.ts';
import { fingerprint, publicLine, readPublicLine, sameKey } from '../../ssh/key.ts';
import { encode, lineReader, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { errnoOf } from '../program.ts';
import { textLines } from './account.ts';

/** What is asked of a server's key before anything is said to it. */
export interface HostKeyCheck {
  /** `node-1`, or `[node-1]:2222` behind another port. */
  readonly name: string;
  readonly address: string;
  readonly key: Uint8Array;
  readonly strict: 'yes' | 'no' | 'ask' | 'accept-new';
  /** The user's file first. */
  readonly files: readonly string[];
  readonly quiet: boolean;
}

export function knownName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/** The numbers of the lines that name a host. */
export function linesNaming(lines: readonly string[], name: string): readonly number[] {
  return lines.flatMap((line, index) => (line.split(/\s/)[0]!.split(',').includes(name) ? [index] : []));
}

/** Whether the server is who it should be; complaints go to standard error. */
export function* checkHostKey(process: Process, check: HostKeyCheck): Task<boolean> {
  const { files, key, name, strict } = check;
  for (const file of files) {
    const lines = textLines(process, file);
    const named = linesNaming(lines, name);
    if (named.length === 0) continue;
    if (named.some((at) => sameKey(readPublicLine(lines[at]!)?.blob ?? new Uint8Array(0), key))) return true;
    yield* printError(process, changedText(check, file, named[0]! + 1).replaceAll('\n', '\r\n'));
    return false;
  }
  if (strict === 'yes') {
    yield* printError(
      process,
      `No ED25519 host key is known for ${name} and you have requested strict checking.\r\nHost key verification failed.\r\n`,
    );
    return false;
  }
  if (strict === 'ask' && !(yield* askUser(process, check))) {
    yield* printError(process, 'Host key verification failed.\r\n');
    return false;
  }
  yield* remember(process, check);
  return true;
}

function* askUser(process: Process, { name, address, key }: HostKeyCheck): Task<boolean> {
  let fd: number;
  try {
    fd = process.open('/dev/tty', { read: true, write: true });
  } catch (error) {
    errnoOf(error);
    return false;
  }
  const shown = fingerprint(key);
  yield* process.write(
    fd,
    encode(
      `The authenticity of host '${name} (${address})' can't be established.\nED25519 key fingerprint is ${shown}.\n` +
        'This key is not known by any other names.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? ',
    ),
  );
  const lines = lineReader(process, fd);
  try {
    for (;;) {
      const answer = (yield* lines.next())?.trim();
      if (answer === undefined || answer === 'no') return false;
      if (answer === 'yes' || answer === shown) return true;
      yield* process.write(fd, encode("Please type 'yes', 'no' or the fingerprint: "));
    }
  } finally {
    process.close(fd);
  }
}

function* remember(process: Process, { files, key, name, quiet }: HostKeyCheck): Task<void> {
  const [file] = files;
  if (file === undefined || file === '/dev/null') return;
  try {
    const directory = file.slice(0, file.lastIndexOf('/'));
    makeDirectories(process, directory);
    process.writeFile(file, `${name} ${publicLine({ blob: key, comment: '' })}\n`, { append: true, mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    yield* printError(process, `Failed to add the host to the list of known hosts (${file}).\r\n`);
    return;
  }
  if (!quiet)
    yield* printError(process, `Warning: Permanently added '${name}' (ED25519) to the list of known hosts.\r\n`);
}

const RULE = '@'.repeat(59);

function changedText({ name, key }: HostKeyCheck, file: string, line: number): string {
  return `${RULE}
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
${RULE}
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
Someone could be eavesdropping on you right now (man-in-the-middle attack)!
It is also possible that a host key has just been changed.
The fingerprint for the ED25519 key sent by the remote host is
${fingerprint(key)}.
Please contact your system administrator.
Add correct host key in ${file} to get rid of this message.
Offending ED25519 key in ${file}:${line}
  remove with:
  ssh-keygen -f '${file}' -R '${name}'
Host key for ${name} has changed and you have requested strict checking.
Host key verification failed.
`;
}
