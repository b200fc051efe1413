import { CriError, type ImageService, type RuntimeService } from '../containerd/cri.ts';
import type { ImagePullRecords } from './image-pull-records.ts';

/** What the images on the node take. */
export function imageBytes(images: ImageService): number {
  try {
    return images.listImages().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  } catch (error) {
    if (error instanceof CriError) return 0;
    throw error;
  }
}

/**
 * Removes every image that no container is made of. Returns how many bytes that gave.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/#container-image-garbage-collection
 */
export function removeUnusedImages(runtime: RuntimeService, images: ImageService, records: ImagePullRecords): number {
  try {
    const ids = images.listImages().map(({ id }) => id);
    return removeImages(runtime, images, records, ids, Number.POSITIVE_INFINITY);
  } catch (error) {
    if (error instanceof CriError) return 0;
    throw error;
  }
}

/**
 * Removes images in this order, but none that a container is made of or that must stay, until so many bytes are free.
 * Returns how many were freed.
 *
 * @throws CriError
 */
export function removeImages(
  runtime: RuntimeService,
  images: ImageService,
  records: ImagePullRecords,
  ids: readonly string[],
  wantedBytes: number,
): number {
  const used = new Set(runtime.listContainers().map(({ imageRef }) => imageRef));
  const present = new Map(images.listImages().map((image) => [image.id, image]));
  let freed = 0;
  for (const id of ids) {
    if (freed >= wantedBytes) break;
    const image = present.get(id);
    if (image === undefined || image.pinned === true) continue;
    if (used.has(id) || image.repoDigests.some((digest) => used.has(digest))) continue;
    images.removeImage(id);
    records.forget(id);
    freed += image.sizeBytes;
  }
  return freed;
}
