import type { Container, Pod } from '../api/kinds.ts';
import { type ContainerStatus, CriError } from '../containerd/cri.ts';
import type { Task } from '../sim/index.ts';
import { all, withTimeout } from './concurrent.ts';
import { type KubeletContext, podEvent } from './kubelet-context.ts';
import { runHook } from './lifecycle-hooks.ts';
import type { KillReason } from './pod-actions.ts';
import { containerFieldPath, findContainer, isRestartable } from './pod-format.ts';
import { latestStatus, type PodRuntimeStatus } from './runtime-cache.ts';

/** Every container is given at least this long, so that none is killed without a word. */
const MINIMUM_GRACE_SECONDS = 2;

const DEFAULT_GRACE_SECONDS = 30;

export interface KillOptions {
  /** The event's message; `Stopping container <name>` unless told. */
  readonly message?: string;
  readonly reason?: KillReason;
  /** Instead of what the Pod says. */
  readonly graceSeconds?: number;
}

/** How long a Pod's containers may take to end. */
export function graceSeconds(pod: Pod): number {
  return pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
}

function effectiveGrace(
  pod: Pod,
  container: Container | undefined,
  { reason, graceSeconds: override }: KillOptions,
): number {
  if (override !== undefined) return override;
  if (pod.metadata.deletionGracePeriodSeconds === undefined) {
    const probe =
      reason === 'liveness probe'
        ? container?.livenessProbe
        : reason === 'startup probe'
          ? container?.startupProbe
          : undefined;
    if (probe?.terminationGracePeriodSeconds !== undefined) return probe.terminationGracePeriodSeconds;
  }
  return graceSeconds(pod);
}

/**
 * Ends one container: preStop handler, stop signal, and KILL when the grace period, which the handler's time counts
 * towards, is over. After `kuberuntime_container.go` (`killContainer`).
 */
export function* killContainer(
  context: KubeletContext,
  pod: Pod,
  status: ContainerStatus,
  podIp: string | undefined,
  options: KillOptions = {},
): Task<void> {
  const { sim, runtime } = context;
  const { name } = status.metadata;
  const container = findContainer(pod, name);
  const fieldPath = containerFieldPath(pod, name);
  let grace = effectiveGrace(pod, container, options);
  podEvent(context, pod, 'Normal', 'Killing', options.message ?? `Stopping container ${name}`, fieldPath);
  const preStop = container?.lifecycle?.preStop;
  if (container !== undefined && preStop !== undefined && grace > 0) {
    const startedMs = sim.nowMs;
    const hook = runHook(context, container, status.id, preStop, podIp);
    const succeeded = yield* withTimeout(sim, 'preStop', hook, grace * 1000);
    if (succeeded === false) podEvent(context, pod, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', fieldPath);
    grace -= Math.floor((sim.nowMs - startedMs) / 1000);
  }
  try {
    yield* runtime.stopContainer(status.id, Math.max(grace, MINIMUM_GRACE_SECONDS));
  } catch (error) {
    if (!(error instanceof CriError) || error.code !== 'NotFound') throw error;
  }
}

/**
 * Ends everything of a Pod: the containers side by side, then the sidecars, the last one first, within what is left of
 * the grace period; then the sandboxes.
 * https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
 */
export function* killPod(
  context: KubeletContext,
  pod: Pod,
  runtimeStatus: PodRuntimeStatus,
  options: KillOptions = {},
): Task<void> {
  if (runtimeStatus.sandboxes.length === 0 && runtimeStatus.containers.size === 0) return;
  const { sim, runtime } = context;
  const startedMs = sim.nowMs;
  const podIp = runtimeStatus.sandboxes[0]?.ip;
  const sidecars = (pod.spec.initContainers ?? []).filter(isRestartable).map(({ name }) => name);
  const running = [...runtimeStatus.containers.values()].flatMap((attempts) =>
    attempts.filter(({ state }) => state === 'CONTAINER_RUNNING'),
  );
  const first = running.filter(({ metadata }) => !sidecars.includes(metadata.name));
  yield* all(
    sim,
    'kill pod',
    first.map((status) => quietly(killContainer(context, pod, status, podIp, options))),
  );
  for (const name of sidecars.toReversed()) {
    const status = latestStatus(runtimeStatus, name);
    if (status?.state !== 'CONTAINER_RUNNING') continue;
    const spent = Math.floor((sim.nowMs - startedMs) / 1000);
    const left = Math.max(0, (options.graceSeconds ?? graceSeconds(pod)) - spent);
    yield* quietly(killContainer(context, pod, status, podIp, { ...options, graceSeconds: left }));
  }
  for (const { id } of runtimeStatus.sandboxes) yield* runtime.stopPodSandbox(id);
}

/** A runtime that does not answer now is asked again by the next sync. */
function* quietly(task: Task<void>): Task<void> {
  try {
    yield* task;
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
  }
}

/** Removes what a Pod that is no more has in the runtime; whatever fails is left behind. */
export function* removeSandboxes({ cache, runtime }: KubeletContext, uid: string): Task<void> {
  try {
    for (const { id } of cache.status(uid).sandboxes) yield* runtime.removePodSandbox(id);
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
  }
}
