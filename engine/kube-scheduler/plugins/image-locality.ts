import type { Pod } from '../../api/kinds.ts';
import type { StateKey } from '../cycle-state.ts';
import { MAX_SCORE } from '../framework.ts';
import type { PluginFactory } from '../handle.ts';
import type { ImageSpread } from '../image-spread.ts';

const MEGABYTE = 1024 * 1024;
/** Less than this does not count, more does not count more: pulling is cheap, or is a heavy weight already. */
const MIN_BYTES = 23 * MEGABYTE;
const MAX_BYTES_PER_CONTAINER = 1_000 * MEGABYTE;

const IMAGES: StateKey<readonly ImageSpread[]> = { name: 'ImageLocality' };

/**
 * Prefers nodes that have the Pod's images. An image counts by its size, and less when few nodes have it, so that not all
 * Pods run to the one node that has pulled it first. After `plugins/imagelocality/image_locality.go`.
 */
export const imageLocality: PluginFactory = ({ cache }) => ({
  name: 'ImageLocality',

  /** Images that no node has make no difference between nodes. */
  preScore(state, { pod }) {
    const known = imagesOf(pod).flatMap((image) => cache.images.get(image) ?? []);
    if (known.length === 0) return 'Skip';
    state.write(IMAGES, known);
    return undefined;
  },

  score(state, { pod }, node) {
    let sum = 0;
    for (const { bytes, nodes } of state.read(IMAGES)!) {
      if (nodes.has(node)) sum += Math.trunc((bytes * nodes.size) / cache.nodes.length);
    }
    const containers = pod.spec.containers.length + (pod.spec.initContainers?.length ?? 0);
    const most = MAX_BYTES_PER_CONTAINER * containers;
    const counted = Math.min(Math.max(sum, MIN_BYTES), most);
    return Math.trunc((MAX_SCORE * (counted - MIN_BYTES)) / (most - MIN_BYTES));
  },
});

function imagesOf({ spec }: Pod): string[] {
  const images: string[] = [];
  for (const { image = '' } of spec.initContainers ?? []) images.push(withTag(image));
  for (const { image = '' } of spec.containers) images.push(withTag(image));
  for (const { image } of spec.volumes ?? []) if (image?.reference !== undefined) images.push(withTag(image.reference));
  return images;
}

/** `nginx` is `nginx:latest`. */
function withTag(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}
