import { fieldAt, numberAt, stringAt, type Unstructured } from '../../kubectl/unstructured.ts';
import type { Task } from '../../sim/index.ts';
import { HelmError } from '../helm-error.ts';
import type { HelmRun } from '../run.ts';
import type { ReleaseObject, ReleaseObjects } from './objects.ts';

/** How often it looks. */
const EVERY_MS = 2000;

/** Waits until all objects are ready. @throws HelmError when that takes longer than the time-out */
export function* waitUntilReady(
  run: HelmRun,
  objects: ReleaseObjects,
  targets: readonly ReleaseObject[],
  timeoutMs: number,
  jobs: boolean,
): Task<void> {
  const deadlineMs = run.process.now() + timeoutMs;
  yield* run.streams.flush();
  for (const target of targets) {
    for (;;) {
      const live = yield* objects.read(target);
      if (live !== undefined && isReady(live, jobs)) break;
      if (run.process.now() >= deadlineMs) throw new HelmError('context deadline exceeded');
      yield* run.process.sleep(Math.min(EVERY_MS, Math.max(1, deadlineMs - run.process.now())));
    }
  }
}

/** Waits until none of the objects is there any more. @throws HelmError when that takes longer than the time-out */
export function* waitUntilDeleted(
  run: HelmRun,
  objects: ReleaseObjects,
  targets: readonly ReleaseObject[],
  timeoutMs: number,
): Task<void> {
  const deadlineMs = run.process.now() + timeoutMs;
  yield* run.streams.flush();
  for (const target of targets) {
    while ((yield* objects.read(target)) !== undefined) {
      if (run.process.now() >= deadlineMs) throw new HelmError('context deadline exceeded');
      yield* run.process.sleep(EVERY_MS);
    }
  }
}

/** After helm/helm pkg/kube/ready.go. */
function isReady(live: Unstructured, jobs: boolean): boolean {
  const status = (field: string) => numberAt(live, 'status', field) ?? 0;
  const observed = status('observedGeneration') >= (live.metadata.generation ?? 0);
  const wanted = numberAt(live, 'spec', 'replicas') ?? 1;
  switch (live.kind) {
    case 'Deployment':
      // The real one asks the new ReplicaSet how many are ready: those of the old ones do not count.
      return (
        observed &&
        status('updatedReplicas') >= wanted &&
        status('replicas') <= status('updatedReplicas') &&
        status('availableReplicas') >= wanted - mayLack(live, wanted)
      );
    case 'StatefulSet':
      return (
        observed &&
        status('readyReplicas') >= wanted &&
        fieldAt(live, 'status', 'updateRevision') === fieldAt(live, 'status', 'currentRevision')
      );
    case 'DaemonSet':
      return (
        observed &&
        status('updatedNumberScheduled') >= status('desiredNumberScheduled') &&
        status('numberReady') >= status('desiredNumberScheduled')
      );
    case 'ReplicaSet':
    case 'ReplicationController':
      return status('readyReplicas') >= wanted;
    case 'Pod':
      return hasCondition(live, 'Ready');
    case 'PersistentVolumeClaim':
      return stringAt(live, 'status', 'phase') === 'Bound';
    case 'Service':
      return (
        stringAt(live, 'spec', 'type') !== 'LoadBalancer' ||
        fieldAt(live, 'status', 'loadBalancer', 'ingress') !== undefined
      );
    case 'CustomResourceDefinition':
      return hasCondition(live, 'Established');
    case 'Job':
      return !jobs || hasCondition(live, 'Complete');
    default:
      return true;
  }
}

/** How many Pods a rolling update may be short of. */
function mayLack(live: Unstructured, wanted: number): number {
  if (stringAt(live, 'spec', 'strategy', 'type') !== 'RollingUpdate') return 0;
  const given = fieldAt(live, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable');
  const number = typeof given === 'number' ? given : Math.floor((Number.parseInt(String(given), 10) / 100) * wanted);
  return Math.min(number || 0, wanted);
}

function hasCondition(live: unknown, type: string): boolean {
  const conditions = fieldAt(live, 'status', 'conditions');
  return (
    Array.isArray(conditions) &&
    conditions.some((one) => stringAt(one, 'type') === type && stringAt(one, 'status') === 'True')
  );
}

/** Waits for a hook's Job or Pod to end well; other kinds have no end. @throws HelmError */
export function* waitForEnd(
  run: HelmRun,
  objects: ReleaseObjects,
  target: ReleaseObject,
  timeoutMs: number,
): Task<void> {
  const { kind } = target.resource;
  if (kind !== 'Job' && kind !== 'Pod') return;
  const deadlineMs = run.process.now() + timeoutMs;
  yield* run.streams.flush();
  for (;;) {
    const live = yield* objects.read(target);
    const phase = stringAt(live, 'status', 'phase');
    if (hasCondition(live, 'Complete') || phase === 'Succeeded') return;
    if (hasCondition(live, 'Failed')) throw new HelmError(`job ${target.name} failed: ${failureOf(live)}`);
    if (phase === 'Failed') throw new HelmError(`pod ${target.name} failed`);
    if (run.process.now() >= deadlineMs) throw new HelmError('timed out waiting for the condition');
    yield* run.process.sleep(EVERY_MS);
  }
}

function failureOf(live: unknown): string {
  const conditions = fieldAt(live, 'status', 'conditions');
  const failed = Array.isArray(conditions) ? conditions.find((one) => stringAt(one, 'type') === 'Failed') : undefined;
  return stringAt(failed, 'reason');
}
