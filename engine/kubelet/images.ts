import type { Container, Pod, Secret } from '../api/kinds.ts';
import { CriError, type ImageStatus } from '../containerd/cri.ts';
import type { Task } from '../sim/index.ts';
import { credentialsFor, type PullCredential } from './image-credentials.ts';
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

/** For which container an image is pulled, and whether it is only the contents of a volume: then events name no container. */
type Pulled = Pick<Container, 'name' | 'image' | 'imagePullPolicy'> & { readonly isVolume?: boolean };

function fieldPathOf(pod: Pod, { name, isVolume = false }: Pulled): string | undefined {
  return isVolume ? undefined : containerFieldPath(pod, name);
}

const TAGGED = /(?:@|:[\w][\w.-]{0,127}$)/;

/** `nginx` is `nginx:latest`; the registry's own name is left to the runtime. */
export function withDefaultTag(image: string): string {
  return TAGGED.test(image) ? image : `${image}:latest`;
}

/** `nginx` is `docker.io/library/nginx`. */
function withRegistry(image: string): string {
  const [first = '', ...rest] = image.split('/');
  if (rest.length > 0 && (/[.:]/.test(first) || first === 'localhost')) return image;
  return `docker.io/${rest.length === 0 ? 'library/' : ''}${image}`;
}

/**
 * Sees to it that a container's image is on the node, by its pull policy. After `pkg/kubelet/images/image_manager.go`.
 * https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy
 *
 * @throws StartError ErrImagePull, ImagePullBackOff, ErrImageNeverPull, InvalidImageName.
 */
export function* ensureImage(
  context: KubeletContext,
  pod: Pod,
  container: Pulled,
  secrets: readonly Secret[],
): Task<string> {
  const { sim, imageBackOff, pullRecords } = context;
  const fieldPath = fieldPathOf(pod, container);
  const image = container.image ?? '';
  const reference = withDefaultTag(image);
  const present = inspect(context, pod, container, reference);
  const credentials = credentialsFor(secrets, withRegistry(reference));
  const usable =
    present !== undefined &&
    pullRecords.mayUse(
      present.id,
      credentials.map(({ secret }) => secret),
    );
  const policy = container.imagePullPolicy ?? 'IfNotPresent';
  if (usable && policy !== 'Always') {
    const message = `Container image "${image}" already present on machine and can be accessed by the pod`;
    podEvent(context, pod, 'Normal', 'Pulled', message, fieldPath);
    return reference;
  }
  if (policy === 'Never') {
    const message =
      present === undefined
        ? `Container image "${image}" is not present with pull policy of Never`
        : `Container image "${image}" is present but the pod has no access to it with pull policy of Never`;
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
  yield* pull(context, pod, container, reference, credentials);
  return reference;
}

function* pull(
  context: KubeletContext,
  pod: Pod,
  container: Pulled,
  reference: string,
  credentials: readonly PullCredential[],
): Task<void> {
  const { sim, images, imageBackOff, pulls } = context;
  const image = container.image ?? '';
  const fieldPath = fieldPathOf(pod, container);
  podEvent(context, pod, 'Normal', 'Pulling', `Pulling image "${image}"`, fieldPath);
  const askedMs = sim.nowMs;
  let startedMs = askedMs;
  try {
    yield* pulls.pass(
      (function* () {
        startedMs = sim.nowMs;
        yield* pullWithAny(context, reference, credentials);
      })(),
    );
  } catch (error) {
    if (!(error instanceof CriError)) throw error;
    // Only a code that says something is shown.
    const detail = error.code === 'Unknown' ? error.message : grpcMessage(error);
    podEvent(context, pod, 'Warning', 'Failed', `Failed to pull image "${image}": ${detail}`, fieldPath);
    imageBackOff.next(`${pod.metadata.uid}_${image}`, sim.nowMs, sim.nowMs);
    throw new StartError('ErrImagePull', detail);
  }
  const took = formatMillis(sim.nowMs - startedMs);
  const waited = formatMillis(sim.nowMs - askedMs);
  const size = images.imageStatus(reference)?.sizeBytes ?? 0;
  const message = `Successfully pulled image "${image}" in ${took} (${waited} including waiting). Image size: ${size} bytes.`;
  podEvent(context, pod, 'Normal', 'Pulled', message, fieldPath);
}

/** Tries the credentials one after the other; without any the image is asked for as nobody in particular. */
function* pullWithAny(
  { images, pullRecords }: KubeletContext,
  reference: string,
  credentials: readonly PullCredential[],
): Task<void> {
  let failure: CriError | undefined;
  for (const credential of credentials.length === 0 ? [undefined] : credentials) {
    try {
      yield* images.pullImage(reference, credential);
      pullRecords.pulled(images.imageStatus(reference)?.id ?? '', credential?.secret);
      return;
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      failure = error;
    }
  }
  throw failure;
}

function inspect(context: KubeletContext, pod: Pod, container: Pulled, reference: string): ImageStatus | undefined {
  try {
    return context.images.imageStatus(reference);
  } catch (error) {
    if (!(error instanceof CriError) || error.code === 'Unavailable') throw error;
    const cause = error.message.replace(/^failed to parse image reference "[^"]*": /, '');
    const image = container.image ?? '';
    const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": ${cause}`;
    podEvent(context, pod, 'Warning', 'InspectFailed', message, fieldPathOf(pod, container));
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
