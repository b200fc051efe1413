import type { Container, Pod, Secret, Service } from '../api/kinds.ts';
import { type ContainerStatus, CriError, type PodSandboxConfig } from '../containerd/cri.ts';
import type { Task } from '../sim/index.ts';
import { containerConfig, withSeccompDefault } from './container-config.ts';
import { DeviceError, type DeviceRunOptions, NO_DEVICES } from './devices.ts';
import { DynamicResourcesError } from './dynamic-resources.ts';
import { makeEnvironment } from './environment.ts';
import { ensureImage, StartError } from './images.ts';
import { killContainer } from './kill-pod.ts';
import { type KubeletContext, podEvent } from './kubelet-context.ts';
import { runHook } from './lifecycle-hooks.ts';
import { isStaticPod } from './mirror-pods.ts';
import { containerHash } from './pod-actions.ts';
import { withClaims } from './pod-claims.ts';
import { containerFieldPath, type EphemeralContainer, formatPod, formatSeconds } from './pod-format.ts';
import { latestStatus } from './runtime-cache.ts';
import type { MountedVolumes } from './volumes/volume.ts';
import { withVolumeGroups } from './volumes/volume-groups.ts';

/** What containers of one Pod are started with. */
export interface StartSurroundings {
  readonly context: KubeletContext;
  readonly pod: Pod;
  readonly sandboxId: string;
  readonly sandboxConfig: PodSandboxConfig;
  readonly podIp: string | undefined;
  readonly volumes: MountedVolumes;
  readonly pullSecrets: readonly Secret[];
  readonly allocatable: (resource: string) => number;
}

/**
 * A container that ended lately is not started again at once.
 *
 * @throws StartError CrashLoopBackOff
 */
export function checkBackOff(context: KubeletContext, pod: Pod, container: Container, latest: ContainerStatus): void {
  const { sim, containerBackOff } = context;
  const key = `${pod.metadata.uid}/${containerHash(container)}`;
  const finishedMs = latest.finishedAtMs - sim.epochMs;
  const untilMs = containerBackOff.pausedUntil(key, finishedMs, sim.nowMs);
  if (untilMs === undefined) {
    containerBackOff.next(key, finishedMs, sim.nowMs);
    return;
  }
  const { name } = container;
  const about = `failed container ${name} in pod ${formatPod(pod)}`;
  podEvent(context, pod, 'Warning', 'BackOff', `Back-off restarting ${about}`, containerFieldPath(pod, name));
  const delay = formatSeconds(containerBackOff.delayMs(key));
  const message = `back-off ${delay} restarting failed container=${name} pod=${formatPod(pod)}`;
  throw new StartError('CrashLoopBackOff', message, untilMs);
}

/**
 * Pulls the image, creates the container, starts it and runs its postStart handler.
 * After `kuberuntime_container.go` (`startContainer`).
 *
 * @throws StartError when that fails; the events have been reported.
 */
export function* startContainer(around: StartSurroundings, container: Container, attempt: number): Task<void> {
  const { context, pod, sandboxId, sandboxConfig } = around;
  const { runtime } = context;
  const fieldPath = containerFieldPath(pod, container.name);
  const failed = (message: string): void => podEvent(context, pod, 'Warning', 'Failed', `Error: ${message}`, fieldPath);
  let id: string;
  try {
    yield* ensureVolumes(around, container);
    const image = yield* ensureImage(context, pod, container, around.pullSecrets);
    verifyNonRoot(context, pod, container, image);
    const devices = yield* deviceOptions(context, pod, container);
    const config = withSeccompDefault(makeConfig(around, container, image, attempt, devices), context.seccompDefault);
    noteDevices(context, pod, container, devices);
    id = yield* create(runtime.createContainer(sandboxId, config, sandboxConfig));
  } catch (error) {
    if (error instanceof StartError) failed(error.reason.includes('Image') ? error.reason : error.message);
    throw error;
  }
  context.cache.addContainer(pod.metadata.uid, id);
  podEvent(context, pod, 'Normal', 'Created', 'Container created', fieldPath);
  try {
    yield* runtime.startContainer(id);
  } catch (error) {
    if (!(error instanceof CriError) || error.code === 'Unavailable') throw error;
    failed(error.message);
    throw new StartError('RunContainerError', error.message);
  }
  podEvent(context, pod, 'Normal', 'Started', 'Container started', fieldPath);
  const postStart = container.lifecycle?.postStart;
  if (postStart === undefined) return;
  if (yield* runHook(context, container, id, postStart, around.podIp)) return;
  podEvent(context, pod, 'Warning', 'FailedPostStartHook', 'PostStartHook failed', fieldPath);
  yield* killContainer(context, pod, runtime.containerStatus(id), around.podIp, { message: 'FailedPostStartHook' });
  throw new StartError('PostStartHookError', 'PostStartHook failed');
}

/** Pulls the images that are a container's volumes. Throws StartError. */
function* ensureVolumes({ context, pod, volumes, pullSecrets }: StartSurroundings, container: Container): Task<void> {
  for (const { name } of container.volumeMounts ?? []) {
    const image = volumes.get(name)?.image;
    if (image === undefined) continue;
    const { reference, pullPolicy } = image;
    const pulled = { name: container.name, image: reference, imagePullPolicy: pullPolicy, isVolume: true };
    yield* ensureImage(context, pod, pulled, pullSecrets);
  }
}

/** What the runtime is asked for because of devices is part of the story that the trace tells of them. */
function noteDevices(
  { sim, nodeName }: KubeletContext,
  pod: Pod,
  { name }: Container,
  options: DeviceRunOptions,
): void {
  if (options === NO_DEVICES) return;
  const asked = { pod: formatPod(pod), container: name, ...options };
  const way = `kubelet@${nodeName} -> containerd`;
  sim.record('cri.call', 'runtime.v1.RuntimeService/CreateContainer', `${way} ${JSON.stringify(asked)}`);
}

function* deviceOptions(context: KubeletContext, pod: Pod, container: Container): Task<DeviceRunOptions> {
  try {
    return withClaims(context, pod, container, yield* context.devices.runOptions(pod, container));
  } catch (error) {
    if (error instanceof DeviceError || error instanceof DynamicResourcesError)
      throw new StartError('CreateContainerConfigError', error.message);
    throw error;
  }
}

function makeConfig(
  around: StartSurroundings,
  container: Container,
  image: string,
  attempt: number,
  devices: DeviceRunOptions,
) {
  const { context, pod, podIp, volumes, allocatable } = around;
  const facts = { nodeName: context.nodeName, hostIp: context.nodeAddress, podIp: podIp ?? context.nodeAddress };
  const { root, objects } = context;
  const services = knownServices(context, pod);
  const env = makeEnvironment({ root, objects, volumes, services, facts, allocatable }, pod, container);
  const targetId = targetOf(context, pod, container);
  const { capacityBytes, clusterDns } = context;
  const clusterDomain = clusterDns?.domain ?? 'cluster.local';
  const surroundings = { root, volumes, env, podIp, image, attempt, targetId, capacityBytes, clusterDomain, devices };
  return withVolumeGroups(containerConfig(pod, container, surroundings), surroundings.volumes);
}

/** https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/ */
function targetOf({ cache }: KubeletContext, pod: Pod, container: EphemeralContainer): string | undefined {
  const { targetContainerName: name = '' } = container;
  if (name === '') return undefined;
  const target = latestStatus(cache.status(pod.metadata.uid), name);
  if (target?.state === 'CONTAINER_RUNNING') return target.id;
  throw new StartError('CreateContainerConfigError', `unable to find target container ${name}`);
}

/** A static Pod may be what the API server comes up from: it starts before any Service is known. */
function knownServices({ root, services }: KubeletContext, pod: Pod): readonly Service[] {
  if (root === undefined || isStaticPod(pod)) return [];
  if (services.hasSynced) return services.lister.list();
  const message = 'services have not yet been read at least once, cannot construct envs';
  throw new StartError('CreateContainerConfigError', message);
}

function* create(creation: Task<string>): Task<string> {
  try {
    return yield* creation;
  } catch (error) {
    if (!(error instanceof CriError) || error.code === 'Unavailable') throw error;
    throw new StartError('CreateContainerError', error.message);
  }
}

/** https://kubernetes.io/docs/tasks/configure-pod-container/security-context/, after `security_context.go` */
function verifyNonRoot({ images }: KubeletContext, pod: Pod, container: Container, image: string): void {
  const { runAsNonRoot, runAsUser } = { ...pod.spec.securityContext, ...container.securityContext };
  if (runAsNonRoot !== true) return;
  const where = `(pod: "${formatPod(pod)}", container: ${container.name})`;
  const refuse = (text: string): never => {
    throw new StartError('CreateContainerConfigError', `${text} ${where}`);
  };
  if (runAsUser !== undefined) {
    if (runAsUser === 0) refuse("container's runAsUser breaks non-root policy");
    return;
  }
  const { uid, username } = images.imageStatus(image) ?? {};
  if (username !== undefined) {
    refuse(`container has runAsNonRoot and image has non-numeric user (${username}), cannot verify user is non-root`);
  }
  if ((uid ?? 0) === 0) refuse('container has runAsNonRoot and image will run as root');
}
