import type { Container, Pod } from '../api/kinds.ts';
import { CriError } from '../containerd/cri.ts';
import type { Task } from '../sim/index.ts';
import { type KubeletContext, podEvent } from './kubelet-context.ts';
import { containerFieldPath, formatMillis } from './pod-format.ts';

/** A container cannot be started now; `reason` and `message` are what `state.waiting` shows. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly reason: string;
  /** When to try again (virtual milliseconds), where that is known. */
  readonly retryAtMs: number | undefined;

  constructor(reason: string, message: string, retryAtMs?: number) {
    super(message);
    this.reason = reason;
    this.retryAtMs = retryAtMs;
  }
}

const TAGGED = /(?:@|:[\w][\w.-]{0,127}$)/;

/** `nginx` is `nginx:latest`; the registry's own name is left to the runtime. */
function withDefaultTag(image: string): string {
  return TAGGED.test(image) ? image : `${image}:latest`;
}

/**
 * Sees to it that a container's image is on the node, by its pull policy. After `pkg/kubelet/images/image_manager.go`.
 * https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy
 *
 * @throws StartError ErrImagePull, ImagePullBackOff, ErrImageNeverPull, InvalidImageName.
 */
export function* ensureImage(context: KubeletContext, pod: Pod, container: Container): Task<string> {
  const { sim, images, imageBackOff } = context;
  const fieldPath = containerFieldPath(pod, container.name);
  const image = container.image ?? '';
  const reference = withDefaultTag(image);
  const present = inspect(context, pod, container, reference);
  const policy = container.imagePullPolicy ?? 'IfNotPresent';
  if (present && policy !== 'Always') {
    const message = `Container image "${image}" already present on machine and can be accessed by the pod`;
    podEvent(context, pod, 'Normal', 'Pulled', message, fieldPath);
    return reference;
  }
  if (policy === 'Never') {
    const message = `Container image "${image}" is not present with pull policy of Never`;
    podEvent(context, pod, 'Warning', 'ErrImageNeverPull', message, fieldPath);
    throw new StartError('ErrImageNeverPull', message);
  }
  const key = `${pod.metadata.uid}_${image}`;
  const pausedUntil = imageBackOff.pausedSinceUpdate(key, sim.nowMs);
  if (pausedUntil !== undefined) {
    const message = `Back-off pulling image "${image}"`;
    podEvent(context, pod, 'Normal', 'BackOff', message, fieldPath);
    const cause = lastPullError(context, pod, container.name);
    throw new StartError('ImagePullBackOff', cause === undefined ? message : `${message}: ${cause}`, pausedUntil);
  }
  podEvent(context, pod, 'Normal', 'Pulling', `Pulling image "${image}"`, fieldPath);
  const startedMs = sim.nowMs;
  try {
    yield* images.pullImage(reference);
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    // Only a code that says something is shown.
    const detail = error.code === 'Unknown' ? error.message : grpcMessage(error);
    podEvent(context, pod, 'Warning', 'Failed', `Failed to pull image "${image}": ${detail}`, fieldPath);
    imageBackOff.next(key, sim.nowMs, sim.nowMs);
    throw new StartError('ErrImagePull', detail);
  }
  const took = formatMillis(sim.nowMs - startedMs);
  const size = images.imageStatus(reference)?.sizeBytes ?? 0;
  const message = `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${size} bytes.`;
  podEvent(context, pod, 'Normal', 'Pulled', message, fieldPath);
  return reference;
}

function inspect(context: KubeletContext, pod: Pod, container: Container, reference: string): boolean {
  try {
    return context.images.imageStatus(reference) !== undefined;
  } catch (error) {
    if (!(error instanceof CriError) || error.code === 'Unavailable') throw error;
    const cause = error.message.replace(/^failed to parse image reference "[^"]*": /, '');
    const image = container.image ?? '';
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${cause}`;
    podEvent(context, pod, 'Warning', 'InspectFailed', message, containerFieldPath(pod, container.name));
    throw new StartError('InvalidImageName', message);
  }
}

/** What the last attempt ended in: `ErrImagePull: …`. */
function lastPullError({ waiting }: KubeletContext, pod: Pod, container: string): string | undefined {
  const last = waiting.get(pod.metadata.uid, container);
  if (last?.reason === 'ErrImagePull') return `ErrImagePull: ${last.message}`;
  const repeated = /: (ErrImagePull: .*)$/s.exec(last?.message ?? '');
  return last?.reason === 'ImagePullBackOff' ? repeated?.[1] : undefined;
}

/** How an error of the runtime reads in the kubelet's messages. */
export function grpcMessage(error: CriError): string {
  return `rpc error: code = ${error.code} desc = ${error.message}`;
}
