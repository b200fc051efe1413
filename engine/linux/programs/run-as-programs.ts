import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { decode, fail, print, printError, programName } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { readAccounts } from './accounts.ts';
import { findInPath } from './identity.ts';
import { linesOf } from './input.ts';
import { NAMESPACE_FLAGS } from './namespace-flags.ts';
import { getOptions } from './options.ts';
import { runAndWait } from './process-programs.ts';
import { errnoOf, program, Usage } from './program.ts';

// Programs that start another one under other circumstances.

/** Becomes the program; the exit codes are those of env(1) and its kind. */
function* become(process: Process, argv: readonly string[]): Task<number> {
  const path = findInPath(process, argv[0]!, process.env['PATH']);
  if (path === undefined) return yield* fail(process, `${argv[0]}: No such file or directory`, 127);
  try {
    return yield* process.exec(path, argv, process.env);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return yield* fail(process, `${argv[0]}: ${error.message}`, 126);
  }
}

export const nice = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: 'n:', long: { adjustment: 'n' }, number: 'n', inOrder: true });
  const now = process.niceness(0);
  if (options.operands.length === 0) {
    yield* print(process, `${now}\n`);
    return 0;
  }
  const by = Number(options.value('n') ?? 10);
  if (!Number.isInteger(by)) throw new Usage(`invalid adjustment '${options.value('n')}'`);
  try {
    process.setNiceness(0, now + by);
  } catch (error) {
    const { message } = errnoOf(error);
    yield* printError(
      process,
      flavour === 'gnu' ? `nice: cannot set niceness: ${message}\n` : `nice: setpriority(${by}): ${message}\n`,
    );
    if (flavour === 'busybox') return 1;
  }
  return yield* become(process, options.operands);
});

export const renice = program(function* (process, args) {
  const options = getOptions(args, { letters: 'n:pgu', number: 'n' });
  const pids = [...options.operands];
  const wanted = options.value('n') ?? pids.shift();
  if (wanted === undefined || !/^[-+]?\d+$/.test(wanted) || pids.length === 0) throw new Usage();
  let exitCode = 0;
  for (const pid of pids) {
    try {
      const before = process.niceness(Number(pid));
      process.setNiceness(Number(pid), Number(wanted));
      yield* print(
        process,
        `${pid} (process ID) old priority ${before}, new priority ${process.niceness(Number(pid))}\n`,
      );
    } catch (error) {
      exitCode = yield* fail(process, `failed to set priority for ${pid} (process ID): ${errnoOf(error).message}`);
    }
  }
  return exitCode;
});

export const setsid = program(function* (process, args) {
  const options = getOptions(args, { letters: 'cfw', inOrder: true });
  if (options.operands.length === 0) throw new Usage();
  const start = function* (child: Process): Task<number> {
    if (child.processGroup !== child.pid) child.setSession();
    return yield* become(child, options.operands);
  };
  // Whoever leads a group cannot begin a session.
  if (process.processGroup !== process.pid && !options.has('f')) return yield* start(process);
  const pid = process.fork(start);
  if (!options.has('w')) return 0;
  const ended = yield* process.waitpid(pid);
  return ended?.status.kind === 'exited' ? ended.status.code : 1;
});

export const chroot = program(function* (process, args, flavour) {
  const options = getOptions(args, { letters: '', long: {}, inOrder: true });
  const [root, ...command] = options.operands;
  if (root === undefined) throw new Usage('missing operand');
  try {
    process.chroot(root);
    process.chdir('/');
  } catch (error) {
    const { message } = errnoOf(error);
    const text =
      flavour === 'gnu'
        ? `cannot change root directory to '${root}': ${message}`
        : `can't change root directory to '${root}': ${message}`;
    return yield* fail(process, text, flavour === 'gnu' ? 125 : 1);
  }
  return yield* become(process, command.length > 0 ? command : [process.env['SHELL'] ?? '/bin/sh', '-i']);
});

export const unshare = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'muinpUCfrR:',
    long: {
      mount: 'm',
      uts: 'u',
      ipc: 'i',
      net: 'n',
      pid: 'p',
      user: 'U',
      cgroup: 'C',
      fork: 'f',
      'map-root-user': 'r',
      'mount-proc': 'P',
      root: 'R',
    },
    inOrder: true,
  });
  const kinds = Object.entries(NAMESPACE_FLAGS).flatMap(([letter, kind]) =>
    options.has(letter) || (letter === 'U' && options.has('r')) || (letter === 'm' && options.has('P')) ? [kind] : [],
  );
  try {
    process.unshare(kinds);
    if (options.has('r')) {
      process.writeFile('/proc/self/uid_map', `0 ${process.credentials.uid} 1`);
      process.writeFile('/proc/self/gid_map', `0 ${process.credentials.gid} 1`);
    }
  } catch (error) {
    return yield* fail(process, `unshare failed: ${errnoOf(error).message}`);
  }
  const command = options.operands.length > 0 ? options.operands : [process.env['SHELL'] ?? '/bin/sh'];
  const begin = function* (self: Process): Task<number> {
    if (options.has('P')) self.mount({ type: 'proc', target: '/proc' });
    return yield* become(self, command);
  };
  if (!options.has('f')) return yield* begin(process);
  const ended = yield* process.waitpid(process.fork(begin));
  if (ended === undefined) return 1;
  return ended.status.kind === 'exited' ? ended.status.code : 1;
});

export const su = program(function* (process, args) {
  const options = getOptions(args, { letters: 'lc:s:mp', long: { command: 'c', login: 'l', shell: 's' } });
  const operands = options.operands.filter((operand) => operand !== '-');
  const login = options.has('l') || options.operands.includes('-');
  const [name = 'root', ...rest] = operands;
  const entry = linesOf(decode(process.readFile('/etc/passwd')))
    .map((line) => line.split(':'))
    .find(([user]) => user === name);
  if (entry === undefined)
    return yield* fail(
      process,
      `user ${name} does not exist or the user entry does not contain all the required fields`,
    );
  const [, , uid, gid, , home = '/', ownShell = '/bin/sh'] = entry;
  // Nobody here has a password that could be asked for.
  if (process.credentials.uid !== 0 && process.credentials.uid !== Number(uid))
    return yield* fail(process, 'Authentication failure');
  process.setCredentials({ gid: Number(gid), groups: [] });
  process.setCredentials({ uid: Number(uid) });
  const shell = options.value('s') ?? (ownShell === '' ? '/bin/sh' : ownShell);
  const env = login ? { PATH: '/usr/local/bin:/usr/bin:/bin', TERM: process.env['TERM'] ?? 'linux' } : process.env;
  Object.assign(env, { HOME: home, SHELL: shell, USER: name, LOGNAME: name });
  if (login && process.access(home, 'execute')) process.chdir(home);
  const command = options.value('c');
  const argv0 = login ? `-${shell.slice(shell.lastIndexOf('/') + 1)}` : shell.slice(shell.lastIndexOf('/') + 1);
  const argv = [argv0, ...(command === undefined ? [] : ['-c', command]), ...rest];
  try {
    return yield* process.exec(shell, argv, env as Record<string, string>);
  } catch (error) {
    return yield* fail(process, `failed to execute ${shell}: ${errnoOf(error).message}`, 126);
  }
});

export const time = program(function* (process, args) {
  if (args.length === 0) throw new Usage();
  const startMs = process.now();
  const exitCode = yield* runAndWait(process, args[0] === '-p' ? args.slice(1) : args);
  const seconds = (process.now() - startMs) / 1000;
  yield* printError(
    process,
    `real\t${Math.floor(seconds / 60)}m ${(seconds % 60).toFixed(2)}s\nuser\t0m 0.00s\nsys\t0m 0.00s\n`,
  );
  return exitCode;
});

export const groups = program(function* (process) {
  const accounts = readAccounts(process);
  const { gid, groups: others } = process.credentials;
  const all = [gid, ...others.filter((group) => group !== gid)];
  yield* print(process, `${all.map((group) => accounts.groupName(group)).join(' ')}\n`);
  return 0;
});

export const logname = program(function* (process) {
  if (!process.isTerminal(0)) return yield* fail(process, 'no login name');
  yield* print(process, `${readAccounts(process).userName(process.credentials.uid)}\n`);
  return 0;
});

/** Debugging and cryptography are not simulated: saying so is better than seeming to. */
export const refused = program(function* (process) {
  const name = programName(process);
  return yield* fail(process, `${name} is not available on these simulated machines`, 127);
});
