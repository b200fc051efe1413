import { pause } from '../../linux/programs/pause.ts';
import { VERSIONS } from '../versions.ts';
import { defineImage } from './definition.ts';

/** The infra container's image: one small program and nothing else. */
export const pauseImage = defineImage({
  reference: `registry.k8s.io/pause:${VERSIONS.pause}`,
  aliases: ['latest', '2.0', '3.1', '3.2', '3.5', '3.6', '3.7', '3.8', '3.9', '3.10'].map(
    (tag) => `registry.k8s.io/pause:${tag}`,
  ),
  sizeBytes: 320_448,
  trees: () => [{ '/pause': { program: pause, size: 739_816 } }],
  entrypoint: ['/pause'],
  user: '65535:65535',
});
