import type { ContainerStatus, ImageStatus, PodSandboxStatus } from '../cri.ts';

// What `crictl inspect` and its kin show: the status as CRI has it, and what containerd tells besides (`info`). The real ones
// show whole configurations there. Maps are in the order of their keys.

type Shown = Readonly<Record<string, unknown>>;

const NEVER = '0001-01-01T00:00:00Z';

export function inspectedContainer(status: ContainerStatus): Shown {
  const { annotations, createdAtMs, exitCode, finishedAtMs, id, image, imageRef, labels, logPath } = status;
  const { message, metadata, pid, podSandboxId, reason, startedAtMs, state } = status;
  return {
    info: { pid, removing: false, ...RUNTIME, sandboxID: podSandboxId, snapshotKey: id, snapshotter: 'overlayfs' },
    status: {
      annotations,
      createdAt: timeText(createdAtMs),
      exitCode,
      finishedAt: timeText(finishedAtMs),
      id,
      image: { annotations: {}, image, runtimeHandler: '', userSpecifiedImage: '' },
      imageRef,
      labels,
      logPath,
      message,
      metadata: { attempt: metadata.attempt, name: metadata.name },
      reason,
      startedAt: timeText(startedAtMs),
      state,
    },
  };
}

const RUNTIME = { runtimeType: 'io.containerd.runc.v2' } as const;

export function inspectedSandbox(status: PodSandboxStatus): Shown {
  const { annotations, createdAtMs, id, ip = '', labels, metadata, pid, state } = status;
  const { attempt, name, namespace, uid } = metadata;
  return {
    info: { pid, ...RUNTIME, snapshotKey: id, snapshotter: 'overlayfs' },
    status: {
      annotations,
      createdAt: timeText(createdAtMs),
      id,
      labels,
      metadata: { attempt, name, namespace, uid },
      network: { additionalIps: [], ip },
      runtimeHandler: '',
      state,
    },
  };
}

export function inspectedImage({ id, pinned, repoDigests, repoTags, sizeBytes, uid, username }: ImageStatus): Shown {
  return {
    status: {
      id,
      pinned: pinned === true,
      repoDigests,
      repoTags,
      size: String(sizeBytes),
      uid: uid === undefined ? null : { value: String(uid) },
      username: username ?? '',
    },
  };
}

/** As a list has it: less than its status. */
export function listedContainer(status: ContainerStatus): Shown {
  const { annotations, createdAtMs, id, image, imageRef, labels, metadata, podSandboxId, state } = status;
  return {
    annotations,
    createdAt: nanoseconds(createdAtMs),
    id,
    image: { annotations: {}, image, runtimeHandler: '', userSpecifiedImage: '' },
    imageId: imageRef.slice(imageRef.indexOf('@') + 1),
    imageRef,
    labels,
    metadata: { attempt: metadata.attempt, name: metadata.name },
    podSandboxId,
    state,
  };
}

export function listedSandbox({ annotations, createdAtMs, id, labels, metadata, state }: PodSandboxStatus): Shown {
  const { attempt, name, namespace, uid } = metadata;
  const createdAt = nanoseconds(createdAtMs);
  return { annotations, createdAt, id, labels, metadata: { attempt, name, namespace, uid }, runtimeHandler: '', state };
}

export function listedImage(image: ImageStatus): Shown {
  return { ...(inspectedImage(image)['status'] as Shown), spec: null };
}

function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n);
}

function timeText(ms: number): string {
  if (ms === 0) return NEVER;
  const nanoseconds = String(Math.round((ms % 1000) * 1e6)).padStart(9, '0');
  return `${new Date(ms).toISOString().slice(0, 19)}.${nanoseconds}Z`;
}
