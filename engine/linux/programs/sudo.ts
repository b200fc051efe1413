import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { decode, fail, print } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { findInPath } from './identity.ts';
import { linesOf } from './input.ts';
import { getOptions } from './options.ts';
import { program, Usage } from './program.ts';

const SECURE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** sudo(8) for whoever is root already, as people are on these machines: nobody has a password that could be asked for. */
export const sudo = program(function* (process, args): Task<number> {
  const options = getOptions(args, {
    letters: 'u:isEnHkbvl',
    long: { user: 'u', login: 'i', shell: 's', 'preserve-env': 'E', 'non-interactive': 'n', 'set-home': 'H' },
    inOrder: true,
  });
  const name = options.value('u') ?? 'root';
  const entry = linesOf(decode(process.readFile('/etc/passwd')))
    .map((line) => line.split(':'))
    .find(([user]) => user === name);
  if (entry === undefined) return yield* fail(process, `unknown user ${name}`);
  if (process.credentials.uid !== 0) return yield* fail(process, 'a password is required');
  if (options.has('k') || options.has('v')) return 0;
  const [, , uid = '0', gid = '0', , home = '/', ownShell = '/bin/sh'] = entry;
  if (options.has('l')) {
    yield* print(process, `User ${name} may run the following commands on ${process.hostname}:\n    (ALL : ALL) ALL\n`);
    return 0;
  }
  const assignments = options.operands.slice(0, firstCommand(options.operands));
  const command = options.operands.slice(assignments.length);
  const shell =
    options.has('i') || options.has('s')
      ? options.has('i')
        ? ownShell
        : (process.env['SHELL'] ?? ownShell)
      : undefined;
  if (shell === undefined && command.length === 0) throw new Usage();
  const shellName = options.has('i') ? `-${shell?.slice(shell.lastIndexOf('/') + 1)}` : shell;
  const argv =
    shellName === undefined || shell === undefined
      ? command
      : [shellName, ...(command.length > 0 ? ['-c', command.join(' ')] : [])];
  const env: Record<string, string> = {
    ...(options.has('E')
      ? process.env
      : { TERM: process.env['TERM'] ?? 'linux', LANG: process.env['LANG'] ?? 'C.UTF-8' }),
    ...{ PATH: SECURE_PATH, HOME: home, USER: name, LOGNAME: name, SHELL: ownShell },
    ...{ SUDO_COMMAND: argv.join(' '), SUDO_USER: 'root', SUDO_UID: '0', SUDO_GID: '0' },
  };
  for (const text of assignments) env[text.slice(0, text.indexOf('='))] = text.slice(text.indexOf('=') + 1);
  const path = shell ?? findInPath(process, argv[0]!, SECURE_PATH);
  if (path === undefined) return yield* fail(process, `${argv[0]}: command not found`);
  if (options.has('i') && process.access(home, 'execute')) process.chdir(home);
  return yield* runAs(process, Number(uid), Number(gid), path, argv, env);
});

/** `sudo NAME=value command` */
function firstCommand(words: readonly string[]): number {
  const at = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  return at < 0 ? words.length : at;
}

function* runAs(
  process: Process,
  uid: number,
  gid: number,
  path: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Task<number> {
  if (uid !== 0) {
    process.setCredentials({ gid, groups: [] });
    process.setCredentials({ uid });
  }
  try {
    return yield* process.exec(path, argv, env);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return yield* fail(process, `unable to execute ${path}: ${error.message}`);
  }
}
