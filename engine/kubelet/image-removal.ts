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
    const used = new Set(runtime.listContainers().map(({ imageRef }) => imageRef));
    let freed = 0;
    for (const { id, repoDigests, sizeBytes, pinned } of images.listImages()) {
      if (pinned === true || used.has(id) || repoDigests.some((digest) => used.has(digest))) continue;
      images.removeImage(id);
      records.forget(id);
      freed += sizeBytes;
    }
    return freed;
  } catch (error) {
    if (error instanceof CriError) return 0;
    throw error;
  }
}
