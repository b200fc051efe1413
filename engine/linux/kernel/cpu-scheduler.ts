import type { Simulation } from '../../sim/index.ts';
import type { CpuBandwidth } from './cpu-bandwidth.ts';

/** A group among which the CPUs are shared out: what the scheduler sees, and keeps, of a control group. */
export interface CpuGroup {
  readonly parent: CpuGroup | undefined;
  readonly bandwidth: CpuBandwidth | undefined;
  readonly weight: number;
  /** How far it is compared with its siblings. */
  virtualMs: number;
  /** How far the one is that was picked from it last. */
  leastVirtualMs: number;
  /** Jobs waiting in it and below. */
  queuedJobs: number;
  jobs: CpuJob[] | undefined;
  /** Children with jobs waiting. */
  busyChildren: Set<CpuGroup> | undefined;
}

/** Who computes. */
export interface CpuTask {
  readonly cgroup: CpuGroup;
  readonly nice: number;
  virtualMs: number;
}

/** Computing that a task has to wait for. */
export interface CpuJob {
  readonly task: CpuTask;
  readonly group: CpuGroup;
  readonly done: () => void;
  remainingMs: number;
  cancelled: boolean;
}

/** Longest turn while others wait for a CPU. */
const SLICE_MS = 20;

/** Weight of each nice level, from -20 on: one level is about a quarter more or less. */
const NICE_FACTOR = 1.25;

/**
 * Who may compute, and for how long: a fair scheduler over control groups. Each group and each task in it has a virtual
 * time that runs slower the more weight it has; whoever is furthest behind is next. A group that has used up its
 * `cpu.max` waits for the next period. https://docs.kernel.org/scheduler/sched-design-CFS.html
 *
 * Turns are as long as what the task owes, so the number of events depends on the number of CPUs and not on how many want one.
 */
export class CpuScheduler {
  readonly #sim: Simulation;
  readonly #label: string;
  readonly #root: CpuGroup;
  readonly #cpus: number;
  /** CPU milliseconds in a millisecond. */
  readonly #speed: number;
  readonly #waking = new Set<CpuGroup>();
  #running = 0;
  #queued = 0;
  #stopped = false;
  #load: readonly [number, number, number] = [0, 0, 0];
  #loadAtMs: number;

  constructor(sim: Simulation, label: string, root: CpuGroup, cpuMillis: number) {
    this.#sim = sim;
    this.#label = label;
    this.#root = root;
    this.#cpus = Math.max(1, Math.ceil(cpuMillis / 1000));
    this.#speed = cpuMillis / 1000 / this.#cpus;
    this.#loadAtMs = sim.nowMs;
  }

  /** Tasks that compute or wait for a CPU. */
  get active(): number {
    return this.#running + this.#queued;
  }

  /** The load averages over 1, 5 and 15 minutes. */
  get load(): readonly [number, number, number] {
    this.#ageLoad();
    return this.#load;
  }

  /** Calls `done` when the task has had so much CPU time. Returns a function that calls it off. */
  submit(task: CpuTask, ms: number, done: () => void): () => void {
    this.#ageLoad();
    const group = task.cgroup;
    const job: CpuJob = { task, group, done, remainingMs: ms, cancelled: false };
    task.virtualMs = Math.max(task.virtualMs, group.leastVirtualMs);
    this.#enqueue(job);
    this.#fill();
    return () => {
      if (job.cancelled) return;
      this.#ageLoad();
      job.cancelled = true;
      if (group.jobs?.includes(job)) this.#dequeue(job);
    };
  }

  /** The machine is switched off. */
  stop(): void {
    this.#stopped = true;
  }

  #enqueue(job: CpuJob): void {
    let group: CpuGroup = job.group;
    group.jobs ??= [];
    group.jobs.push(job);
    this.#queued += 1;
    for (;;) {
      group.queuedJobs += 1;
      const { parent } = group;
      if (parent === undefined) return;
      if (group.queuedJobs === 1) {
        // Having slept does not entitle it to all the time it has missed.
        group.virtualMs = Math.max(group.virtualMs, parent.leastVirtualMs);
        parent.busyChildren ??= new Set();
        parent.busyChildren.add(group);
      }
      group = parent;
    }
  }

  #dequeue(job: CpuJob): void {
    const { jobs } = job.group;
    jobs!.splice(jobs!.indexOf(job), 1);
    this.#queued -= 1;
    for (let group: CpuGroup | undefined = job.group; group; group = group.parent) {
      group.queuedJobs -= 1;
      if (group.queuedJobs === 0) group.parent?.busyChildren?.delete(group);
    }
  }

  /** Gives idle CPUs to whoever waits. */
  #fill(): void {
    while (this.#running < this.#cpus && this.#queued > 0) {
      const job = this.#pick(this.#root);
      if (job === undefined) return;
      this.#dequeue(job);
      this.#run(job);
    }
  }

  #pick(group: CpuGroup): CpuJob | undefined {
    if (this.#isThrottled(group)) return undefined;
    let passed: Set<CpuGroup> | undefined;
    for (;;) {
      let best: CpuJob | CpuGroup | undefined;
      let least = Number.POSITIVE_INFINITY;
      for (const job of group.jobs ?? []) {
        if (job.task.virtualMs < least) {
          best = job;
          least = job.task.virtualMs;
        }
      }
      for (const child of group.busyChildren ?? []) {
        if (child.virtualMs < least && !passed?.has(child)) {
          best = child;
          least = child.virtualMs;
        }
      }
      if (best === undefined) return undefined;
      const job = 'task' in best ? best : this.#pick(best);
      if (job !== undefined) {
        group.leastVirtualMs = Math.max(group.leastVirtualMs, least);
        return job;
      }
      passed ??= new Set();
      passed.add(best as CpuGroup);
    }
  }

  #isThrottled(group: CpuGroup): boolean {
    const { bandwidth } = group;
    const { nowMs } = this.#sim;
    if (bandwidth === undefined || bandwidth.remainingMs(nowMs) > 1e-6) return false;
    const nextMs = bandwidth.throttle(nowMs);
    if (!this.#waking.has(group)) {
      this.#waking.add(group);
      this.#sim.schedule(nextMs - nowMs, this.#label, () => {
        this.#waking.delete(group);
        if (!this.#stopped) this.#fill();
      });
    }
    return true;
  }

  #run(job: CpuJob): void {
    const { nowMs } = this.#sim;
    let ms = this.#queued > 0 ? Math.min(job.remainingMs, SLICE_MS) : job.remainingMs;
    for (let group: CpuGroup | undefined = job.group; group; group = group.parent) {
      if (group.bandwidth !== undefined) ms = Math.min(ms, group.bandwidth.remainingMs(nowMs));
    }
    for (let group: CpuGroup | undefined = job.group; group; group = group.parent) {
      group.bandwidth?.take(nowMs, ms);
      group.virtualMs += (ms * 100) / group.weight;
    }
    job.task.virtualMs += ms * NICE_FACTOR ** job.task.nice;
    this.#running += 1;
    this.#sim.schedule(ms / this.#speed, this.#label, () => {
      if (this.#stopped) return;
      this.#ageLoad();
      this.#running -= 1;
      job.remainingMs -= ms;
      if (job.cancelled || job.remainingMs > 1e-6) {
        if (!job.cancelled) this.#enqueue(job);
        this.#fill();
        return;
      }
      job.cancelled = true;
      job.done();
      // The task goes on first: if it computes on, it competes with those who wait already.
      if (this.#queued > 0) this.#sim.schedule(0, this.#label, () => this.#stopped || this.#fill());
    });
  }

  /** Before the number of active tasks changes: what it was has lasted since the last change. */
  #ageLoad(): void {
    const seconds = (this.#sim.nowMs - this.#loadAtMs) / 1000;
    if (seconds <= 0) return;
    this.#loadAtMs = this.#sim.nowMs;
    const { active } = this;
    const age = (load: number, minutes: number) => active + (load - active) * Math.exp(-seconds / 60 / minutes);
    const [one, five, fifteen] = this.#load;
    this.#load = [age(one, 1), age(five, 5), age(fifteen, 15)];
  }
}
