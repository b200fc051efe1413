import type { ControlGroup } from './cgroup.ts';
import type { TaskStruct } from './kernel.ts';
import { terminate } from './lifecycle.ts';

/** After a process took more memory: as long as a limit is exceeded, the largest process under it is killed. */
export function killForMemory(task: TaskStruct): void {
  for (;;) {
    const group = exceeded(task);
    if (group === undefined) return;
    const victim = largest(task, group);
    if (victim === undefined) return;
    // Counted where the victim lived: that is the container whose end it explains.
    victim.cgroup.oomKills += 1;
    const { kernel } = task;
    kernel.sim.record('process.oom', `${kernel.name}:${victim.hostPid}`, victim.argv[0] ?? '');
    terminate(victim, { kind: 'signaled', signal: 'KILL' });
    if (victim.fatal !== undefined) return; // It is the one running; its memory is free when it yields.
  }
}

function exceeded(task: TaskStruct): ControlGroup | undefined {
  const { root } = task.kernel.cgroups;
  return task.cgroup.overMemoryLimit() ?? (root.memoryBytes > task.kernel.memoryBytes ? root : undefined);
}

function largest(task: TaskStruct, group: ControlGroup): TaskStruct | undefined {
  let victim: TaskStruct | undefined;
  for (const candidate of task.kernel.tasks) {
    if (!candidate.alive || candidate === task.kernel.init || !candidate.cgroup.isWithin(group)) continue;
    if (victim === undefined || candidate.memoryBytes > victim.memoryBytes) victim = candidate;
  }
  return victim;
}
