import type { Container, Pod, Secret } from '../api/kinds.ts';
import { CriError } from '../containerd/cri.ts';
import type { Task } from '../sim/index.ts';
import { pullSecrets } from './image-credentials.ts';
import { grpcMessage, StartError } from './images.ts';
import { killContainer, killPod } from './kill-pod.ts';
import { type KubeletContext, podEvent } from './kubelet-context.ts';
import { computePodActions, type PodActions, type ProbeResults } from './pod-actions.ts';
import { prepareClaims } from './pod-claims.ts';
import { isHostNetwork } from './pod-format.ts';
import { MissingReference } from './referenced-objects.ts';
import { latestStatus, type PodRuntimeStatus } from './runtime-cache.ts';
import { planSandbox, SandboxConfigError, type SandboxPlan, tellOmissions } from './sandbox-config.ts';
import { checkBackOff, type StartSurroundings, startContainer } from './start-container.ts';
import type { MountedVolumes } from './volumes/volume.ts';

/** How long after an error a Pod is looked at again, stretched by up to a half. */
const RETRY_MS = 10_000;
/** The same when the error is a new one, so that what follows from it (a back-off) shows soon. */
const NEW_ERROR_RETRY_MS = 1000;

export interface SyncInputs {
  /** What there is of the Pod. */
  readonly runtime: PodRuntimeStatus;
  readonly probes: ProbeResults;
  readonly volumes: MountedVolumes;
  readonly allocatable: (resource: string) => number;
}

/**
 * Does what `computePodActions` decides. Returns when to look at the Pod again (virtual milliseconds) if something is
 * left to do. After `kuberuntime_manager.go` (`SyncPod`).
 *
 * @throws CriError Unavailable when the runtime does not answer.
 */
export function* syncPod(context: KubeletContext, pod: Pod, inputs: SyncInputs): Task<number | undefined> {
  const { runtime, probes } = inputs;
  const actions = computePodActions(pod, runtime, probes);
  const podIp = runtime.sandboxes[0]?.ip;
  if (actions.createSandbox && actions.sandboxId !== undefined) {
    podEvent(context, pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.');
  }
  if (actions.killPod) {
    yield* killPod(context, pod, runtime);
    if (!actions.createSandbox) return undefined;
  }
  for (const { id, message, reason } of actions.containersToKill) {
    yield* killContainer(context, pod, context.runtime.containerStatus(id), podIp, { message, reason });
  }
  const created = actions.createSandbox ? yield* createSandbox(context, pod, actions) : undefined;
  const sandboxId = actions.createSandbox ? created?.sandboxId : actions.sandboxId;
  if (sandboxId === undefined) return retryTime(context, RETRY_MS);
  if (!startsSomething(actions)) {
    yield* removeOld(context, runtime);
    return undefined;
  }
  const plan = created?.plan ?? planSandbox(context, pod, actions.attempt);
  // The real kubelet works it out again after a sandbox was made: what is odd about it is told twice.
  tellOmissions(context, pod, plan);
  const around: StartSurroundings = {
    context,
    pod,
    sandboxId,
    sandboxConfig: plan.config,
    podIp: isHostNetwork(pod) ? context.nodeAddress : context.runtime.podSandboxStatus(sandboxId).ip,
    volumes: inputs.volumes,
    pullSecrets: findPullSecrets(context, pod),
    allocatable: inputs.allocatable,
  };
  return yield* startAll(around, actions);
}

function startsSomething({
  containersToStart,
  initContainersToStart,
  ephemeralContainersToStart,
}: PodActions): boolean {
  return containersToStart.length + initContainersToStart.length + ephemeralContainersToStart.length > 0;
}

function findPullSecrets(context: KubeletContext, pod: Pod): readonly Secret[] {
  const { secrets, missing } = pullSecrets(context.objects, pod);
  if (missing.length > 0) {
    const names = missing.join(', ');
    const message = `Unable to retrieve some image pull secrets (${names}); attempting to pull the image may not succeed.`;
    podEvent(context, pod, 'Warning', 'FailedToRetrieveImagePullSecret', message);
  }
  return secrets;
}

interface CreatedSandbox {
  readonly sandboxId: string;
  readonly plan: SandboxPlan;
}

function* createSandbox(context: KubeletContext, pod: Pod, { attempt }: PodActions): Task<CreatedSandbox | undefined> {
  const unready = yield* prepareClaims(context, pod);
  if (unready !== undefined) {
    const message = `Failed to prepare dynamic resources: ${unready}`;
    podEvent(context, pod, 'Warning', 'FailedPrepareDynamicResources', message);
    return undefined;
  }
  try {
    const handler = context.objects.runtimeHandler(pod.spec.runtimeClassName);
    const plan = planSandbox(context, pod, attempt);
    tellOmissions(context, pod, plan);
    return { sandboxId: yield* context.runtime.runPodSandbox(plan.config, handler), plan };
  } catch (error) {
    const refused = error instanceof CriError && error.code !== 'Unavailable';
    if (!refused && !(error instanceof SandboxConfigError || error instanceof MissingReference)) throw error;
    const message = `Failed to create pod sandbox: ${refused ? grpcMessage(error) : error.message}`;
    podEvent(context, pod, 'Warning', 'FailedCreatePodSandBox', message);
    return undefined;
  }
}

function* startAll(around: StartSurroundings, actions: PodActions): Task<number | undefined> {
  const { context, pod } = around;
  const failures: string[] = [];
  let retryAtMs: number | undefined;
  for (const container of actions.ephemeralContainersToStart) {
    const at = yield* tryStart(around, container, failures);
    retryAtMs = earlier(retryAtMs, at);
  }
  const init = new Set(actions.initContainersToStart);
  for (const container of [...actions.initContainersToStart, ...actions.containersToStart]) {
    const at = yield* tryStart(around, container, failures);
    if (at === undefined) continue;
    retryAtMs = earlier(retryAtMs, at);
    // Init containers come one after the other.
    if (init.has(container)) break;
  }
  if (failures.length > 0) context.journal?.notSynced(pod, aggregate(failures));
  yield* removeOld(context, context.cache.status(pod.metadata.uid));
  return retryAtMs;
}

/** Several errors as one; each is told once. After `apimachinery/pkg/util/errors` (`aggregate.Error`). */
function aggregate(failures: readonly string[]): string {
  const each = [...new Set(failures)];
  return each.length === 1 ? each[0]! : `[${each.join(', ')}]`;
}

/** Of two times, if they are any. */
export function earlier(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

/** Starts a container. Returns when to try again (virtual milliseconds) if that failed, and adds why to `failures`. */
function* tryStart(around: StartSurroundings, container: Container, failures: string[]): Task<number | undefined> {
  const { context, pod } = around;
  const { uid } = pod.metadata;
  const latest = latestStatus(context.cache.status(uid), container.name);
  try {
    if (latest?.state === 'CONTAINER_EXITED') checkBackOff(context, pod, container, latest);
    const attempt = latest === undefined ? nextAttempt(pod, container) : latest.metadata.attempt + 1;
    yield* startContainer(around, container, attempt);
    context.waiting.clear(uid, container.name);
    return undefined;
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    const { reason, message, retryAtMs = Number.POSITIVE_INFINITY } = error;
    const isNew = context.waiting.get(uid, container.name) === undefined;
    context.waiting.set(uid, container.name, { reason, message });
    failures.push(`failed to "StartContainer" for "${container.name}" with ${reason}: ${JSON.stringify(message)}`);
    return Math.min(retryAtMs, retryTime(context, isNew ? NEW_ERROR_RETRY_MS : RETRY_MS));
  }
}

/** Where the runtime has forgotten earlier instances, the API may still know how many there were. */
function nextAttempt(pod: Pod, container: Container): number {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const known = statuses.find(({ name }) => name === container.name);
  return known?.containerID === undefined || known.containerID === '' ? 0 : known.restartCount + 1;
}

function retryTime({ sim, component }: KubeletContext, delayMs: number): number {
  return sim.nowMs + sim.random(`${component}/retry`).jitter(delayMs, 0.5);
}

/** Of each container the last dead instance is kept, for `kubectl logs --previous`; sandboxes go with their containers. */
function* removeOld({ runtime }: KubeletContext, { sandboxes, containers }: PodRuntimeStatus): Task<void> {
  for (const attempts of containers.values()) {
    for (let i = 2; i < attempts.length; i++) yield* runtime.removeContainer(attempts[i]!.id);
  }
  for (let i = 1; i < sandboxes.length; i++) {
    const { id } = sandboxes[i]!;
    const isUsed = [...containers.values()].some(
      ([latest, previous]) => id === latest?.podSandboxId || id === previous?.podSandboxId,
    );
    if (!isUsed) yield* runtime.removePodSandbox(id);
  }
}
