import type { Image } from '../../containerd/image.ts';
import type { Program } from '../../linux/syscalls.ts';
import { defineImage } from './definition.ts';

export const CUSTOM_METRICS_ADAPTER_IMAGE = 'ghcr.io/drydock/custom-metrics-adapter:1.0';

/** The adapter around the program in `cluster/add-ons/custom-metrics-adapter.ts`. */
export function customMetricsAdapterImage(program: Program): Image {
  return defineImage({
    reference: CUSTOM_METRICS_ADAPTER_IMAGE,
    aliases: ['ghcr.io/drydock/custom-metrics-adapter:latest'],
    sizeBytes: 21_000_000,
    trees: () => [{ '/adapter': { program, size: 60_000_000 } }],
    entrypoint: ['/adapter'],
    user: '65532',
  });
}
