import type { VolumePlugin } from './volume.ts';

/**
 * What is in an image. The kubelet pulls it before the containers that mount it; all else is the runtime's.
 * https://kubernetes.io/docs/concepts/storage/volumes/#image
 */
export const image: VolumePlugin = {
  field: 'image',
  changes: false,
  directory: 'kubernetes.io~image',

  setUp(_context, _pod, volume) {
    const { reference = '', pullPolicy = 'IfNotPresent' } = volume.image!;
    return { hostPath: '', readOnly: true, image: { reference, pullPolicy } };
  },
};
