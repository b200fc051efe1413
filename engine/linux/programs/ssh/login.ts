import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { makeDirectories } from '../../directory-tree.ts';
import { Errno } from '../../errno.ts';
import { printError } from '../../stdio.ts';
import type { Process, SocketAddress } from '../../syscalls.ts';
import { errnoOf } from '../program.ts';
import { type Account, groupsOf, textLines } from './account.ts';
import type { SshdConfig } from './sshd-config.ts';

const ROOT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const USER_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/games';
/** When each account came in last: a line for each. Debian has a database there. */
const LAST_LOGINS = '/var/lib/lastlog/lastlog2.db';

/** What a session gives its command to go by. */
export interface LoginEnvironment {
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
  /** `/dev/pts/0` */
  readonly terminal: string | undefined;
  readonly given: Readonly<Record<string, string>>;
}

/** Becomes the account's shell, or lets it run a command: what a process does right after it has been forked. */
export function* becomeShell(
  child: Process,
  account: Account,
  command: string | undefined,
  environment: LoginEnvironment,
): Task<number> {
  const { uid, gid, home, shell, name } = account;
  for (const signal of ['PIPE', 'CHLD', 'HUP'] as const) child.setSignalAction(signal, 'default');
  if (uid !== 0) {
    child.setCredentials({ gid, groups: groupsOf(child, name) });
    child.setCredentials({ uid });
  }
  try {
    child.chdir(home);
  } catch (error) {
    yield* printError(child, `Could not chdir to home directory ${home}: ${errnoOf(error).message}\n`);
    child.chdir('/');
  }
  const base = shell.slice(shell.lastIndexOf('/') + 1);
  const argv = command === undefined ? [`-${base}`] : [base, '-c', command];
  try {
    return yield* child.exec(shell, argv, environmentOf(account, environment));
  } catch (error) {
    yield* printError(child, `${shell}: ${errnoOf(error).message}\n`);
    return 1;
  }
}

function environmentOf(account: Account, { peer, local, terminal, given }: LoginEnvironment): Record<string, string> {
  const { name, uid, home, shell } = account;
  return {
    ...given,
    USER: name,
    LOGNAME: name,
    HOME: home,
    PATH: uid === 0 ? ROOT_PATH : USER_PATH,
    SHELL: shell,
    SSH_CLIENT: `${peer.address} ${peer.port} ${local.port}`,
    SSH_CONNECTION: `${peer.address} ${peer.port} ${local.address} ${local.port}`,
    ...(terminal === undefined ? {} : { SSH_TTY: terminal }),
  };
}

/** What is shown to who comes in to stay: the message of the day, and when they were here last. */
export function greeting(process: Process, config: SshdConfig, { name, home }: Account, peer: SocketAddress): string {
  const others = textLines(process, LAST_LOGINS).filter((line) => !line.startsWith(`${name} `));
  const last = textLines(process, LAST_LOGINS).find((line) => line.startsWith(`${name} `));
  try {
    makeDirectories(process, LAST_LOGINS.slice(0, LAST_LOGINS.lastIndexOf('/')));
    const lines = [...others, `${name} ${process.now()} ${peer.address}`];
    process.writeFile(LAST_LOGINS, lines.map((line) => `${line}\n`).join(''));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  if (process.access(`${home}/.hushlogin`, 'exists')) return '';
  const motd = config.printMotd
    ? textLines(process, '/etc/motd')
        .map((line) => `${line}\n`)
        .join('')
    : '';
  if (last === undefined || !config.printLastLog) return motd;
  const [, time, from] = last.split(' ');
  return `${motd}Last login: ${formatDate('%a %b %e %H:%M:%S %Y', Number(time))} from ${from}\n`;
}
