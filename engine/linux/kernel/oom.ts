import type { ControlGroup } from './cgroup.ts';
import type { Kernel, TaskStruct } from './kernel.ts';
import { terminate } from './lifecycle.ts';

// Out of memory. https://docs.kernel.org/admin-guide/cgroup-v2.html#memory

/** After a process took more memory: as long as a limit is exceeded, somebody under it is killed. */
export function killForMemory(task: TaskStruct): void {
  killWhile(task.kernel, () => exceeded(task.kernel, task.cgroup));
}

/** After a limit was lowered. */
export function killExcess(kernel: Kernel, group: ControlGroup): void {
  killWhile(kernel, () =>
    group.memoryBytes > (group.limits.memoryBytes ?? Number.POSITIVE_INFINITY) ? group : undefined,
  );
}

function killWhile(kernel: Kernel, over: () => ControlGroup | undefined): void {
  for (;;) {
    const group = over();
    if (group === undefined) return;
    group.memoryMaxEvents += 1;
    const victim = worst(kernel, group);
    if (victim === undefined) return;
    group.oomEvents += 1;
    const together = groupKilledTogether(victim, group);
    const victims = together === undefined ? [victim] : [...kernel.tasks].filter((task) => isVictim(task, together));
    let running = false;
    for (const each of victims) {
      kill(each);
      running ||= each.fatal !== undefined; // It is the one running; its memory is free when it yields.
    }
    if (running) return;
  }
}

function kill(victim: TaskStruct): void {
  const { kernel } = victim;
  // Counted where the victim lived: that is the container whose end it explains.
  victim.cgroup.oomKills += 1;
  kernel.sim.record('process.oom', `${kernel.name}:${victim.hostPid}`, victim.argv[0] ?? '');
  kernel.log.add(report(victim), 3);
  terminate(victim, { kind: 'signaled', signal: 'KILL' });
}

/** What `dmesg` shows of it. */
function report(victim: TaskStruct): string {
  const scope = victim.cgroup.overMemoryLimit() === undefined ? 'Out of memory' : 'Memory cgroup out of memory';
  const kilobytes = (bytes: number) => `${Math.floor(bytes / 1024)}kB`;
  const name = (victim.executable ?? victim.argv[0] ?? '').split('/').at(-1)!.slice(0, 15);
  return (
    `${scope}: Killed process ${victim.hostPid} (${name}) total-vm:${kilobytes(2 * victim.memoryBytes)}, ` +
    `anon-rss:${kilobytes(victim.memoryBytes)}, file-rss:0kB, shmem-rss:0kB, UID:${victim.credentials.uid} ` +
    `pgtables:${kilobytes(Math.max(4096, victim.memoryBytes / 512))} oom_score_adj:${victim.oomScoreAdj}`
  );
}

function exceeded(kernel: Kernel, cgroup: ControlGroup): ControlGroup | undefined {
  const { root } = kernel.cgroups;
  return cgroup.overMemoryLimit() ?? (root.memoryBytes > kernel.memoryBytes ? root : undefined);
}

/** The topmost group, up to the one that is out of memory, whose processes die together. */
function groupKilledTogether(victim: TaskStruct, limit: ControlGroup): ControlGroup | undefined {
  let found: ControlGroup | undefined;
  for (let group: ControlGroup | undefined = victim.cgroup; group !== undefined; group = group.parent) {
    if (group.limits.oomGroup) found = group;
    if (group === limit) break;
  }
  return found;
}

function isVictim(task: TaskStruct, group: ControlGroup): boolean {
  if (!task.alive || task.fatal !== undefined || task === task.kernel.init || task.oomScoreAdj === -1000) return false;
  return task.cgroup.isWithin(group);
}

function worst(kernel: Kernel, group: ControlGroup): TaskStruct | undefined {
  let victim: TaskStruct | undefined;
  let most = Number.NEGATIVE_INFINITY;
  for (const candidate of kernel.tasks) {
    if (!isVictim(candidate, group)) continue;
    const points = badness(candidate);
    if (points > most) {
      victim = candidate;
      most = points;
    }
  }
  return victim;
}

/** What it holds, and a thousandth of the machine's memory for each point of its adjustment. */
function badness(task: TaskStruct): number {
  return task.memoryBytes + (task.oomScoreAdj * task.kernel.memoryBytes) / 1000;
}

/** /proc/<pid>/oom_score: 0 for whoever is never killed, up to 2000. */
export function oomScore(task: TaskStruct): number {
  if (task.oomScoreAdj === -1000) return 0;
  const share = (1000 * badness(task)) / task.kernel.memoryBytes;
  return Math.max(0, Math.floor(((1000 + share) * 2) / 3));
}
