import type { Image } from '../../containerd/image.ts';
export const COURSE_IMAGES: readonly Image[] = [];
