import type { Image } from '../../containerd/image.ts';
import { alpineImage, busyboxImage, debianImage, nginxImage } from './base.ts';

/** Everything a learner's Pods can be made of, beyond what an author adds. */
export const COURSE_IMAGES: readonly Image[] = [alpineImage, busyboxImage, debianImage, nginxImage];
