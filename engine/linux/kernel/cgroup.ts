import { Errno } from '../errno.ts';
import type { Cgroup, CgroupLimits } from '../host.ts';
import { CpuBandwidth } from './cpu-bandwidth.ts';
import type { CpuGroup, CpuJob } from './cpu-scheduler.ts';

const DEFAULT_PERIOD_MS = 100;
/** cpu.weight unless told. */
const DEFAULT_WEIGHT = 100;

const NO_CHILDREN: ReadonlyMap<string, ControlGroup> = new Map();

/** A control group (version 2). What it holds is counted in its ancestors as well. */
export class ControlGroup implements Cgroup, CpuGroup {
  /** In its parent; that of the root is empty. */
  readonly name: string;
  readonly parent: ControlGroup | undefined;
  #children: Map<string, ControlGroup> | undefined;
  memoryBytes = 0;
  memoryPeakBytes = 0;
  cpuMs = 0;
  oomKills = 0;
  /** How often memory.max was met, and how often nothing but killing helped. */
  memoryMaxEvents = 0;
  oomEvents = 0;
  /** How often pids.max refused a process. */
  pidsMaxEvents = 0;
  /** Processes in it and below that have not been reaped. */
  processCount = 0;
  /** Gone from the hierarchy; nothing can be started in it any more. */
  removed = false;
  #limits: CgroupLimits = {};
  #bandwidth: CpuBandwidth | undefined;

  // What the CPU scheduler keeps here; see cpu-scheduler.ts.
  weight = DEFAULT_WEIGHT;
  virtualMs = 0;
  leastVirtualMs = 0;
  queuedJobs = 0;
  jobs: CpuJob[] | undefined;
  busyChildren: Set<CpuGroup> | undefined;

  constructor(name: string, limits: CgroupLimits, parent?: ControlGroup) {
    this.name = name;
    this.parent = parent;
    this.limits = limits;
  }

  /** From the root of the hierarchy, which is `/`. */
  get path(): string {
    if (this.parent === undefined) return '/';
    return this.parent.parent === undefined ? `/${this.name}` : `${this.parent.path}/${this.name}`;
  }

  /** By name. Most groups have none. */
  get children(): ReadonlyMap<string, ControlGroup> {
    return this.#children ?? NO_CHILDREN;
  }

  /** A new group without limits. */
  add(name: string): ControlGroup {
    const child = new ControlGroup(name, {}, this);
    this.#children ??= new Map();
    this.#children.set(name, child);
    return child;
  }

  delete(name: string): void {
    this.#children?.delete(name);
  }

  get limits(): CgroupLimits {
    return this.#limits;
  }

  set limits(limits: CgroupLimits) {
    this.#limits = limits;
    this.weight = limits.cpuWeight ?? (limits.cpuShares === undefined ? DEFAULT_WEIGHT : weightOf(limits.cpuShares));
    const periodMs = limits.cpuPeriodMs ?? DEFAULT_PERIOD_MS;
    const quotaMs = limits.cpuQuotaMillis === undefined ? undefined : (limits.cpuQuotaMillis * periodMs) / 1000;
    const before = this.#bandwidth;
    if (before?.quotaMs === quotaMs && before?.periodMs === periodMs) return;
    this.#bandwidth = quotaMs === undefined ? undefined : new CpuBandwidth(quotaMs, periodMs);
    if (before === undefined || this.#bandwidth === undefined) return;
    this.#bandwidth.periods = before.periods;
    this.#bandwidth.throttledPeriods = before.throttledPeriods;
    this.#bandwidth.throttledMs = before.throttledMs;
  }

  /** Of cpu.max; undefined without a quota. */
  get bandwidth(): CpuBandwidth | undefined {
    return this.#bandwidth;
  }

  get throttledPeriods(): number {
    return this.#bandwidth?.throttledPeriods ?? 0;
  }

  /** The devices that its processes may use, by major and minor number; undefined: all. */
  allowedDevices: ReadonlyMap<string, { readonly write: boolean }> | undefined;

  mayUseDevice([major, minor]: readonly [number, number], write: boolean): boolean {
    for (let group: ControlGroup | undefined = this; group; group = group.parent) {
      if (group.allowedDevices === undefined) continue;
      const allowed = group.allowedDevices.get(`${major}:${minor}`);
      if (allowed === undefined || (write && !allowed.write)) return false;
    }
    return true;
  }

  addMemory(bytes: number): void {
    for (let group: ControlGroup | undefined = this; group; group = group.parent) {
      group.memoryBytes += bytes;
      if (group.memoryBytes > group.memoryPeakBytes) group.memoryPeakBytes = group.memoryBytes;
    }
  }

  addCpu(ms: number): void {
    for (let group: ControlGroup | undefined = this; group; group = group.parent) group.cpuMs += ms;
  }

  addProcesses(count: number): void {
    for (let group: ControlGroup | undefined = this; group; group = group.parent) group.processCount += count;
  }

  /** Throws EAGAIN when one more process does not fit, here or above. */
  requireRoomForProcess(): void {
    for (let group: ControlGroup | undefined = this; group; group = group.parent) {
      if (group.processCount < (group.limits.pids ?? Number.POSITIVE_INFINITY)) continue;
      group.pidsMaxEvents += 1;
      throw new Errno('EAGAIN');
    }
  }

  /** The nearest group, from here upwards, that holds more memory than it may. */
  overMemoryLimit(): ControlGroup | undefined {
    for (let group: ControlGroup | undefined = this; group; group = group.parent) {
      if (group.memoryBytes > (group.limits.memoryBytes ?? Number.POSITIVE_INFINITY)) return group;
    }
    return undefined;
  }

  isWithin(ancestor: ControlGroup): boolean {
    for (let group: ControlGroup | undefined = this; group; group = group.parent) if (group === ancestor) return true;
    return false;
  }
}

/**
 * As runtimes convert cpu.shares of version 1 to cpu.weight since runc 1.3.2 and crun 1.23: 2 → 1, 1024 → 100, 262144 → 10000.
 * https://kubernetes.io/blog/2026/01/30/new-cgroup-v1-to-v2-cpu-conversion-formula/
 */
function weightOf(shares: number): number {
  if (shares <= 2) return 1;
  const log = Math.log2(Math.min(shares, 262_144));
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34) - 1e-9);
}

/** Processes per container unless its limit says otherwise, as a kubelet's podPidsLimit would set. */
const CONTAINER_PIDS = 1024;

/** The hierarchy of control groups of one host, by path. */
export class ControlGroups {
  readonly root: ControlGroup;

  constructor(hostPids: number) {
    this.root = new ControlGroup('', { pids: hostPids });
  }

  find(path: string): ControlGroup | undefined {
    return this.#walk(path, (group, name) => group.children.get(name));
  }

  /** Makes the group and those on the way; an existing one gets the new limits. */
  create(path: string, limits: CgroupLimits): ControlGroup {
    const group = this.#walk(path, (above, name) => above.children.get(name) ?? above.add(name))!;
    group.limits = { pids: CONTAINER_PIDS, ...limits };
    return group;
  }

  remove(group: ControlGroup): void {
    if (group.parent?.children.get(group.name) !== group) return;
    group.parent.delete(group.name);
    group.removed = true;
  }

  /** Goes from the root down the names of a path, as long as there is a next group. */
  #walk(path: string, next: (group: ControlGroup, name: string) => ControlGroup | undefined): ControlGroup | undefined {
    let group: ControlGroup | undefined = this.root;
    for (let at = 0; group !== undefined && at < path.length; ) {
      const slash = path.indexOf('/', at);
      const end = slash === -1 ? path.length : slash;
      if (end > at) group = next(group, path.slice(at, end));
      at = end + 1;
    }
    return group;
  }
}
