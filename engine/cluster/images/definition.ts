import type { Image } from '../../containerd/image.ts';
import type { FileTree } from '../../linux/host.ts';
import { hash32 } from '../../sim/index.ts';

/** An image as the catalogue writes it down. */
export interface ImageDefinition extends Omit<Image, 'digest' | 'layers'> {
  /** Layers from the bottom up. Asked for when the image is first used: most clusters use few of the images there are. */
  readonly trees: () => readonly FileTree[];
}

/** Completes a definition: the digest follows from the reference, so that it is the same in every run. */
export function defineImage(definition: ImageDefinition): Image {
  const { trees, ...image } = definition;
  let layers: Image['layers'] | undefined;
  return {
    ...image,
    digest: digestOf(image.reference),
    get layers() {
      layers ??= trees().map((tree) => ({ tree }));
      return layers;
    },
  };
}

function digestOf(reference: string): string {
  let hex = '';
  for (let part = 0; part < 8; part++) hex += hash32(reference, part).toString(16).padStart(8, '0');
  return `sha256:${hex}`;
}
