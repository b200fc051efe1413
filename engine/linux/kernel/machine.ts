import type { Simulation } from '../../sim/index.ts';
import type { SeccompProfile } from '../confinement.ts';
import { Errno } from '../errno.ts';
import type {
  Cgroup,
  CgroupLimits,
  ContainerDevice,
  ContainerRoot,
  Driver,
  FileTree,
  Host,
  HostBind,
  HostSpawn,
  Layer,
  Namespace,
  NamespaceOptions,
  NamespaceSet,
  OpenFile,
  PseudoTerminal,
} from '../host.ts';
import type { Fabric } from '../net/fabric.ts';
import { NetNamespace } from '../net/network-namespace.ts';
import type { Signal } from '../signal.ts';
import type { NamespaceKind, Process } from '../syscalls.ts';
import { TerminalSlave } from '../tty/terminal-slave.ts';
import { devptsRoot } from '../vfs/devfs.ts';
import { MemoryDirectory } from '../vfs/directory.ts';
import { Quota } from '../vfs/filesystem.ts';
import { GeneratedDirectory } from '../vfs/generated.ts';
import type { Inode } from '../vfs/inode.ts';
import { MountNamespace } from '../vfs/mount.ts';
import { locate } from '../vfs/path.ts';
import { type ControlGroup, ControlGroups } from './cgroup.ts';
import { containerMounts } from './container-root.ts';
import { CpuScheduler } from './cpu-scheduler.ts';
import { updateDeviceNodes } from './device-nodes.ts';
import { dispatch } from './dispatch.ts';
import { Sink, Source } from './endpoints.ts';
import { FileTable } from './file-table.ts';
import { spawnOnHost } from './host-spawn.ts';
import { Kernel, type KernelOptions, TaskStruct } from './kernel.ts';
import { sendSignal, unwind } from './lifecycle.ts';
import { LoopDevices } from './loop-devices.ts';
import { ALL_IDS, IpcNamespace, plainNamespace } from './namespaces.ts';
import { killExcess } from './oom.ts';
import { PidNamespace } from './pid-namespace.ts';
import { cgroupRoot } from './proc/cgroup-directory.ts';
import { procRoot } from './proc/proc.ts';
import { setNamespacedSysctl } from './proc/sysctl.ts';
import { sysfsRoot } from './proc/sysfs.ts';
import { KERNEL_RELEASE, KERNEL_VERSION } from './release.ts';
import { releaseSharedMemory } from './shared-memory.ts';
import { SystemCalls, systemCallsOf } from './system-calls.ts';
import { hostMounts } from './system-mounts.ts';
import { forgetTerminal, newTerminal } from './terminal-calls.ts';
import { unpack } from './unpack.ts';

export interface HostOptions {
  readonly sim: Simulation;
  readonly name: string;
  readonly fabric: Fabric;
  readonly addresses: readonly {
    readonly interface: 'eth0';
    readonly address: string;
    readonly prefixLength: number;
  }[];
  /** Where the default route of eth0 leads; without it everything is taken to be on the link. */
  readonly gateway?: string;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  /** What is on the disk. */
  readonly root: FileTree;
  /** What lies beneath it on the disk, where several machines have the same. */
  readonly base?: Layer;
  /** Hardware beyond what every machine has. */
  readonly drivers?: readonly Driver[];
  /** Room for what is written to the disk, containers' layers included. */
  readonly diskBytes?: number;
  /** Without, processes are held to no profiles. */
  readonly security?: KernelOptions['security'];
}

/** Processes on one machine at most. */
const HOST_PIDS = 4096;

const NO_DEVICES: ControlGroup['allowedDevices'] = new Map();

const DEFAULT_DISK_BYTES = 40 * 1024 ** 3;
/** As mke2fs makes them: an inode for each 16 KiB. */
const BYTES_PER_INODE = 16 * 1024;

export function createHost(options: HostOptions): Host {
  return new Machine(options);
}

class Machine implements Host {
  readonly name: string;
  readonly sim: Simulation;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly #kernel: Kernel;
  readonly #fabric: Fabric;
  readonly #network: NetNamespace;
  readonly #disk: Inode;
  /** Nodes that /dev shows because the devices are there. */
  #deviceNodes = new Set<string>();
  #namespaces!: NamespaceSet;

  constructor(options: HostOptions) {
    const diskBytes = options.diskBytes ?? DEFAULT_DISK_BYTES;
    this.name = options.name;
    this.sim = options.sim;
    this.cpuMillis = options.cpuMillis;
    this.memoryBytes = options.memoryBytes;
    this.#fabric = options.fabric;
    this.#kernel = new Kernel({
      sim: options.sim,
      name: options.name,
      cgroups: new ControlGroups(HOST_PIDS),
      memoryBytes: options.memoryBytes,
      cpuMillis: options.cpuMillis,
      disk: new Quota(diskBytes, undefined, Math.ceil(diskBytes / BYTES_PER_INODE)),
      executables: options.fabric.layers.executables,
      createNetwork: () => this.#newNetwork(),
      drivers: options.drivers ?? [],
      security: options.security,
    });
    this.#kernel.loops = new LoopDevices(() => this.updateDeviceNodes());
    const fs = this.#kernel.createFileSystem('ext4', this.#kernel.disk);
    this.#disk = MemoryDirectory.root(fs, options.fabric.layers.disk(options.root, options.base));
    this.#network = this.#newNetwork(true);
    for (const { address, prefixLength, interface: name } of options.addresses) {
      this.#network.addInterface({ name, mac: macOf(address), mtu: 1500, addresses: [{ address, prefixLength }] });
    }
    if (options.gateway !== undefined) this.#network.setGateway(options.gateway, 'eth0');
    this.#boot();
  }

  get namespaces(): NamespaceSet {
    return this.#namespaces;
  }

  get running(): boolean {
    return this.#kernel.running;
  }

  get root(): Process {
    return this.#kernel.init.process;
  }

  spawn(options: HostSpawn): Process {
    if (!this.running) throw new Errno('EIO');
    return spawnOnHost(this.#kernel, options, systemCallsOf).process;
  }

  processes(): readonly Process[] {
    return this.running ? [...this.#kernel.tasks].map((task) => task.process) : [];
  }

  seccompProfile(value: unknown): SeccompProfile {
    return this.#kernel.security?.seccompProfile(value) ?? (value as SeccompProfile);
  }

  kill(hostPid: number, signal: Signal): void {
    const task = this.#kernel.init.pidNamespace.members.get(hostPid);
    if (task === undefined) throw new Errno('ESRCH');
    sendSignal(task, signal, task.pidNamespace !== this.#kernel.init.pidNamespace);
  }

  unpack(tree: FileTree): void {
    unpack(this.#kernel, tree);
  }

  createNamespace<K extends NamespaceKind>(kind: K, options: NamespaceOptions = {}): NamespaceSet[K] {
    return this.#newNamespace(kind, options) as NamespaceSet[K];
  }

  setSysctl(namespaces: Pick<NamespaceSet, 'net' | 'ipc'>, name: string, value: string): void {
    setNamespacedSysctl(namespaces.net as NetNamespace, namespaces.ipc as IpcNamespace, name, value);
  }

  createContainerRoot(root: ContainerRoot, binds: readonly HostBind[]): Namespace {
    return containerMounts(this.#kernel, this.#fabric.layers, root, binds);
  }

  releaseSharedMemory(ipc: Namespace): void {
    if (ipc !== this.#namespaces.ipc) releaseSharedMemory(ipc as IpcNamespace);
  }

  mountLayers(path: string, layers: readonly Layer[]): void {
    const fs = this.#kernel.createFileSystem('overlay', new Quota(0));
    const root = MemoryDirectory.root(fs, this.#fabric.layers.stack(layers));
    const point = locate(this.#kernel.init, path);
    this.#kernel.init.mountNamespace.add({ root, point, path, readOnly: true, source: 'overlay', remote: undefined });
  }

  usageOfContainerRoot(root: Namespace): { readonly bytes: number; readonly inodes: number } {
    if (!(root instanceof MountNamespace)) return { bytes: 0, inodes: 0 };
    const { usedBytes, usedInodes } = root.root.inode.fs.quota;
    return { bytes: usedBytes, inodes: usedInodes };
  }

  removeContainerRoot(root: Namespace): void {
    if (!(root instanceof MountNamespace)) return;
    root.dissolve();
  }

  updateDeviceNodes(): void {
    if (this.running) updateDeviceNodes(this.#kernel, this.#deviceNodes);
  }

  createCgroup(path: string, limits: CgroupLimits): Cgroup {
    const group = this.#kernel.cgroups.create(path, limits);
    killExcess(this.#kernel, group);
    return group;
  }

  allowDevices(cgroup: Cgroup, devices: readonly ContainerDevice[]): void {
    (cgroup as ControlGroup).allowedDevices =
      devices.length === 0
        ? NO_DEVICES
        : new Map(devices.map(({ deviceNumber, readOnly = false }) => [deviceNumber.join(':'), { write: !readOnly }]));
  }

  removeCgroup(cgroup: Cgroup): void {
    this.#kernel.cgroups.remove(cgroup as ControlGroup);
  }

  cgroup(path: string): Cgroup | undefined {
    return this.#kernel.cgroups.find(path);
  }

  sink(write: (data: Uint8Array) => void, stepsPerByte?: number): OpenFile {
    return new Sink(this.#kernel.anonymous, write, stepsPerByte);
  }

  source(): { readonly file: OpenFile; send(data: Uint8Array): void; close(): void } {
    const source = new Source(this.#kernel.anonymous);
    return { file: source, send: (data) => source.send(data), close: () => source.close() };
  }

  openTerminal(columns: number, rows: number): PseudoTerminal {
    const kernel = this.#kernel;
    const terminal = newTerminal(kernel, columns, rows);
    return {
      slave: new TerminalSlave(terminal),
      input: (data) => terminal.type(data),
      onOutput: (listener) => terminal.listen(listener),
      resize: (newColumns, newRows) => terminal.resize(newColumns, newRows),
      hangUp: () => {
        terminal.hangUp();
        forgetTerminal(kernel, terminal);
      },
    };
  }

  powerOff(): void {
    if (!this.running) return;
    const kernel = this.#kernel;
    kernel.running = false;
    kernel.generation += 1;
    kernel.cpu.stop();
    kernel.runQueue = [];
    kernel.dispatchScheduled = false;
    // Connections break off without a word, so they go before the descriptors that would say goodbye.
    for (const attachment of this.#fabric.attachmentsOf(this.name)) {
      attachment.clear();
      if (attachment !== this.#network && attachment instanceof NetNamespace) {
        for (const { name } of attachment.interfaces) attachment.removeInterface(name);
      }
    }
    const tasks = [...kernel.tasks];
    for (const task of tasks) {
      task.state = 'dead';
      task.cancelWait?.();
      task.cancelWait = undefined;
      task.root.mount.namespace?.freeze();
    }
    for (const task of tasks) task.files.closeAll();
    kernel.loops.reset();
    (this.#namespaces.mnt as MountNamespace).dissolve();
    // What a program drives outside of its process (a kubelet's workers, a controller's informers) ends with it. Its
    // system calls come too late to change anything.
    for (const task of tasks) unwind(task);
    for (const terminal of kernel.terminals.values()) terminal.hangUp();
    kernel.terminals.clear();
    this.sim.record('host.off', this.name);
  }

  powerOn(): void {
    if (this.running) return;
    this.#kernel.running = true;
    this.#kernel.cgroups = new ControlGroups(HOST_PIDS);
    this.#boot();
    this.sim.record('host.on', this.name);
  }

  #boot(): void {
    const kernel = this.#kernel;
    const { generation } = kernel;
    kernel.dispatch = () => {
      if (kernel.generation === generation) dispatch(kernel);
    };
    kernel.bootedMs = this.sim.nowMs;
    kernel.forks = 0;
    kernel.nothing = undefined;
    kernel.sysctls = new Map();
    kernel.log = kernel.newLog();
    kernel.log.add(`Linux version ${KERNEL_RELEASE} (debian-kernel@lists.debian.org) ${KERNEL_VERSION}`, 5);
    kernel.log.add(`Memory: ${Math.floor(kernel.memoryBytes / 1024)}K available`);
    kernel.log.add('cgroup: Using cgroup version 2');
    kernel.cpu = new CpuScheduler(kernel.sim, kernel.label, kernel.cgroups.root, kernel.cpuMillis);
    kernel.bootId = this.sim.random(`boot/${this.name}`).uuid();
    kernel.proc = procRoot(kernel);
    kernel.sysfs = sysfsRoot(kernel);
    kernel.cgroupfs = cgroupRoot(kernel);
    kernel.devpts = devptsRoot(kernel.createFileSystem('devpts'), kernel.terminals);
    kernel.mqueue = new GeneratedDirectory(
      kernel.createFileSystem('mqueue'),
      () => undefined,
      () => [],
      { mode: 0o1777 },
    );
    const pids = new PidNamespace<TaskStruct>(kernel.allocateNamespaceInode());
    const ipc = new IpcNamespace(kernel.allocateNamespaceInode());
    const mounts = hostMounts(kernel, this.#disk, ipc);
    this.#namespaces = {
      pid: pids,
      net: this.#network,
      mnt: mounts,
      ipc,
      uts: plainNamespace(kernel, 'uts', { hostname: this.name }, undefined),
      user: plainNamespace(kernel, 'user', { idMappings: ALL_IDS }, undefined),
      cgroup: plainNamespace(kernel, 'cgroup', {}, undefined),
    };
    const pid = pids.allocate();
    const options = {
      parent: undefined,
      credentials: { uid: 0, gid: 0, groups: [] },
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root' },
      argv: ['/sbin/init'],
      root: mounts.root,
      cwd: mounts.root,
      umask: 0o022,
      namespaces: this.#namespaces,
      cgroup: kernel.cgroups.root,
      files: new FileTable(),
    };
    const init = new TaskStruct(kernel, options, pid, pid, pid);
    init.executable = '/sbin/init';
    init.state = 'sleeping';
    init.process = new SystemCalls(init);
    pids.add(pid, init);
    pids.init = init;
    kernel.init = init;
    for (const driver of kernel.drivers) driver.boot((line) => kernel.log.add(line));
    this.#deviceNodes = new Set();
    this.updateDeviceNodes();
  }

  #newNamespace(kind: NamespaceKind, options: NamespaceOptions): Namespace {
    const kernel = this.#kernel;
    if (kind === 'net') return this.#newNetwork(false, options.label);
    if (kind === 'mnt') return hostMounts(kernel, this.#disk, this.#namespaces.ipc as IpcNamespace);
    return plainNamespace(kernel, kind, options, kernel.init);
  }

  #newNetwork(isMachine = false, label?: string): NetNamespace {
    return new NetNamespace({
      inode: this.#kernel.allocateNamespaceInode(),
      fabric: this.#fabric,
      hostName: this.name,
      isMachine,
      label,
      isUp: () => this.#kernel.running,
      fs: this.#kernel.anonymous,
    });
  }
}

/** A locally administered address, from the IP address as virtual machines and containers often do it. */
function macOf(address: string): string {
  const parts = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return `02:42:${parts.join(':')}`;
}
