import { parseCronSchedule } from '../../api/batch/cron-schedule.ts';
import { sameValue } from '../../api/copy-on-write.ts';
import type { CronJob, Job } from '../../api/kinds.ts';
import { controllerOf, objectKey } from '../../api/object.ts';
import { cronJobs, jobs } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { timestamp } from '../../api/timestamp.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder, EventType } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { controlledBy, indexByController } from '../owner-index.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { finishOf, jobFromTemplate, jobName, jobReference, surplusJobs } from './cron-job-jobs.ts';
import { missedTimes, type ReadSchedule, type ScheduledTimes, untilNextMs } from './schedule-times.ts';
import { ZoneOffset } from './zone-offset.ts';

type Status = NonNullable<CronJob['status']>;
/** So many schedules are kept parsed. */
const MAX_TIMES = 1_000;

type ActiveJobs = NonNullable<Status['active']>;

/**
 * Makes Jobs at the times of a schedule.
 * https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/, after
 * `pkg/controller/cronjob/cronjob_controllerv2.go`.
 */
export class CronJobController {
  readonly #sim: Simulation;
  readonly #cronJobClient: ResourceClient<CronJob>;
  readonly #jobClient: ResourceClient<Job>;
  readonly #cronJobs: Informer<CronJob>;
  readonly #jobs: Informer<Job>;
  readonly #recorder: EventRecorder;
  /** By schedule and time zone: parsing costs more than all the rest. */
  readonly #times = new Map<string, ScheduledTimes>();
  readonly #readSchedule: ReadSchedule;
  readonly #controller: Controller;

  constructor({ sim, client, informers, recorder, readSchedule }: ControllerContext) {
    this.#sim = sim;
    this.#readSchedule = readSchedule;
    this.#cronJobClient = client.resource(cronJobs);
    this.#jobClient = client.resource(jobs);
    this.#cronJobs = informers.for(cronJobs);
    this.#jobs = informers.for(jobs);
    this.#recorder = recorder('cronjob-controller');
    this.#controller = new Controller(sim, {
      name: 'cronjob-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#cronJobs, this.#jobs],
    });
    indexByController(this.#jobs);
    this.#controller.watch(this.#cronJobs);
    const jobChanged = (job: Job) => this.#jobChanged(job);
    this.#jobs.addHandlers({ add: jobChanged, update: (_, job) => jobChanged(job), delete: jobChanged });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(key: string): void {
    const cronJob = this.#cronJobs.lister.byKey(key);
    if (cronJob === undefined) return;
    // Observe …
    const owned = controlledBy(this.#jobs, cronJob);
    let status = this.#withoutEnded(cronJob, owned);

    // … compare with the schedule, act …
    let error: unknown;
    try {
      if (cronJob.metadata.deletionTimestamp === undefined) status = this.#schedule(cronJob, status);
    } catch (caught) {
      error = caught;
    }
    for (const job of surplusJobs(cronJob, owned)) status = this.#delete(cronJob, status, job.metadata.name);

    // … and report.
    if (!sameValue(status, cronJob.status)) this.#cronJobClient.updateStatus({ ...cronJob, status });
    if (error !== undefined) throw error;
  }

  /** The status with those Jobs taken off the list that have ended or gone missing. */
  #withoutEnded(cronJob: CronJob, owned: readonly Job[]): Status {
    let status: Status = cronJob.status ?? {};
    for (const job of owned) {
      const finish = finishOf(job);
      const isListed = status.active?.some(({ uid }) => uid === job.metadata.uid) === true;
      const { name } = job.metadata;
      if (!isListed && finish === undefined) {
        // The list may have been written, or the Job deleted, and the cache not show it yet.
        if (this.#latestLists(cronJob, job.metadata.uid) || !this.#exists(cronJob, name)) continue;
        const message = `Saw a job that the controller did not create or forgot: ${name}`;
        this.#tell(cronJob, 'Warning', 'UnexpectedJob', message);
      } else if (isListed && finish !== undefined) {
        status = withoutActive(status, ({ uid }) => uid === job.metadata.uid);
        this.#tell(cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${finish}`);
      }
      const ended = finish === 'Complete' ? job.status?.completionTime : undefined;
      if (ended && ended > (status.lastSuccessfulTime ?? '')) status = { ...status, lastSuccessfulTime: ended };
    }
    for (const { name = '', uid } of status.active ?? []) {
      if (owned.some(({ metadata }) => metadata.uid === uid) || this.#exists(cronJob, name)) continue;
      status = withoutActive(status, (active) => active.uid === uid);
      // Deleted by ourselves, and the cached list is an old one.
      if (!this.#latestLists(cronJob, uid)) continue;
      this.#tell(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
    }
    return status;
  }

  /** Starts the Job that is due, if one is, and arranges for the next. */
  #schedule(cronJob: CronJob, status: Status): Status {
    const times = this.#timesOf(cronJob);
    if (times === undefined || cronJob.spec.suspend === true) return status;
    const { wallMs } = this.#sim;
    const observed = { ...cronJob, status };
    const { mostRecentMs, missed } = missedTimes(observed, times, wallMs, true);
    if (mostRecentMs !== undefined && missed === 'many') {
      const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      this.#tell(cronJob, 'Warning', 'TooManyMissedTimes', `too many missed start times. ${advice}`);
    }
    const next = mostRecentMs === undefined ? status : this.#startIfAllowed(cronJob, status, mostRecentMs);
    const delayMs = untilNextMs({ ...cronJob, status: next }, times, wallMs);
    if (delayMs !== undefined) this.#controller.queue.addAfter(objectKey(cronJob), delayMs);
    return next;
  }

  #startIfAllowed(cronJob: CronJob, status: Status, scheduledMs: number): Status {
    const { spec } = cronJob;
    const deadlineMs = (spec.startingDeadlineSeconds ?? Number.POSITIVE_INFINITY) * 1_000;
    if (scheduledMs + deadlineMs < this.#sim.wallMs) {
      const message = `Missed scheduled time to start a job: ${rfc1123(scheduledMs)}`;
      this.#tell(cronJob, 'Warning', 'MissSchedule', message);
      return status;
    }
    const name = jobName(cronJob, scheduledMs);
    const active: ActiveJobs = status.active ?? [];
    if (active.some((job) => job.name === name) || status.lastScheduleTime === timestamp(scheduledMs)) return status;
    if (spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
      const message = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      this.#tell(cronJob, 'Normal', 'JobAlreadyActive', message);
      return status;
    }
    let next = status;
    if (spec.concurrencyPolicy === 'Replace') {
      for (const job of active) next = this.#delete(cronJob, next, job.name!);
    }
    return this.#start(cronJob, next, scheduledMs);
  }

  #start(cronJob: CronJob, status: Status, scheduledMs: number): Status {
    const job = this.#create(cronJob, scheduledMs);
    if (job === undefined) return status;
    const lastScheduleTime = timestamp(scheduledMs);
    if (finishOf(job) !== undefined) return { ...status, lastScheduleTime };
    return { ...status, lastScheduleTime, active: [...(status.active ?? []), jobReference(job)] };
  }

  /** The Job, also when it was made before and the status could not be written. */
  #create(cronJob: CronJob, scheduledMs: number): Job | undefined {
    const offsetMs = new ZoneOffset(cronJob.spec.timeZone ?? 'UTC').at(scheduledMs);
    try {
      const job = this.#jobClient.create(jobFromTemplate(cronJob, scheduledMs, offsetMs));
      this.#tell(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`);
      return job;
    } catch (error) {
      if (!(error instanceof StatusError) || isNamespaceTerminating(error)) throw error;
      if (error.reason === 'AlreadyExists') {
        const job = this.#jobClient.get(jobName(cronJob, scheduledMs), cronJob.metadata.namespace);
        if (controllerOf(job)?.uid === cronJob.metadata.uid) return job;
      }
      this.#tell(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${error.message}`);
      throw error;
    }
  }

  #delete(cronJob: CronJob, status: Status, name: string): Status {
    try {
      this.#jobClient.delete(name, cronJob.metadata.namespace, { propagationPolicy: 'Background' });
      this.#tell(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.code !== 404) {
        this.#tell(cronJob, 'Warning', 'FailedDelete', `Deleted job: ${error.message}`);
        throw error;
      }
    }
    return withoutActive(status, (job) => job.name === name);
  }

  /** Undefined, and told, where the spec makes no sense: it may have been valid when it was written. */
  #timesOf(cronJob: CronJob): ScheduledTimes | undefined {
    const { schedule, timeZone } = cronJob.spec;
    const key = `${schedule} ${timeZone ?? ''}`;
    const known = this.#times.get(key);
    if (known !== undefined) return known;
    try {
      const parsed = parseCronSchedule(schedule);
      try {
        const times = this.#readSchedule(parsed, timeZone);
        if (this.#times.size >= MAX_TIMES) this.#times.clear();
        this.#times.set(key, times);
        return times;
      } catch {
        const message = `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone}`;
        this.#tell(cronJob, 'Warning', 'UnknownTimeZone', message);
      }
    } catch (error) {
      const message = `unparseable schedule: ${JSON.stringify(schedule)} : ${(error as Error).message}`;
      this.#tell(cronJob, 'Warning', 'UnparseableSchedule', message);
    }
    return undefined;
  }

  #latestLists({ metadata }: CronJob, uid: string | undefined): boolean {
    const latest = this.#cronJobClient.get(metadata.name, metadata.namespace);
    return latest.status?.active?.some((job) => job.uid === uid) === true;
  }

  #exists({ metadata }: CronJob, name: string): boolean {
    return unlessGone(() => this.#jobClient.get(name, metadata.namespace)) !== undefined;
  }

  #tell(cronJob: CronJob, type: EventType, reason: string, message: string): void {
    this.#recorder.event(cronJob, type, reason, message);
  }

  #jobChanged(job: Job): void {
    const reference = controllerOf(job);
    if (reference?.kind !== 'CronJob') return;
    const cronJob = this.#cronJobs.lister.get(reference.name, job.metadata.namespace);
    if (cronJob?.metadata.uid === reference.uid) this.#controller.enqueueKey(objectKey(cronJob), job);
  }
}

function withoutActive(status: Status, isGone: (job: ActiveJobs[number]) => boolean): Status {
  const active = (status.active ?? []).filter((job) => !isGone(job));
  if (active.length === (status.active ?? []).length) return status;
  const { active: _, ...rest } = status;
  return active.length === 0 ? rest : { ...rest, active };
}

/** As Go's RFC1123Z: `Mon, 12 Jan 2026 09:00:00 +0000`. */
function rfc1123(ms: number): string {
  return new Date(ms).toUTCString().replace('GMT', '+0000');
}
