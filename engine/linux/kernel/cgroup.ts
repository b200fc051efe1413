import type { Cgroup, CgroupLimits } from '../host.ts';

/** A control group. What it holds is counted in its ancestors as well. */
export class ControlGroup implements Cgroup {
  readonly path: string;
  readonly parent: ControlGroup | undefined;
  readonly children = new Map<string, ControlGroup>();
  limits: CgroupLimits;
  memoryBytes = 0;
  cpuMs = 0;
  oomKills = 0;
  /** Processes in it and below. */
  processCount = 0;
  /** Processes in it and below that have not ended, zombies included, limited to this by default. */
  readonly defaultPids: number;

  constructor(path: string, limits: CgroupLimits, defaultPids: number, parent?: ControlGroup) {
    this.path = path;
    this.limits = limits;
    this.defaultPids = defaultPids;
    this.parent = parent;
  }

  addMemory(bytes: number): void {
    for (let group: ControlGroup | undefined = this; group; group = group.parent) group.memoryBytes += bytes;
  }

  addCpu(ms: number): void {
    for (let group: ControlGroup | undefined = this; group; group = group.parent) group.cpuMs += ms;
  }

  addProcesses(count: number): void {
    for (let group: ControlGroup | undefined = this; group; group = group.parent) group.processCount += count;
  }

  /** Whether one more process fits, here and above. */
  hasRoomForProcess(): boolean {
    for (let group: ControlGroup | undefined = this; group; group = group.parent) {
      if (group.processCount >= (group.limits.pids ?? group.defaultPids)) return false;
    }
    return true;
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

/** Processes per container unless its limit says otherwise, as a kubelet's podPidsLimit would set. */
const CONTAINER_PIDS = 1024;

/** The hierarchy of control groups of one host, by path. */
export class ControlGroups {
  readonly root: ControlGroup;

  constructor(hostPids: number) {
    this.root = new ControlGroup('/', {}, hostPids);
  }

  find(path: string): ControlGroup | undefined {
    let group: ControlGroup | undefined = this.root;
    for (const name of names(path)) group = group?.children.get(name);
    return group;
  }

  /** Makes the group and those on the way; an existing one gets the new limits. */
  create(path: string, limits: CgroupLimits): ControlGroup {
    let group = this.root;
    const parts = names(path);
    for (let i = 0; i < parts.length; i++) {
      let child = group.children.get(parts[i]!);
      if (child === undefined) {
        const childPath = `/${parts.slice(0, i + 1).join('/')}`;
        child = new ControlGroup(childPath, {}, Number.POSITIVE_INFINITY, group);
        group.children.set(parts[i]!, child);
      }
      group = child;
    }
    group.limits = { pids: CONTAINER_PIDS, ...limits };
    return group;
  }

  remove(group: ControlGroup): void {
    const name = names(group.path).at(-1);
    if (name !== undefined && group.parent?.children.get(name) === group) group.parent.children.delete(name);
  }
}

function names(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}
