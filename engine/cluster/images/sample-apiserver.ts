import type { Image } from '../../containerd/image.ts';
import type { Program } from '../../linux/syscalls.ts';
import { defineImage } from './definition.ts';

/** Kubernetes' example of a server for API aggregation, around the program in `cluster/add-ons/sample-apiserver.ts`. */
export function sampleApiServerImage(program: Program): Image {
  return defineImage({
    reference: 'registry.k8s.io/e2e-test-images/sample-apiserver:1.29.2',
    aliases: ['registry.k8s.io/e2e-test-images/sample-apiserver:1.17.7'],
    sizeBytes: 25_000_000,
    trees: () => [{ '/sample-apiserver': { program, size: 75_000_000 } }],
    entrypoint: ['/sample-apiserver'],
  });
}
