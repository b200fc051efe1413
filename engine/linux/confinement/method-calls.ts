import { SIGNAL_NUMBERS } from '../signal.ts';
import type { NamespaceKind, Process } from '../syscalls.ts';

/** A system call that a method makes. */
export interface Call {
  /** Its names, the usual one first: `mkdir`, `mkdirat`. */
  readonly forms: readonly string[];
  /** Its arguments, where they say something; the others are pointers. */
  readonly values?: (args: readonly unknown[]) => readonly (number | undefined)[];
  /** Whether it is made at all, with these arguments; always unless told. */
  readonly made?: (args: readonly unknown[]) => boolean;
}

type Calls = string | readonly (string | Call)[];

/** `mkdir|mkdirat read`: calls, each with its forms. */
function named(text: string): readonly Call[] {
  return text.split(' ').map((forms) => ({ forms: forms.split('|') }));
}

function call(forms: string, values: Call['values']): Call {
  return { forms: forms.split('|'), values };
}

/** https://man7.org/linux/man-pages/man2/clone.2.html */
const NAMESPACE_FLAGS: Readonly<Record<NamespaceKind, number>> = {
  mnt: 0x20000,
  cgroup: 0x2000000,
  uts: 0x4000000,
  ipc: 0x8000000,
  user: 0x10000000,
  pid: 0x20000000,
  net: 0x40000000,
};

function namespaceFlags(kinds: readonly NamespaceKind[]): number {
  return kinds.reduce((flags, kind) => flags + NAMESPACE_FLAGS[kind], 0);
}

const SIGCHLD = 17;
const FORK = call('clone|clone3|vfork|fork', () => [SIGCHLD]);

// https://man7.org/linux/man-pages/man2/socket.2.html
const AF_UNIX = 1;
const AF_INET = 2;
const AF_NETLINK = 16;
const AF_PACKET = 17;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;

function socket(family: number, type: number, then = ''): readonly Call[] {
  return [call('socket', () => [family, type, 0]), ...(then === '' ? [] : named(then))];
}

const OPEN = 'openat|open|openat2|creat';
const STAT = 'newfstatat|stat|statx|fstat';
const GETDENTS = 'getdents64|getdents';
const TERMINAL = 'ioctl';
const NETLINK = socket(AF_NETLINK, SOCK_RAW);

/**
 * The system calls of Linux behind the methods of a process, as a program on x86-64 makes them. What is not here needs none, or
 * none that a filter sees (what a process knows of itself, time that the vDSO tells).
 */
const CALLS: { readonly [M in keyof Process]?: Calls } = {
  sleep: 'clock_nanosleep|nanosleep',
  open: OPEN,
  close: 'close',
  dup: 'dup2|dup3|dup|fcntl',
  pipe: 'pipe2|pipe',
  read: 'read|readv',
  write: 'write|writev',
  seek: 'lseek',
  fstat: STAT,
  truncate: 'ftruncate|truncate',
  ioctl: 'ioctl',
  poll: 'poll|ppoll|epoll_wait|epoll_pwait|select|pselect6',
  readFile: `${OPEN} read`,
  readText: `${OPEN} read`,
  writeFile: `${OPEN} write`,
  mapFile: `${OPEN} mmap`,
  mappedFile: `${OPEN} mmap`,
  stat: STAT,
  lstat: 'newfstatat|lstat|statx|stat',
  readdir: `${OPEN} ${GETDENTS}`,
  access: 'faccessat2|faccessat|access',
  mkdir: 'mkdir|mkdirat',
  makeDirectories: 'mkdir|mkdirat',
  removeTree: 'unlinkat|unlink|rmdir',
  rmdir: 'rmdir|unlinkat',
  unlink: 'unlink|unlinkat',
  rename: 'rename|renameat2|renameat',
  link: 'link|linkat',
  symlink: 'symlink|symlinkat',
  readlink: 'readlink|readlinkat',
  realpath: 'readlink|readlinkat',
  mkfifo: 'mknod|mknodat',
  mknod: 'mknod|mknodat',
  chmod: [call('fchmodat|chmod|fchmod|fchmodat2', ([, mode]) => [undefined, undefined, mode as number])],
  chown: [call('fchownat|chown|lchown|fchown', ([, uid, gid]) => [undefined, undefined, uid as number, gid as number])],
  utimes: 'utimensat|utimes|futimesat|utime',
  chdir: 'chdir|fchdir',
  umask: 'umask',
  mount: 'mount',
  unmount: 'umount2|umount',
  statfs: 'statfs|fstatfs',
  watchDirectory: 'inotify_add_watch',
  spawn: [FORK, ...named('execve|execveat')],
  fork: [FORK],
  exec: 'execve|execveat',
  // Who does not wait asks only because programs here have no threads.
  waitpid: [
    {
      forms: ['wait4', 'waitid'],
      made: ([, options]) => (options as { noHang?: boolean } | undefined)?.noHang !== true,
    },
  ],
  kill: [
    call('kill|tgkill|tkill', ([pid, signal]) => [
      pid as number,
      signal === 0 ? 0 : SIGNAL_NUMBERS[signal as keyof typeof SIGNAL_NUMBERS],
    ]),
  ],
  setSignalAction: 'rt_sigaction',
  pause: 'pause|rt_sigsuspend|ppoll|pselect6',
  setProcessGroup: 'setpgid',
  setSession: 'setsid',
  setCredentials: 'setuid|setresuid|setreuid|setgid|setresgid|setgroups',
  setMemory: 'brk|mmap',
  setNamespaces: [call('setns', ([, kinds]) => [undefined, namespaceFlags(kinds as readonly NamespaceKind[])])],
  unshare: [call('unshare', ([kinds]) => [namespaceFlags(kinds as readonly NamespaceKind[])])],
  setHostname: 'sethostname',
  niceness: 'getpriority',
  setNiceness: 'setpriority',
  chroot: 'chroot',
  isTerminal: TERMINAL,
  windowSize: TERMINAL,
  setWindowSize: TERMINAL,
  setTerminalMode: TERMINAL,
  terminalSettings: TERMINAL,
  setTerminalSettings: TERMINAL,
  takeTerminal: TERMINAL,
  foregroundGroup: TERMINAL,
  setForegroundGroup: TERMINAL,
  openTerminal: `${OPEN} ${TERMINAL}`,
  listen: socket(AF_INET, SOCK_STREAM, 'bind listen'),
  accept: 'accept4|accept',
  connect: socket(AF_INET, SOCK_STREAM, 'connect'),
  listenUnix: socket(AF_UNIX, SOCK_STREAM, 'bind listen'),
  connectUnix: socket(AF_UNIX, SOCK_STREAM, 'connect'),
  shutdownWrite: 'shutdown',
  localAddress: 'getsockname',
  peerAddress: 'getpeername',
  networkInterfaces: NETLINK,
  openDatagram: socket(AF_INET, SOCK_DGRAM, 'bind'),
  sendTo: 'sendto|sendmsg|sendmmsg',
  receiveFrom: 'recvfrom|recvmsg|recvmmsg',
  echo: socket(AF_INET, SOCK_RAW, 'sendto|sendmsg recvfrom|recvmsg'),
  openPacketSocket: socket(AF_PACKET, SOCK_RAW, 'bind'),
  routes: NETLINK,
  setDummyInterface: NETLINK,
  deleteDummyInterface: NETLINK,
  addRoute: NETLINK,
  deleteRoute: NETLINK,
  neighbours: NETLINK,
  packetFilter: NETLINK,
  sockets: NETLINK,
};

function callsOf(calls: Calls): readonly Call[] {
  if (typeof calls === 'string') return named(calls);
  return calls.flatMap((each) => (typeof each === 'string' ? named(each) : [each]));
}

/** By the name of the method, in the order in which they are made. */
export const METHOD_CALLS: ReadonlyMap<keyof Process, readonly Call[]> = new Map(
  Object.entries(CALLS).map(([method, calls]) => [method as keyof Process, callsOf(calls)]),
);
