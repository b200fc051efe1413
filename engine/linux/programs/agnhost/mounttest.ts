import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode, print } from '../../stdio.ts';
import type { Process, Stat } from '../../syscalls.ts';
import type { Flags } from '../go/flags.ts';
import { goError } from '../go/runtime.ts';
import type { Command } from './command.ts';

const CONTENT = 'mount-tester new file\n';
const RETRY_MS = 2000;

/** f_type of statfs(2). */
const MAGIC: Readonly<Record<string, string>> = {
  tmpfs: 'tmpfs',
  ext4: '61267',
  overlay: '2035054128',
  proc: '40864',
  sysfs: '1650812274',
};

const path = (usage: string) => ({ type: 'string', default: '', usage }) as const;

export const mounttest: Command = {
  use: 'mounttest',
  short: 'Creates files with given permissions and outputs FS type, owner, mode, permissions, contents of files',
  args: 0,
  flags: {
    fs_type: path('Path to print the fs type for'),
    file_mode: path('Path to print the mode bits of'),
    file_perm: path('Path to print the perms of'),
    file_owner: path('Path to print the owning UID and GID of'),
    new_file_0644: path('Path to write to and read from with perm 0644'),
    new_file_0666: path('Path to write to and read from with perm 0666'),
    new_file_0660: path('Path to write to and read from with perm 0660'),
    new_file_0777: path('Path to write to and read from with perm 0777'),
    file_content: path('Path to read the file content from'),
    file_content_in_loop: path('Path to read the file content in loop from'),
    retry_time: { type: 'int', default: 180, usage: 'Retry time during the loop' },
    break_on_expected_content: {
      type: 'bool',
      default: true,
      usage: 'Break out of loop on expected content, (use with --file_content_in_loop flag only)',
    },
  },
  *run(process, flags) {
    process.umask(0);
    let ok = yield* told(process, flags, 'fs_type', fileSystemType);
    for (const mode of ['0644', '0666', '0660', '0777'])
      ok = (yield* told(process, flags, `new_file_${mode}`, (self, name) => newFile(self, name, mode))) && ok;
    ok = (yield* told(process, flags, 'file_mode', (self, name) => stat(self, name, 'mode'))) && ok;
    ok = (yield* told(process, flags, 'file_perm', (self, name) => stat(self, name, 'perms'))) && ok;
    ok = (yield* told(process, flags, 'file_owner', owner)) && ok;
    ok = (yield* told(process, flags, 'file_content', content)) && ok;
    ok = (yield* told(process, flags, 'file_content_in_loop', (self, name) => loop(self, name, flags))) && ok;
    return ok ? 0 : 1;
  },
};

/** Whether what a flag asks for, if it is given, came out well. */
function* told(
  process: Process,
  flags: Flags,
  flag: string,
  act: (process: Process, path: string) => Task<boolean>,
): Task<boolean> {
  const name = flags.string(flag);
  return name === '' || (yield* act(process, name));
}

function* fileSystemType(process: Process, name: string): Task<boolean> {
  try {
    const { type } = process.statfs(name);
    yield* print(process, `mount type of ${JSON.stringify(name)}: ${MAGIC[type] ?? type}\n`);
    return true;
  } catch (error) {
    yield* print(process, `${goError(`error from statfs(${JSON.stringify(name)})`, error)}\n`);
    return false;
  }
}

function* newFile(process: Process, name: string, mode: string): Task<boolean> {
  try {
    process.writeFile(name, CONTENT, { mode: Number.parseInt(mode, 8) });
  } catch (error) {
    yield* print(process, `${goError(`error writing new file ${JSON.stringify(name)}: open ${name}`, error)}\n`);
    return false;
  }
  return yield* content(process, name);
}

function* content(process: Process, name: string): Task<boolean> {
  try {
    yield* print(process, `content of file ${JSON.stringify(name)}: ${decode(process.readFile(name))}\n`);
    return true;
  } catch (error) {
    yield* print(
      process,
      `${goError(`error reading file content for ${JSON.stringify(name)}: open ${name}`, error)}\n`,
    );
    return false;
  }
}

function* stat(process: Process, name: string, what: 'mode' | 'perms'): Task<boolean> {
  try {
    const text = what === 'mode' ? goMode(process.stat(name)) : permissions(process.stat(name).mode);
    yield* print(process, `${what} of file ${JSON.stringify(name)}: ${text}\n`);
    return true;
  } catch (error) {
    yield* print(process, `${goError(`error from Stat(${JSON.stringify(name)}): stat ${name}`, error)}\n`);
    return false;
  }
}

function* owner(process: Process, name: string): Task<boolean> {
  try {
    const { uid, gid } = process.stat(name);
    const quoted = JSON.stringify(name);
    yield* print(process, `owner UID of ${quoted}: ${uid}\nowner GID of ${quoted}: ${gid}\n`);
    return true;
  } catch (error) {
    yield* print(process, `${goError(`error from stat(${JSON.stringify(name)})`, error)}\n`);
    return false;
  }
}

function* loop(process: Process, name: string, flags: Flags): Task<boolean> {
  const deadline = process.now() + flags.number('retry_time') * 1000;
  let ok = true;
  for (; process.now() < deadline; yield* process.sleep(RETRY_MS)) {
    try {
      const text = decode(process.readFile(name));
      ok = true;
      yield* print(process, `content of file ${JSON.stringify(name)}: ${text}\n`);
      if (!flags.bool('break_on_expected_content')) continue;
      if (text === CONTENT) break;
      yield* print(process, `Unexpected content. Expected: ${CONTENT}. Retrying`);
    } catch (error) {
      if (!(error instanceof Errno) || error.code === 'EINTR') throw error;
      ok = false;
      yield* print(process, `${goError(`Error reading file ${name}: open ${name}`, error)}, retrying\n`);
    }
  }
  return ok;
}

const LETTERS = 'rwxrwxrwx';

function permissions(mode: number): string {
  return `-${[...LETTERS].map((letter, at) => (mode & (0o400 >> at) ? letter : '-')).join('')}`;
}

/** As Go's FileMode prints: special bits as letters in front, `-` when there are none. */
function goMode({ type, mode }: Stat): string {
  const kind = { file: '', directory: 'd', symlink: 'L', fifo: 'p', socket: 'S', character: 'Dc', block: 'D' }[type];
  const special = `${mode & 0o4000 ? 'u' : ''}${mode & 0o2000 ? 'g' : ''}${mode & 0o1000 ? 't' : ''}`;
  const prefix = kind + special;
  return (prefix === '' ? '-' : prefix) + permissions(mode).slice(1);
}
