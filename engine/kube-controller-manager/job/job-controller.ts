import { sameValue } from '../../api/copy-on-write.ts';
import type { Job, Pod } from '../../api/kinds.ts';
import { objectKey } from '../../api/object.ts';
import { jobs } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { Expectations } from '../expectations.ts';
import { OwnedPods } from '../owned-objects.ts';
import { inGrowingBatches, isNamespaceTerminating, PodControl } from '../pod-control.ts';
import { podsToDelete } from '../pods-to-delete.ts';
import { NEWS_TIMEOUT_MS, WrittenVersions } from '../written-versions.ts';
import { completionIndex, isIndexed, pendingIndexes, uselessPods } from './completion-indexes.ts';
import { failureCounts, indexWaitMs, limitsIndexes } from './index-failures.ts';
import { COMPLETED, deadlineLeftMs, isFinished, type Verdict, verdictOf } from './job-conditions.ts';
import { isManagedElsewhere, isTracked, jobPodTemplate, removeTracking, TRACKING_FINALIZER } from './job-pod.ts';
import {
  hasFailed,
  hasSucceeded,
  isSettled,
  type JobState,
  observeJob,
  waitsForTheEnd,
  wantedActive,
} from './job-state.ts';
import { countedStatus, type JobOutcome, notedStatus } from './job-status.ts';
import { OrphanedPods } from './orphaned-pods.ts';
import { PodBackoff } from './pod-backoff.ts';

const BURST = 500;
/** No more Pods are counted at a time: their uids stand in the status until it is done, and other Jobs wait. */
const MAX_UNCOUNTED = 500;
/** Changes of Pods are gathered for so long. */
const BATCH_MS = 1_000;

/**
 * Runs Pods until enough have succeeded, or too many have failed.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/, after `pkg/controller/job/job_controller.go`.
 */
export class JobController {
  readonly #sim: Simulation;
  readonly #jobClient: ResourceClient<Job>;
  readonly #pods: OwnedPods<Job>;
  readonly #jobs: Informer<Job>;
  readonly #recorder: EventRecorder;
  readonly #podControl: PodControl;
  readonly #expectations = new Expectations();
  readonly #backoff = new PodBackoff();
  /** By Job: uids of Pods whose finalizer was taken off, until the cache shows it. */
  readonly #counted = new Map<string, Set<string>>();
  readonly #written: WrittenVersions;
  readonly #controller: Controller;
  readonly #orphaned: OrphanedPods;

  constructor(context: ControllerContext) {
    const { sim, client, informers, recorder } = context;
    this.#sim = sim;
    this.#written = new WrittenVersions(sim);
    this.#jobClient = client.resource(jobs);
    this.#pods = new OwnedPods(context, jobs, { finalizer: TRACKING_FINALIZER });
    this.#jobs = informers.for(jobs);
    this.#recorder = recorder('job-controller');
    this.#podControl = new PodControl(this.#pods.client, this.#recorder);
    this.#controller = new Controller(sim, {
      name: 'job-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#pods.informer, this.#jobs],
    });
    this.#watch();
    this.#orphaned = new OrphanedPods(context);
  }

  start(): void {
    this.#controller.start();
    this.#orphaned.start();
  }

  stop(): void {
    this.#controller.stop();
    this.#orphaned.stop();
  }

  #reconcile(key: string): void {
    const job = this.#jobs.lister.byKey(key);
    if (job === undefined || isFinished(job) || isManagedElsewhere(job)) {
      this.#expectations.forget(key);
      this.#backoff.forget(key);
      this.#counted.delete(key);
      this.#written.forgetAll(key);
      return;
    }
    // A status that is behind would have Pods that are counted already made anew.
    if (this.#written.isAheadOf(key, [job])) {
      this.#controller.queue.addAfter(key, NEWS_TIMEOUT_MS);
      return;
    }
    // Observe …
    const { wallMs, nowMs } = this.#sim;
    const cacheIsCurrent = this.#expectations.areMet(key, nowMs);
    const claimed = this.#pods.claim(job);
    const state = observeJob(job, claimed, this.#countedOf(key, claimed));

    this.#backoff.note(key, state.newSucceeded, state.newFailed, wallMs);

    // … compare, act …
    let verdict = verdictOf(job, state, wallMs);
    let active = state.active.length;
    let error: unknown;
    try {
      if (verdict !== undefined) active -= this.#deleteActive(job, state.active);
      else if (cacheIsCurrent && job.metadata.deletionTimestamp === undefined) active = this.#resize(job, state);
    } catch (caught) {
      if (!(caught instanceof StatusError)) throw caught;
      error = caught;
    }
    if (error === undefined && verdict === undefined && hasSucceeded(job, state.succeeded, active)) {
      verdict = COMPLETED;
    }

    // … and report.
    const deleted = state.active.length - Math.min(active, state.active.length);
    this.#report(job, claimed, { state, active, terminating: state.terminating.length + deleted, verdict });
    const leftMs = verdict === undefined ? deadlineLeftMs(job, wallMs) : undefined;
    if (leftMs !== undefined) this.#controller.queue.addAfter(key, leftMs);
    if (error !== undefined) throw error;
  }

  /** Makes or deletes Pods; returns how many are active then. */
  #resize(job: Job, state: JobState): number {
    const key = objectKey(job);
    const { active } = state;
    if (job.spec.suspend === true) return active.length - this.#deletePods(job, active);
    const wanted = wantedActive(job, state);
    const surplus = this.#surplus(job, state, active.length - wanted).slice(0, BURST);
    if (surplus.length > 0) return active.length - this.#deletePods(job, surplus);

    const waiting = waitsForTheEnd(job.spec) ? state.terminating : [];
    const missing = Math.min(wanted - active.length - waiting.length, BURST);
    if (missing <= 0) return active.length;
    const waitMs = limitsIndexes(job) ? 0 : this.#backoff.remainingMs(key, this.#sim.wallMs);
    if (waitMs > 0) {
      this.#controller.queue.addAfter(key, waitMs);
      return active.length;
    }
    const indexes = isIndexed(job) ? this.#dueIndexes(job, state, [...active, ...waiting], missing) : undefined;
    return active.length + this.#createPods(job, indexes?.length ?? missing, indexes, state.lastFailed);
  }

  /** The next indexes; where failures are counted by index, without those that still wait after one. */
  #dueIndexes(job: Job, state: JobState, occupying: readonly Pod[], count: number): number[] {
    const pending = pendingIndexes(job, (index) => isSettled(state, index), occupying, count);
    if (!limitsIndexes(job)) return pending;
    return pending.filter((index) => {
      const waitMs = indexWaitMs(state.lastFailed.get(index), this.#sim.wallMs);
      if (waitMs > 0) this.#controller.queue.addAfter(objectKey(job), waitMs);
      return waitMs === 0;
    });
  }

  #surplus(job: Job, state: JobState, count: number): Pod[] {
    const { active } = state;
    const useless = isIndexed(job) ? uselessPods(job, active, (index) => isSettled(state, index)) : [];
    const rest = active.filter((pod) => !useless.includes(pod));
    const more = count - useless.length;
    return more <= 0 ? useless : [...useless, ...podsToDelete(rest, rest, more, this.#sim.wallMs)];
  }

  #createPods(
    job: Job,
    count: number,
    indexes: readonly number[] | undefined,
    lastFailed: JobState['lastFailed'],
  ): number {
    const key = objectKey(job);
    this.#expectations.expectCreations(key, count, this.#sim.nowMs);
    const { done, error } = inGrowingBatches(count, (i) => {
      const index = indexes?.[i];
      const { name } = job.metadata;
      const prefix = index === undefined ? `${name}-` : `${name}-${index}-`;
      const counts = limitsIndexes(job) ? failureCounts(job, lastFailed.get(index!)) : {};
      this.#podControl.create(job, jobPodTemplate(job, index, counts), prefix);
    });
    this.#expectations.creationSettled(key, count - done);
    if (error !== undefined && !isNamespaceTerminating(error)) throw error;
    return done;
  }

  /** Deletes Pods that are no longer wanted; they count neither as succeeded nor as failed. */
  #deletePods(job: Job, doomed: readonly Pod[]): number {
    const key = objectKey(job);
    const uids = doomed.map((pod) => pod.metadata.uid);
    if (uids.length > 0) this.#expectations.expectDeletions(key, uids, this.#sim.nowMs);
    let error: unknown;
    for (const pod of doomed) {
      try {
        this.#removeFinalizer(key, pod);
        if (this.#podControl.delete(job, pod)) continue;
      } catch (caught) {
        error = caught;
      }
      this.#expectations.deletionSettled(key, pod.metadata.uid);
    }
    if (error !== undefined) throw error;
    return doomed.length;
  }

  /** Ends a Job's Pods because the Job has ended; they keep their finalizer until counted as failed. */
  #deleteActive(job: Job, active: readonly Pod[]): number {
    for (const pod of active) this.#podControl.delete(job, pod);
    return active.length;
  }

  #report(job: Job, claimed: readonly Pod[], result: Omit<JobOutcome, 'leaving'>): void {
    const key = objectKey(job);
    const { wallMs } = this.#sim;
    const ready = claimed.filter((pod) => this.#mayGo(job, pod, result));
    const leaving = new Set(ready.slice(0, MAX_UNCOUNTED));
    // With some left to count nothing is final: the status that is written now brings the next reconcile.
    const verdict = ready.length > leaving.size ? undefined : result.verdict;
    const written = this.#writeStatus(job, notedStatus(job, { ...result, leaving }, wallMs));
    this.#tellSuspension(job, written);
    for (const pod of leaving) this.#removeFinalizer(key, pod);
    const final = this.#writeStatus(written, countedStatus(written.status ?? {}, verdict, wallMs));
    if (isFinished(final)) this.#tellEnd(final, verdict!);
  }

  /** Whether the finalizer has done its duty: the Pod has ended and is noted. */
  #mayGo(job: Job, pod: Pod, { verdict, state }: Omit<JobOutcome, 'leaving'>): boolean {
    if (!isTracked(pod) || this.#counted.get(objectKey(job))?.has(pod.metadata.uid) === true) return false;
    if (job.metadata.deletionTimestamp !== undefined || pod.status?.phase === 'Succeeded') return true;
    if (verdict !== undefined) {
      return verdict.target === 'FailureTarget' || hasFailed(job, pod) || pod.metadata.deletionTimestamp !== undefined;
    }
    const index = completionIndex(pod, job);
    return hasFailed(job, pod) && (index === undefined || state.lastFailed.get(index) !== pod);
  }

  #removeFinalizer(key: string, pod: Pod): void {
    const counted = this.#counted.get(key) ?? new Set();
    if (!isTracked(pod) || counted.has(pod.metadata.uid)) return;
    removeTracking(this.#pods.client, pod);
    this.#counted.set(key, counted.add(pod.metadata.uid));
  }

  /** Forgets what the cache shows by now. */
  #countedOf(key: string, claimed: readonly Pod[]): ReadonlySet<string> {
    const counted = this.#counted.get(key);
    if (counted === undefined) return new Set();
    const tracked = new Set(claimed.filter(isTracked).map((pod) => pod.metadata.uid));
    for (const uid of counted) if (!tracked.has(uid)) counted.delete(uid);
    return counted;
  }

  #writeStatus(job: Job, status: NonNullable<Job['status']>): Job {
    if (sameValue(status, job.status)) return job;
    const written = this.#jobClient.updateStatus({ ...job, status });
    this.#written.note(objectKey(job), written);
    return written;
  }

  #tellSuspension(before: Job, after: Job): void {
    const suspension = ({ status }: Job) => status?.conditions?.find(({ type }) => type === 'Suspended')?.status;
    if (suspension(before) === suspension(after)) return;
    const [reason, message] =
      suspension(after) === 'True' ? ['Suspended', 'Job suspended'] : ['Resumed', 'Job resumed'];
    this.#recorder.event(after, 'Normal', reason!, message!);
  }

  #tellEnd(job: Job, { target, reason = '', message = '' }: Verdict): void {
    if (target !== 'SuccessCriteriaMet') {
      this.#recorder.event(job, 'Warning', reason, message);
      return;
    }
    if ((job.status?.succeeded ?? 0) > (job.spec.completions ?? Number.POSITIVE_INFINITY)) {
      const tooMany = 'Too many succeeded pods running after completion count reached';
      this.#recorder.event(job, 'Warning', 'TooManySucceededPods', tooMany);
    }
    this.#recorder.event(job, 'Normal', 'Completed', 'Job completed');
  }

  #watch(): void {
    this.#controller.watch(this.#jobs);
    this.#jobs.addHandlers({
      delete: (job) => {
        // Another of its name may be there already.
        this.#written.forget(objectKey(job), job);
        this.#controller.enqueue(job);
      },
    });
    this.#pods.follow((job, pod, happening) => {
      const key = objectKey(job);
      this.#expectations.observe(key, pod.metadata.uid, happening);
      this.#controller.queue.addAfter(key, BATCH_MS);
    });
  }
}
