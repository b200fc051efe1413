import { pause } from '../../linux/programs/pause.ts';
import { VERSIONS } from '../versions.ts';
import { defineImage } from './definition.ts';

/** The infra container's image: one small program and nothing else. */
export const pauseImage = defineImage({
  reference: `registry.k8s.io/pause:${VERSIONS.pause}`,
  sizeBytes: 320_448,
  trees: () => [{ '/pause': { program: pause, size: 739_816 } }],
  entrypoint: ['/pause'],
  user: '65535:65535',
});
