import type { Simulation, Task } from '../../sim/index.ts';
import type { Confinement, SeccompProfile } from '../confinement.ts';
import type { Driver, NamespaceSet } from '../host.ts';
import type { NetNamespace } from '../net/network-namespace.ts';
import type { Signal, SignalAction } from '../signal.ts';
import type { Credentials, Process, WaitStatus } from '../syscalls.ts';
import type { Terminal } from '../tty/terminal.ts';
import type { FileDescription } from '../vfs/description.ts';
import type { DirectoryInode } from '../vfs/directory.ts';
import type { Executables } from '../vfs/executables.ts';
import { FileSystem, type NameChanges, Quota } from '../vfs/filesystem.ts';
import type { Inode } from '../vfs/inode.ts';
import type { Location, MountNamespace } from '../vfs/mount.ts';
import type { PathContext } from '../vfs/path.ts';
import type { WaitQueue } from '../vfs/wait-queue.ts';
import type { ControlGroup, ControlGroups } from './cgroup.ts';
import type { CpuScheduler } from './cpu-scheduler.ts';
import type { FileTable } from './file-table.ts';
import { KernelLog } from './kernel-log.ts';
import type { LoopDevices } from './loop-devices.ts';
import type { Pid, PidNamespace } from './pid-namespace.ts';

export type TaskState = 'runnable' | 'running' | 'sleeping' | 'zombie' | 'dead';

export interface TaskOptions {
  readonly parent: TaskStruct | undefined;
  readonly credentials: Credentials;
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  readonly root: Location;
  readonly cwd: Location;
  readonly umask: number;
  readonly namespaces: NamespaceSet;
  readonly cgroup: ControlGroup;
  readonly files: FileTable;
}

/**
 * A process as the kernel keeps it. It is only data; the system calls are functions over it, one file per area.
 * Whatever most processes never use is allocated when it is first needed: a container's `sleep` must stay small.
 */
export class TaskStruct implements PathContext {
  readonly kernel: Kernel;
  readonly pid: Pid;
  readonly files: FileTable;
  readonly startedMs: number;
  parent: TaskStruct | undefined;
  /** In the order of their birth. An array, for the reason told in pid-table.ts. */
  children: TaskStruct[] | undefined;
  group: Pid;
  session: Pid;
  /** The controlling terminal. */
  terminal: Terminal | undefined;
  credentials: Credentials;
  env: Readonly<Record<string, string>>;
  argv: readonly string[];
  /** Of /proc/<pid>/exe. */
  executable: string | undefined;
  root: Location;
  cwd: Location;
  umask: number;
  namespaces: NamespaceSet;
  cgroup: ControlGroup;
  memoryBytes = 0;
  /** Virtual CPU time used. */
  cpuMs = 0;
  nice = 0;
  /** How far it is in the CPU scheduler's order; see cpu-scheduler.ts. */
  virtualMs = 0;
  oomScoreAdj = 0;

  // Running
  state: TaskState = 'runnable';
  /** Stopped by a signal; whatever wakes it is kept until it continues. */
  stopped = false;
  process!: Process;
  generator: Task<number> | undefined;
  cancelWait: (() => void) | undefined;
  /** Counts waits, so that a late resume of an earlier one is ignored. */
  waitSequence = 0;
  blockedSinceMs = 0;
  resumeValue: unknown = undefined;
  interrupted = false;
  /** CPU time used but not yet paid for with virtual time. */
  debtMs = 0;
  /** Steps computed lately; see cpu-charge.ts. */
  burst = 0;

  // Signals
  actions: Map<Signal, SignalAction> | undefined;
  caught: Signal[] | undefined;
  /** A caught signal came while the process was not blocked: the next blocking call fails with EINTR. */
  signalArrived = false;
  /** Came while it was stopped. */
  deferred: Signal[] | undefined;

  // Ending
  /** Decided while the process itself was running; carried out when it yields. */
  fatal: WaitStatus | undefined;
  status: WaitStatus | undefined;
  /** Stopped since the parent last asked. */
  stopReported: Signal | undefined;
  /** Woken when a child changes. */
  childQueue: WaitQueue | undefined;
  onExit: ((status: WaitStatus) => void) | undefined;

  constructor(kernel: Kernel, options: TaskOptions, pid: Pid, group: Pid, session: Pid) {
    this.kernel = kernel;
    this.startedMs = kernel.sim.nowMs;
    this.pid = pid;
    this.parent = options.parent;
    this.group = group;
    this.session = session;
    this.credentials = options.credentials;
    this.env = options.env;
    this.argv = options.argv;
    this.root = options.root;
    this.cwd = options.cwd;
    this.umask = options.umask;
    this.namespaces = options.namespaces;
    this.cgroup = options.cgroup;
    this.files = options.files;
  }

  /** Into another control group, with all it holds. */
  moveTo(group: ControlGroup): void {
    this.cgroup.addProcesses(-1);
    this.cgroup.addMemory(-this.memoryBytes);
    this.cgroup = group;
    group.addProcesses(1);
    group.addMemory(this.memoryBytes);
  }

  get mountNamespace(): MountNamespace {
    return this.namespaces.mnt as MountNamespace;
  }

  /** The pid namespace the process was born in: its view of pids for life. */
  get pidNamespace(): PidNamespace<TaskStruct> {
    return this.pid.namespace as PidNamespace<TaskStruct>;
  }

  get hostPid(): number {
    let { pid } = this;
    while (pid.above !== undefined) pid = pid.above;
    return pid.number;
  }

  /** Whether it has neither ended nor been told to. */
  get alive(): boolean {
    return this.state !== 'zombie' && this.state !== 'dead';
  }
}

/** Seccomp and AppArmor. What a machine does before anybody has a say breaks no profile, so that they may come late. */
export interface SecurityModules {
  /** The system calls of a process that is held to something. */
  systemCalls(task: TaskStruct, confinement: Confinement): Process;
  /** A seccomp profile of what a file of JSON holds. Throws ConfinementError. */
  seccompProfile(value: unknown): SeccompProfile;
  /** Throws ConfinementError where a profile is none, or does not let even the runtime start the program. */
  requireStart(confinement: Confinement, credentials: Credentials, program: string): void;
  /** As whom a program runs that a process executes. Throws EACCES where its profile does not let it. */
  afterExec(context: PathContext, path: string, credentials: Credentials): Credentials;
  /** Throws EACCES where a profile lets nobody mount. */
  requireMount(task: TaskStruct, operation: 'mount' | 'umount'): void;
  /** /proc/<pid>/attr/current */
  label(task: TaskStruct): string;
  /** /sys/kernel or /sys/module */
  sysfs(fs: FileSystem, name: 'kernel' | 'module'): Inode;
}

export interface KernelOptions {
  readonly sim: Simulation;
  readonly name: string;
  readonly cgroups: ControlGroups;
  readonly memoryBytes: number;
  readonly cpuMillis: number;
  readonly disk: Quota;
  readonly executables: Executables;
  readonly createNetwork: () => NetNamespace;
  readonly drivers: readonly Driver[];
  readonly security: ((kernel: Kernel) => SecurityModules | undefined) | undefined;
}

/** Disks are larger than the browser tab they are simulated in: beyond this they are full. */
const HEAP_BYTES = 256 * 1024 * 1024;

/** What all processes of a machine share. */
export class Kernel {
  readonly sim: Simulation;
  readonly name: string;
  cgroups: ControlGroups;
  readonly memoryBytes: number;
  readonly cpuMillis: number;
  readonly disk: Quota;
  /** What all files of the machine together may take of the simulator's own memory. */
  readonly heap = new Quota(HEAP_BYTES);
  readonly #names: NameChanges = { changes: 0 };
  readonly #now = (): number => this.#pastMs ?? this.sim.wallMs;
  #pastMs: number | undefined;
  readonly executables: Executables;
  /** A network namespace with nothing but a loopback interface. */
  readonly createNetwork: () => NetNamespace;
  /** Beyond those that every machine has. */
  readonly drivers: readonly Driver[];
  /** Files that are used as disks. Set when the machine is made. */
  loops!: LoopDevices;
  /** What `dmesg` shows; begun anew at boot. */
  log: KernelLog;
  /** Where pipes and sockets have their inodes. */
  readonly anonymous: FileSystem;
  /** Bumped by powerOff, so that events of the life before do nothing. */
  generation = 0;
  running = true;
  bootedMs: number;
  /** /proc/sys/kernel/random/boot_id; drawn at boot. */
  bootId = '';
  /** The task whose generator is executing right now. */
  current: TaskStruct | undefined;
  runQueue: TaskStruct[] = [];
  /** Empty: the run queue while this one's turn is taken. */
  spareQueue: TaskStruct[] = [];
  /** Who may compute; made at boot. */
  cpu!: CpuScheduler;
  dispatchScheduled = false;
  /** Opened when it is first needed; see host-spawn.ts. */
  nothing: FileDescription | undefined;
  /** PID 1 of the machine: adopts orphans and reaps them. Set at boot. */
  init!: TaskStruct;
  /** Pseudo-terminals that are open, by number. */
  readonly terminals = new Map<number, Terminal>();
  /** The roots of /proc and /sys, shared by all mounts of them; set at boot. */
  proc!: DirectoryInode;
  sysfs!: Inode;
  cgroupfs!: Inode;
  /** The machine's open terminals, and its message queues, of which there are none. */
  devpts!: Inode;
  mqueue!: Inode;
  /** Runs what is in the run queue, until the machine is switched off; set at boot. */
  dispatch!: () => void;
  /** Values of /proc/sys that were changed. */
  sysctls = new Map<string, string>();
  /** Processes started since boot, as /proc/stat counts them. */
  forks = 0;
  readonly #label: string;
  readonly #loadSecurity: KernelOptions['security'];
  #security: SecurityModules | undefined;
  #nextNamespaceInode = 4_026_531_835;
  #nextDevice = 1;

  constructor(options: KernelOptions) {
    this.sim = options.sim;
    this.name = options.name;
    this.drivers = options.drivers;
    this.#loadSecurity = options.security;
    this.cgroups = options.cgroups;
    this.memoryBytes = options.memoryBytes;
    this.cpuMillis = options.cpuMillis;
    this.disk = options.disk;
    this.executables = options.executables;
    this.bootedMs = options.sim.nowMs;
    this.createNetwork = options.createNetwork;
    this.log = this.newLog();
    this.#label = `cpu ${options.name}`;
    this.anonymous = this.createFileSystem('pipefs');
  }

  /** What the kernel's events are called in the event queue. */
  get label(): string {
    return this.#label;
  }

  /** Undefined where there are none, or they have not come yet. */
  get security(): SecurityModules | undefined {
    this.#security ??= this.#loadSecurity?.(this);
    return this.#security;
  }

  scheduleDispatch(): void {
    this.dispatchScheduled = true;
    this.sim.schedule(0, this.#label, this.dispatch);
  }

  newLog(): KernelLog {
    return new KernelLog(() => this.sim.nowMs - this.bootedMs);
  }

  now(): number {
    return this.sim.wallMs;
  }

  /** Does what was due then: files are as old as if it had been done. */
  asOf(wallMs: number, act: () => void): void {
    this.#pastMs = wallMs;
    try {
      act();
    } finally {
      this.#pastMs = undefined;
    }
  }

  allocateNamespaceInode(): number {
    return this.#nextNamespaceInode++;
  }

  createFileSystem(type: string, quota = new Quota(Number.POSITIVE_INFINITY)): FileSystem {
    return new FileSystem({
      type,
      device: this.#nextDevice++,
      quota,
      heap: new Quota(Number.POSITIVE_INFINITY, this.heap),
      names: this.#names,
      now: this.#now,
    });
  }

  get tasks(): Iterable<TaskStruct> {
    return this.init.pidNamespace.members.values();
  }
}
