import type { Task } from '../sim/index.ts';
import type { Credentials } from './credentials.ts';
import type { FileSystemStat, MappedMemory, MountOptions } from './mounting.ts';
import type { CaptureLoader, PacketSocketOptions } from './net/capture/frame.ts';
import type { Conntrack } from './net/netfilter/conntrack.ts';
import type { Ruleset } from './net/netfilter/ruleset.ts';
import type { Signal, SignalAction } from './signal.ts';
import type { TerminalSettings } from './tty/terminal-settings.ts';

/**
 * A program: it runs as a process and returns its exit code. Blocking system calls are generator methods
 * (`const data = yield* process.read(0)`); the others return at once. Both throw `Errno`.
 *
 * The process may be killed wherever it yields: `finally` blocks run, nothing else does. A program keeps all its state
 * in its own closure, never in a module.
 */
export type Program = (process: Process) => Task<number>;

/** How a process ended or stopped, as waitpid(2) tells. */
export type WaitStatus =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signaled'; readonly signal: Signal }
  | { readonly kind: 'stopped'; readonly signal: Signal };

export type { Credentials } from './credentials.ts';
export type { FileSystemStat, MappedMemory, MountOptions, Propagation } from './mounting.ts';

export interface OpenOptions {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly create?: boolean;
  readonly exclusive?: boolean;
  readonly truncate?: boolean;
  readonly append?: boolean;
  /** Permission bits of a new file before the umask; 0o666 unless told. */
  readonly mode?: number;
}

export type FileType = 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'character' | 'block';

export interface Stat {
  readonly type: FileType;
  /** Permission bits with setuid, setgid and sticky: 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Of 512 bytes, as stored: fewer than the size suggests where there are holes. */
  readonly blocks: number;
  readonly links: number;
  readonly inode: number;
  /** The file system it is on; two paths on one device with one inode are the same file. */
  readonly device: number;
  /** Of a device node: major and minor number. */
  readonly deviceNumber?: readonly [major: number, minor: number];
  /** Milliseconds since 1970. */
  readonly accessedMs: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly type: FileType;
  readonly inode: number;
}

/** At each number of the child's the parent's descriptor, if any: the form that the kernel goes through fastest. */
export type DescriptorList = readonly (number | undefined)[];

export interface SpawnOptions {
  /** The executable; found by `exec` rules (program, or a script with `#!`). Not searched for in PATH. */
  readonly path: string;
  /** With argv[0]. */
  readonly argv: readonly string[];
  /** The parent's unless told. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The child's descriptors by the parent's: `{0: 0, 1: 5, 2: 2}`. 0, 1 and 2 as they are unless told. */
  readonly fds?: Readonly<Record<number, number>> | DescriptorList;
  /** 0 puts the child into a new process group of its own. The parent's group unless told. */
  readonly processGroup?: number;
}

export interface ForkOptions {
  /** All of the parent's unless told. */
  readonly fds?: Readonly<Record<number, number>> | DescriptorList;
  readonly processGroup?: number;
}

export interface SocketAddress {
  readonly address: string;
  readonly port: number;
}

export interface EchoOptions {
  readonly ttl?: number;
  readonly timeoutMs: number;
  /** What tells requests of one program from another's, and from each other. */
  readonly id?: number;
  readonly sequence?: number;
  /** Without headers; 56 unless told. */
  readonly bytes?: number;
}

/** What came back for an echo request. */
export interface EchoReply {
  readonly kind: 'reply' | 'exceeded' | 'unreachable' | 'prohibited';
  readonly from: string;
  readonly ttl: number;
  /** Milliseconds there and back. */
  readonly timeMs: number;
}

/** A line of the routing table; prefix length 0 is the default route. */
export interface Route {
  readonly destination: string;
  readonly prefixLength: number;
  /** Absent where the destination is on the link itself. */
  readonly gateway?: string;
  readonly interfaceName: string;
  /** Who added it: `kernel`, or what `ip route add … proto` was given. */
  readonly protocol?: string;
  /** The address that packets leave with. */
  readonly source?: string;
}

/** A machine on the same link that was spoken to. */
export interface Neighbour {
  readonly address: string;
  /** Absent where nobody answered. */
  readonly mac?: string;
  readonly interfaceName: string;
  readonly state: 'REACHABLE' | 'STALE' | 'FAILED';
}

/** The packet filter of a network namespace. */
export interface PacketFilter {
  readonly ruleset: Ruleset;
  readonly conntrack: Conntrack;
  /** A part of the kernel that is loaded when it is first asked for, such as nf_tables; one for each network namespace. */
  module<T extends object>(name: string, load: () => T): T;
  loadedModules(): readonly string[];
  /** The time by which flows expire, in milliseconds. */
  readonly nowMs: number;
}

export interface SocketInfo {
  readonly protocol: 'tcp' | 'udp';
  /** As /proc/<pid>/fd shows it: `socket:[inode]`. */
  readonly inode: number;
  readonly state: 'LISTEN' | 'ESTAB' | 'FIN-WAIT' | 'CLOSE-WAIT' | 'UNCONN';
  readonly local: SocketAddress;
  /** Absent while listening. */
  readonly remote?: SocketAddress;
}

export interface NetworkInterface {
  readonly name: string;
  readonly mac: string;
  readonly mtu: number;
  /** IPv4 in dotted form with its prefix length. */
  readonly addresses: readonly { readonly address: string; readonly prefixLength: number }[];
  /** What it is where it is no device: a bridge, one end of a veth pair, … These do not outlive the machine's power. */
  readonly kind?: 'bridge' | 'veth' | 'dummy';
  /** The bridge that it is a port of. */
  readonly master?: string;
  /** Of one end of a veth pair: the index of the other, in its namespace. */
  readonly peerIndex?: number;
  /** Its number in its namespace, given when it is added. */
  readonly index?: number;
}

/** The system calls of one process. Pids and paths are those of the process's own namespaces. */
export interface Process {
  // Identity
  readonly pid: number;
  readonly parentPid: number;
  readonly processGroup: number;
  readonly session: number;
  /** In the host's initial pid namespace. */
  readonly hostPid: number;
  readonly argv: readonly string[];
  /** The environment, shared with whoever gave it: nobody changes it. */
  readonly env: Readonly<Record<string, string>>;
  readonly credentials: Credentials;
  readonly cwd: string;
  readonly hostname: string;

  /** Leaves a line in the history of the simulation, as a tracer that watches this program would. */
  trace(kind: string, subject: string, detail: string): void;

  // Time
  /** Milliseconds since 1970 on this machine's clock. */
  now(): number;
  sleep(durationMs: number): Task<void>;
  /**
   * Uses the processor. Call it at least once in every loop that may run long without another blocking call: it is
   * where a process that never blocks is pre-empted and its CPU time counted. A step is about a shell command.
   */
  compute(steps?: number): Task<void>;
  /** Computes what is known to take so many milliseconds of CPU: one step, however long. */
  computeFor(cpuMs: number): Task<void>;

  // Files by descriptor
  open(path: string, options: OpenOptions): number;
  close(fd: number): void;
  /** Makes `to` (or the lowest free number) another name of `fd`, closing what was there. */
  dup(fd: number, to?: number): number;
  pipe(): readonly [read: number, write: number];
  /** At most `max` bytes (64 KiB unless told); empty at the end of the file. */
  read(fd: number, max?: number): Task<Uint8Array>;
  /** All of `data`, waiting while a pipe is full. */
  write(fd: number, data: Uint8Array): Task<void>;
  seek(fd: number, offset: number, whence: 'set' | 'current' | 'end'): number;
  fstat(fd: number): Stat;
  truncate(fd: number, size: number): void;
  /** Asks the driver behind an open device node. Throws ENOTTY where there is none that understands. */
  ioctl(fd: number, request: object): object;
  /** Which of the descriptors can be read (or are at their end) without waiting; empty after the time-out. */
  poll(fds: readonly number[], timeoutMs?: number): Task<readonly number[]>;

  // Files by path
  /** A whole regular file at once. */
  readFile(path: string): Uint8Array;
  /** The same as text; see `decode`. What was written as text need not become bytes in between. */
  readText(path: string): string;
  /** Replaces (or, with `append`, extends) a regular file, creating it. */
  writeFile(path: string, data: Uint8Array | string, options?: { append?: boolean; mode?: number }): void;
  /**
   * Makes a file of what the program keeps in memory, in place of what has the name, as mmap(2) with MAP_SHARED lets a database
   * do it: its bytes are made when somebody reads them. It stays when the process is gone, as pages that were not written back do.
   */
  mapFile(path: string, memory: MappedMemory, mode: number): void;
  /** What `mapFile` made a file of, as long as nobody has written to it. Throws ENOENT. */
  mappedFile(path: string): MappedMemory | undefined;
  stat(path: string): Stat;
  /** Does not follow a symlink in the last place. */
  lstat(path: string): Stat;
  /** In order of names, without `.` and `..`. */
  readdir(path: string): readonly DirectoryEntry[];
  access(path: string, mode: 'exists' | 'read' | 'write' | 'execute'): boolean;
  mkdir(path: string, mode?: number): void;
  /** mkdir -p. Returns whether there was something to make. */
  makeDirectories(path: string, mode?: number): boolean;
  /** rm -rf: what cannot be removed stays. */
  removeTree(path: string): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  rename(from: string, to: string): void;
  link(existing: string, path: string): void;
  symlink(target: string, path: string): void;
  readlink(path: string): string;
  realpath(path: string): string;
  mkfifo(path: string, mode?: number): void;
  mknod(path: string, type: 'character' | 'block', device: readonly [number, number], mode?: number): void;
  chmod(path: string, mode: number): void;
  chown(path: string, uid: number, gid: number): void;
  utimes(path: string, accessedMs: number, modifiedMs: number): void;
  chdir(path: string): void;
  /** Sets the file creation mask and returns the one before. */
  umask(mask: number): number;
  mount(options: MountOptions): void;
  unmount(target: string): void;
  statfs(path: string): FileSystemStat;
  /** Lets other machines mount the directory as long as this process lives; returns its file handle. Throws EPERM. */
  exportDirectory(path: string): string;
  /** Calls `listener` after each change in the directory (names added, removed, written), until the returned function is called. */
  watchDirectory(path: string, listener: (name: string) => void): () => void;

  // Processes
  /** fork(2) and execve(2) in one. */
  spawn(options: SpawnOptions): number;
  /**
   * A child with a copy of this process's state that runs `program`: what a shell uses for a subshell. It is called before
   * this returns, so that it can take what it needs from its parent; its steps come later.
   */
  fork(program: Program, options?: ForkOptions): number;
  /** Replaces the program of this process: `return yield* process.exec(…)`. Throws only before the point of no return. */
  exec(path: string, argv: readonly string[], env?: Readonly<Record<string, string>>): Task<number>;
  /**
   * Waits for a child (-1: any); with `stopped` also for one that was stopped. Throws ECHILD without children, EINTR when a
   * caught signal comes first. With `noHang` it waits for nothing and says undefined when no child has changed, also where
   * waitpid(2) would say ECHILD: every server asks all the time, most have no children, and none cares about the difference.
   */
  waitpid(
    pid: number,
    options?: { noHang?: boolean; stopped?: boolean },
  ): Task<{ pid: number; status: WaitStatus } | undefined>;
  /** kill(2): a pid, 0 for the own group, -1 for all, -N for group N. */
  kill(pid: number, signal: Signal | 0): void;
  setSignalAction(signal: Signal, action: SignalAction): void;
  signalAction(signal: Signal): SignalAction;
  /** The caught signals that arrived since the last call, in order. A blocking call in progress fails with EINTR when one comes. */
  takeSignals(): readonly Signal[];
  /** Waits until a caught signal has come. */
  pause(): Task<void>;
  setProcessGroup(pid: number, processGroup: number): void;
  setSession(): number;
  setCredentials(credentials: Partial<Credentials>): void;
  /** Declares how much memory the process holds; beyond its cgroup's limit it is OOM-killed. */
  setMemory(bytes: number): void;
  /** Joins namespaces of another process (nsenter). */
  setNamespaces(pid: number, kinds: readonly NamespaceKind[]): void;
  /** Leaves these namespaces for new ones. Of a pid namespace the children become members, the first one its PID 1. */
  unshare(kinds: readonly NamespaceKind[]): void;
  setHostname(hostname: string): void;
  /** -20 (gets most) to 19 (gets least); other processes than the own need the same user or CAP_SYS_NICE. */
  niceness(pid: number): number;
  setNiceness(pid: number, nice: number): void;
  /** Paths of this process and its children begin at that directory. */
  chroot(path: string): void;

  // Terminals
  isTerminal(fd: number): boolean;
  windowSize(fd: number): { readonly columns: number; readonly rows: number };
  setWindowSize(fd: number, columns: number, rows: number): void;
  /** `raw` switches line editing, echo and signal keys of the line discipline off. */
  setTerminalMode(fd: number, mode: 'cooked' | 'raw'): void;
  /** As stty(1) sets it; `setTerminalMode('raw')` covers it for a while. */
  terminalSettings(fd: number): TerminalSettings;
  setTerminalSettings(fd: number, settings: Partial<TerminalSettings>): void;
  /** openpty(3): the emulator's end and the processes'. Closing the first hangs up. */
  openTerminal(columns: number, rows: number): { readonly master: number; readonly slave: number };
  /** Makes it the controlling terminal of the session that this process leads. Throws EPERM. */
  takeTerminal(fd: number): void;
  foregroundGroup(fd: number): number;
  setForegroundGroup(fd: number, processGroup: number): void;

  // Sockets
  /** Listens on a port of the process's network namespace; address `0.0.0.0` unless told. */
  listen(port: number, address?: string): number;
  accept(fd: number): Task<{ readonly fd: number; readonly peer: SocketAddress }>;
  /** Throws ECONNREFUSED, EHOSTUNREACH, or ETIMEDOUT after `timeoutMs`. */
  connect(address: string, port: number, timeoutMs?: number): Task<number>;
  listenUnix(path: string): number;
  connectUnix(path: string): Task<number>;
  shutdownWrite(fd: number): void;
  localAddress(fd: number): SocketAddress;
  peerAddress(fd: number): SocketAddress;
  /** The interfaces of the process's network namespace, `lo` first: what `ip addr` shows. */
  networkInterfaces(): readonly NetworkInterface[];
  /** A UDP socket on a port (0: any) of an address (all, unless told). */
  openDatagram(port?: number, address?: string): number;
  sendTo(fd: number, data: Uint8Array, to: SocketAddress): void;
  /** Undefined after the time-out. Throws ECONNREFUSED and EHOSTUNREACH for what was sent before. */
  receiveFrom(
    fd: number,
    timeoutMs?: number,
  ): Task<{ readonly data: Uint8Array; readonly peer: SocketAddress } | undefined>;
  /** Sends an ICMP echo request and waits for what comes back; undefined after the time-out. Throws ENETUNREACH, EPERM. */
  echo(address: string, options: EchoOptions): Task<EchoReply | undefined>;
  /**
   * A packet socket, which hears what passes an interface of the network namespace, or all of them. It can be polled; what it has
   * heard is taken by `ioctl`. Throws EPERM without CAP_NET_RAW, ENODEV.
   * @param load makes the kernel's part of it, when nobody listens yet
   */
  openPacketSocket(load: CaptureLoader, options: PacketSocketOptions): number;

  /** Adds an interface that leads nowhere, to hold addresses, or gives it others. Throws EPERM. */
  setDummyInterface(name: string, addresses: readonly string[]): void;
  /** Throws EPERM, ENODEV. */
  deleteDummyInterface(name: string): void;
  routes(): readonly Route[];
  addRoute(route: Route): void;
  /** Throws ESRCH when there is no such route. */
  deleteRoute(route: Pick<Route, 'destination' | 'prefixLength'>): void;
  neighbours(): readonly Neighbour[];
  /** The rules and the flows of the process's network namespace, for iptables and its kin. Throws EPERM. */
  packetFilter(): PacketFilter;
  /** The sockets of the process's network namespace: what `ss -tuan` shows. */
  sockets(): readonly SocketInfo[];
}

export type NamespaceKind = 'pid' | 'net' | 'mnt' | 'ipc' | 'uts' | 'user' | 'cgroup';
