import type { Image } from '../../containerd/image.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import { alpineImage, busyboxImage, debianImage, nginxImage } from './base.ts';

/** Everything a learner's Pods can be made of, beyond what an author adds. */
export function courseImages(programs: ProgramSource): readonly Image[] {
  return [alpineImage, busyboxImage, debianImage, nginxImage].map((image) => image(programs));
}
