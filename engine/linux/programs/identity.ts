import { Errno } from '../errno.ts';
import { decode, fail, print, printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { readAccounts } from './accounts.ts';
import { getOptions } from './options.ts';
import { errnoOf, program, Usage } from './program.ts';

export const id = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'ugGn' });
  const accounts = readAccounts(process);
  const { uid, gid, groups } = process.credentials;
  // GNU's puts the own group first, busybox's shows the kernel's list.
  const shown = flavour === 'busybox' && groups.includes(gid);
  const all = shown ? groups : [gid, ...groups.filter((group) => group !== gid)];
  const named = options.has('n');
  if (options.has('u')) yield* print(process, `${named ? accounts.userName(uid) : uid}\n`);
  else if (options.has('g')) yield* print(process, `${named ? accounts.groupName(gid) : gid}\n`);
  else if (options.has('G'))
    yield* print(process, `${all.map((group) => (named ? accounts.groupName(group) : group)).join(' ')}\n`);
  else {
    const user = (value: number) => withName(value, accounts.userName(value));
    const group = (value: number) => withName(value, accounts.groupName(value));
    yield* print(process, `uid=${user(uid)} gid=${group(gid)} groups=${all.map(group).join(',')}\n`);
  }
  return 0;
});

function withName(id: number, name: string): string {
  return name === String(id) ? name : `${id}(${name})`;
}

export const whoami = program(function* (process) {
  const { uid } = process.credentials;
  const name = readAccounts(process).userName(uid);
  if (name === String(uid)) return yield* fail(process, `unknown uid ${uid}`);
  yield* print(process, `${name}\n`);
  return 0;
});

/** What /etc/hosts says of the machine's own name, word by word. */
function hostsLine(process: Process): readonly string[] | undefined {
  return decode(process.readFile('/etc/hosts'))
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find((words) => words.slice(1).includes(process.hostname));
}

export const hostname = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'sfiId' });
  const [wanted] = options.operands;
  if (wanted !== undefined) {
    try {
      process.setHostname(wanted);
      return 0;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const why = flavour === 'gnu' ? 'you must be root to change the host name' : `sethostname: ${error.message}`;
      return yield* fail(process, why);
    }
  }
  if (options.has('I')) {
    const own = process.networkInterfaces().filter(({ name }) => name !== 'lo');
    yield* print(
      process,
      `${own.flatMap(({ addresses }) => addresses.map(({ address }) => `${address} `)).join('')}\n`,
    );
    return 0;
  }
  if (options.has('i')) {
    yield* print(process, `${hostsLine(process)?.[0] ?? '127.0.0.1'}\n`);
    return 0;
  }
  if (options.has('f')) {
    // The first name of its own line is what the resolver calls canonical.
    const [, canonical] = hostsLine(process) ?? [];
    yield* print(process, `${canonical ?? process.hostname}\n`);
    return 0;
  }
  if (options.has('d')) {
    const [, canonical = process.hostname] = hostsLine(process) ?? [];
    const domain = canonical.replace(/^[^.]*\.?/, '');
    // GNU's says nothing at all where there is none.
    if (domain !== '' || flavour === 'busybox') yield* print(process, `${domain}\n`);
    return 0;
  }
  yield* print(process, `${options.has('s') ? process.hostname.split('.')[0] : process.hostname}\n`);
  return 0;
});

export const uname = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'asnrvmpio' });
  const sysctl = (name: string) => decode(process.readFile(`/proc/sys/kernel/${name}`)).trim();
  const parts: readonly (readonly [string, string])[] = [
    ['s', 'Linux'],
    ['n', process.hostname],
    ['r', sysctl('osrelease')],
    ['v', sysctl('version')],
    ['m', 'x86_64'],
    ['o', flavour === 'gnu' ? 'GNU/Linux' : 'Linux'],
  ];
  const all = options.has('a');
  const wanted = parts.filter(([letter]) => all || options.has(letter)).map(([, text]) => text);
  yield* print(process, `${wanted.length === 0 ? 'Linux' : wanted.join(' ')}\n`);
  return 0;
});

export const env = program(function* (process, args) {
  const options = getOptions(args, { letters: 'iu:0', long: { 'ignore-environment': 'i', unset: 'u' }, inOrder: true });
  const environment: Record<string, string> = options.has('i') ? {} : { ...process.env };
  for (const name of options.values('u')) delete environment[name];
  let at = options.operands[0] === '-' ? 1 : 0;
  for (; at < options.operands.length; at++) {
    const match = /^([^=]+)=([\s\S]*)$/.exec(options.operands[at]!);
    if (match === null) break;
    environment[match[1]!] = match[2]!;
  }
  const argv = options.operands.slice(at);
  if (argv.length > 0) {
    const path = findInPath(process, argv[0]!, environment['PATH']);
    if (path === undefined) {
      yield* printError(
        process,
        `env: ${process.argv[0] === 'env' ? '' : ''}can't execute '${argv[0]}': No such file or directory\n`,
      );
      return 127;
    }
    return yield* process.exec(path, argv, environment);
  }
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  yield* print(process, lines.join(''));
  return 0;
});

export const printenv = program(function* (process, args) {
  if (args.length === 0) {
    yield* print(
      process,
      Object.entries(process.env)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    return 0;
  }
  let exitCode = 0;
  for (const name of args) {
    const value = process.env[name];
    if (value === undefined) exitCode = 1;
    else yield* print(process, `${value}\n`);
  }
  return exitCode;
});

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Where a command is, as execvp(3) finds it. */
export function findInPath(
  process: { access(path: string, mode: 'execute'): boolean; stat(path: string): { type: string } },
  name: string,
  path = DEFAULT_PATH,
): string | undefined {
  if (name.includes('/')) return name;
  for (const directory of path.split(':')) {
    const candidate = `${directory === '' ? '.' : directory}/${name}`;
    try {
      if (process.stat(candidate).type === 'file' && process.access(candidate, 'execute')) return candidate;
    } catch (error) {
      errnoOf(error);
    }
  }
  return undefined;
}

export const which = program(function* (process, args) {
  const names = args.filter((argument) => !argument.startsWith('-'));
  if (names.length === 0) throw new Usage();
  let exitCode = 0;
  for (const name of names) {
    const path = findInPath(process, name, process.env['PATH']);
    if (path === undefined || !process.access(path, 'execute')) exitCode = 1;
    else yield* print(process, `${path}\n`);
  }
  return exitCode;
});
