import type { Simulation } from '../sim/index.ts';
import type { SeccompProfile } from './confinement.ts';
import type { Signal } from './signal.ts';
import type {
  Credentials,
  NamespaceKind,
  NetworkInterface,
  Process,
  Program,
  Propagation,
  Route,
  WaitStatus,
} from './syscalls.ts';

export type { NetworkInterface } from './syscalls.ts';

// What a container runtime, the CNI and the cluster ask of a machine, beyond what one process can ask of its kernel.

/** A namespace, by identity: two processes are in the same one exactly when they hold the same object. */
export interface Namespace {
  readonly kind: NamespaceKind;
  /** The inode number that /proc/<pid>/ns shows. */
  readonly inode: number;
}

/** Ids from `inside` on are those from `outside` on of the namespace above. */
export interface IdMapping {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

export interface NamespaceOptions {
  /** Of a UTS namespace; the machine's unless told. */
  readonly hostname?: string;
  /** Of a user namespace, for users and groups alike: what processes in it look like from the machine. */
  readonly idMappings?: readonly IdMapping[];
  /** Of a network namespace: whose it is, for whoever looks at a run. */
  readonly label?: string;
}

/** The network namespace's own face, for the CNI: interfaces in, interfaces out. */
export interface NetworkNamespace extends Namespace {
  readonly kind: 'net';
  readonly interfaces: readonly NetworkInterface[];
  /** Adds an interface; returns its index. */
  addInterface(networkInterface: NetworkInterface): number;
  removeInterface(name: string): void;
  readonly routes: readonly Route[];
  /** Besides those that follow from the interfaces' addresses. */
  addRoute(route: Route): void;
  /** Loads rules into the packet filter as `iptables-restore --noflush` does. Throws RestoreError. */
  restoreRules(text: string): void;
  hasChain(table: string, chain: string): boolean;
  /** The rules that jump to a chain, as `iptables -S` writes them: `PREROUTING -j CHAIN`. */
  rulesTo(table: string, chain: string): readonly string[];
}

export type NamespaceSet = {
  readonly [K in NamespaceKind]: K extends 'net' ? NetworkNamespace : Namespace;
};

/** A file tree that layers can be made of: absolute paths. Directories on the way are made as needed (0755, root). */
export type FileTree = Readonly<Record<string, FileTreeEntry>>;

export type FileTreeEntry =
  | { readonly text: string; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  | { readonly bytes: Uint8Array; readonly mode?: number; readonly uid?: number; readonly gid?: number }
  /** An executable: running it runs the program. `size` is what `ls -l` shows. */
  | { readonly program: Program; readonly size?: number; readonly mode?: number }
  | { readonly symlink: string }
  | { readonly directory: true; readonly mode?: number; readonly uid?: number; readonly gid?: number };

/** A read-only layer built once from a tree and shared by every container that uses it. */
export interface Layer {
  readonly tree: FileTree;
}

export interface ContainerRoot {
  /** Lower layers, the bottom one first; a fresh writable layer comes on top. */
  readonly layers: readonly Layer[];
  readonly readOnly?: boolean;
  /** /proc/sys, /sys and the control groups can be written to, and all the machine's devices are there. */
  readonly privileged?: boolean;
  /** With whose processes its own share what is on /dev/shm; nobody's unless told. */
  readonly ipc?: Namespace;
  /** Device nodes beyond the usual ones. */
  readonly devices?: readonly ContainerDevice[];
}

export interface ContainerDevice {
  /** Below /dev, as a rule. */
  readonly path: string;
  readonly type: 'character' | 'block';
  readonly deviceNumber: readonly [major: number, minor: number];
  readonly mode: number;
  /** Processes in the container cannot write to it, whatever its mode says. */
  readonly readOnly?: boolean;
}

/** A bind mount from the host into a container's mount namespace. */
export interface HostBind {
  readonly hostPath: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
  /** `slave`: what the host mounts below appears in the container; `shared`: the other way as well. Private unless told. */
  readonly propagation?: Propagation;
}

/** Limits of a control group; absent means none. */
export interface CgroupLimits {
  readonly memoryBytes?: number;
  /** Of cgroup v1, 2 to 262144; converted to a weight as container runtimes do it. */
  readonly cpuShares?: number;
  /** cpu.weight, 1 to 10000; 100 unless told. Comes before `cpuShares`. */
  readonly cpuWeight?: number;
  readonly cpuQuotaMillis?: number;
  /** 100 unless told. */
  readonly cpuPeriodMs?: number;
  readonly pids?: number;
  /** memory.oom.group: out of memory, all of its processes are killed together. */
  readonly oomGroup?: boolean;
}

export interface Cgroup {
  readonly path: string;
  readonly limits: CgroupLimits;
  /** Bytes that its processes hold now. */
  readonly memoryBytes: number;
  /** The most that they have held. */
  readonly memoryPeakBytes: number;
  /** Virtual CPU time used so far. */
  readonly cpuMs: number;
  /** Processes killed for memory so far. */
  readonly oomKills: number;
  /** Processes in it and below. */
  readonly processCount: number;
  /** Periods in which its CPU quota ran out. */
  readonly throttledPeriods: number;
}

/** One end of a pipe, a terminal or a sink, ready to become a descriptor of a new process. */
export interface OpenFile {
  readonly kind: string;
}

export interface HostSpawn {
  /** A program, or a path to be executed in the process's mount namespace. */
  readonly run: Program | string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly credentials?: Credentials;
  /** Descriptors; `/dev/null` for 0, 1 and 2 unless told. */
  readonly files?: Readonly<Record<number, OpenFile>>;
  /** The host's unless told. A fresh `pid` namespace makes the process its PID 1. */
  readonly namespaces?: Partial<NamespaceSet>;
  readonly cgroup?: Cgroup;
  /** Who is killed first when memory runs out: -1000 (never) to 1000; 0 unless told. */
  readonly oomScoreAdj?: number;
  /** The terminal among `files` that becomes the controlling terminal of a new session. */
  readonly terminal?: OpenFile;
  /** Called once, after the process has ended. */
  readonly onExit?: (status: WaitStatus) => void;
  /** Set when the parent is another process than the host's init. */
  readonly parentHostPid?: number;
}

/** A pseudo-terminal: `slave` is the processes' end, the rest is the side of the terminal emulator. */
export interface PseudoTerminal {
  readonly slave: OpenFile;
  /** What is typed. */
  input(data: Uint8Array): void;
  /** What is to be shown. */
  onOutput(listener: (data: Uint8Array) => void): void;
  resize(columns: number, rows: number): void;
  /** The emulator goes away: the session gets SIGHUP. */
  hangUp(): void;
}

/** A process as a driver sees it. */
export interface DeviceCaller {
  readonly hostPid: number;
  readonly command: string;
}

/**
 * A driver and the devices behind it. What is plugged in may change while the machine runs.
 * What a driver can be asked beyond opening and closing is its own business: requests and answers are plain data.
 */
export interface Driver {
  /** The device nodes that there are now, by their path below /dev. */
  nodes(): ReadonlyMap<
    string,
    { readonly deviceNumber: readonly [major: number, minor: number]; readonly mode: number }
  >;
  /** Files below /proc/driver, by path: `nvidia/version`. */
  procFiles(): ReadonlyMap<string, () => string>;
  /** Devices on the PCI bus, by address (`0000:01:00.0`), with the files that /sys shows of each. */
  pciDevices(): ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** The machine has been switched on; `log` writes into the kernel's log. */
  boot(log: (line: string) => void): void;
  /** ioctl(2). Throws Errno. */
  ioctl(deviceNumber: readonly [number, number], request: object, caller: DeviceCaller): object;
  /** A process that had opened a device node has closed it for good. */
  closed(deviceNumber: readonly [number, number], caller: DeviceCaller): void;
  /** What is to be read from a device node, as it comes: each event is one line of JSON. */
  subscribe(deviceNumber: readonly [number, number], listener: (event: object) => void): () => void;
}

/** A machine: a kernel, a file system, network interfaces and processes. */
export interface Host {
  readonly name: string;
  readonly sim: Simulation;
  /** The initial namespaces, of init and of everything that runs outside containers. */
  readonly namespaces: NamespaceSet;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  /** Whether the machine is powered on. */
  readonly running: boolean;

  /** Starts a process. Throws Errno where execve(2) would fail, ConfinementError where its profiles do not let it start. */
  spawn(options: HostSpawn): Process;
  /** The profile that a file of JSON holds. Throws ConfinementError. */
  seccompProfile(value: unknown): SeccompProfile;
  /** All processes, by pid of the initial namespace, zombies included. */
  processes(): readonly Process[];
  kill(hostPid: number, signal: Signal): void;
  /** The process's system calls as root in the initial namespaces: how node agents touch the host's files at boot. */
  readonly root: Process;

  /** Puts files on the disk, executables among them, each in place of what has its name: what a package manager does. */
  unpack(tree: FileTree): void;
  /** After a driver's device nodes have changed: /dev follows. */
  updateDeviceNodes(): void;
  createNamespace<K extends NamespaceKind>(kind: K, options?: NamespaceOptions): NamespaceSet[K];
  /** Sets a value of /proc/sys in the namespaces of a Pod. Throws EINVAL for values that are the machine's. */
  setSysctl(namespaces: Pick<NamespaceSet, 'net' | 'ipc'>, name: string, value: string): void;
  /** A mount namespace with an overlay of the layers as its root, /proc, /dev and /sys, and the binds on top. */
  createContainerRoot(root: ContainerRoot, binds: readonly HostBind[]): Namespace;
  /** What was on /dev/shm of the containers in an IPC namespace is gone with the last of them. */
  releaseSharedMemory(ipc: Namespace): void;
  /** Mounts layers as they are at an empty directory of the machine, for nobody to write to. Throws Errno. */
  mountLayers(path: string, layers: readonly Layer[]): void;
  /** What the writable layer of a container root takes of the disk. */
  usageOfContainerRoot(root: Namespace): { readonly bytes: number; readonly inodes: number };
  /** Throws the writable layer of a container root away: its space on the disk is free again. */
  removeContainerRoot(root: Namespace): void;
  /** Makes the group and those above it. An existing one gets the new limits, and what exceeds them is killed. */
  createCgroup(path: string, limits: CgroupLimits): Cgroup;
  /**
   * From now on the processes of the group and below can use only these devices, beside those that everybody has
   * (/dev/null and its kin, terminals). https://docs.kernel.org/admin-guide/cgroup-v2.html#device-controller
   */
  allowDevices(cgroup: Cgroup, devices: readonly ContainerDevice[]): void;
  removeCgroup(cgroup: Cgroup): void;
  cgroup(path: string): Cgroup | undefined;

  /**
   * A descriptor that hands everything written to it to `write`.
   *
   * @param stepsPerByte what writing costs a process, see `kernel/cpu-charge.ts`; more where much is done with each byte
   */
  sink(write: (data: Uint8Array) => void, stepsPerByte?: number): OpenFile;
  /** A descriptor that reads what `send` was given; `close` is the end of file. */
  source(): { readonly file: OpenFile; send(data: Uint8Array): void; close(): void };
  openTerminal(columns: number, rows: number): PseudoTerminal;

  /** Pulls the plug: every process is gone at once, disks stay. */
  powerOff(): void;
  powerOn(): void;
}
