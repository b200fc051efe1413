import { makeDirectories, namesIn, removeTree } from '../linux/directory-tree.ts';
import { Errno } from '../linux/errno.ts';
import { type ContainerMount, CriError } from './cri.ts';
import type { Sandbox } from './records.ts';
import type { ContainerdContext } from './sandbox.ts';

const DIRECTORY = '/run/containerd/io.containerd.grpc.v1.cri/image-volumes';

/**
 * Mounts of images as mounts of the directories on the host where they lie, unpacked, for all containers of a sandbox.
 * After containerd's `internal/cri/server/container_image_mount.go`. Throws CriError.
 */
export function hostMounts(
  context: ContainerdContext,
  sandbox: Sandbox,
  mounts: readonly ContainerMount[],
): readonly ContainerMount[] {
  if (mounts.every(({ image }) => image === undefined)) return mounts;
  return mounts.map((mount) => {
    const { image, imageSubPath = '', containerPath } = mount;
    if (image === undefined) return mount;
    const path = mountImage(context, sandbox, image);
    const hostPath = imageSubPath === '' ? path : partOf(context, path, imageSubPath);
    return { hostPath, containerPath, readOnly: true };
  });
}

/** Where an image is mounted for a sandbox. */
function mountImage({ host, images }: ContainerdContext, { id }: Sandbox, reference: string): string {
  const stored = images.lookUp(reference);
  if (stored === undefined)
    throw failure(`failed to get image for image mount: failed to resolve image "${reference}": not found`);
  const { digest, layers } = stored.image;
  const path = `${DIRECTORY}/${id}/${digest.replace(':', '-')}`;
  if (host.root.access(path, 'exists')) return path;
  makeDirectories(host.root, path);
  host.mountLayers(path, layers);
  return path;
}

/** A directory or a file of the image; links do not lead out of it. */
function partOf({ host: { root } }: ContainerdContext, path: string, part: string): string {
  const wanted = `${path}/${part}`;
  try {
    const real = root.realpath(wanted);
    if (real === path || real.startsWith(`${path}/`)) return real;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw failure(`stat ${wanted}: ${error.message.toLowerCase()}`);
  }
  throw failure(`image subpath ${part} is outside of the image`);
}

function failure(why: string): CriError {
  return new CriError('Unknown', `failed to mutate image mount: ${why}`);
}

/** The sandbox is going: what was mounted for it is not needed any more. */
export function unmountImages({ host: { root } }: ContainerdContext, { id }: Sandbox): void {
  const directory = `${DIRECTORY}/${id}`;
  for (const name of namesIn(root, directory)) {
    try {
      root.unmount(`${directory}/${name}`);
    } catch (error) {
      // Nothing is mounted there any more after the machine has been off.
      if (!(error instanceof Errno)) throw error;
    }
  }
  removeTree(root, directory);
}
