import type { Image } from '../../containerd/image.ts';
import { busyboxTree } from '../../linux/programs/index.ts';
import type { Program } from '../../linux/syscalls.ts';
import { debianTree, type ImageMaker, PATH } from './base.ts';
import { defineImage } from './definition.ts';
import { NVIDIA_PLUGIN_IMAGE } from './references.ts';

// Images for machines with GPUs.

const CUDA_ENV = { PATH, NVIDIA_VISIBLE_DEVICES: 'all', NVIDIA_DRIVER_CAPABILITIES: 'compute,utility' };

/** https://github.com/NVIDIA/k8s-device-plugin */
export const nvidiaPluginImage: ImageMaker = (programs) =>
  defineImage({
    reference: NVIDIA_PLUGIN_IMAGE,
    aliases: ['nvcr.io/nvidia/k8s-device-plugin:v0.17.1', 'nvcr.io/nvidia/k8s-device-plugin:v0.17.4'],
    sizeBytes: 61_200_000,
    trees: () => [
      { '/usr/bin/nvidia-device-plugin': { program: programs.program('nvidia-device-plugin', 'gnu'), size: 42e6 } },
    ],
    entrypoint: ['/usr/bin/nvidia-device-plugin'],
    env: { ...CUDA_ENV, NVIDIA_DRIVER_CAPABILITIES: 'utility' },
  });

/** https://github.com/NVIDIA/k8s-dra-driver-gpu */
export const nvidiaDraDriverImage = (program: Program): Image =>
  defineImage({
    reference: 'nvcr.io/nvidia/k8s-dra-driver-gpu:v25.8.1',
    aliases: ['registry.k8s.io/dra-driver-nvidia/dra-driver-nvidia-gpu:v25.8.1'],
    sizeBytes: 148_000_000,
    trees: () => [{ '/usr/bin/gpu-kubelet-plugin': { program, size: 58e6 } }],
    entrypoint: [],
    env: { ...CUDA_ENV, NVIDIA_DRIVER_CAPABILITIES: 'utility' },
  });

/** The CUDA sample that documentation tests GPUs with. */
export const vectorAddImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'nvcr.io/nvidia/k8s/cuda-sample:vectoradd-cuda12.5.0',
    aliases: [
      'nvcr.io/nvidia/k8s/cuda-sample:vectoradd-cuda11.7.1-ubuntu20.04',
      'registry.k8s.io/cuda-vector-add:v0.1',
    ],
    sizeBytes: 112_000_000,
    trees: () => [
      {
        ...debianTree(programs),
        '/cuda-samples/vectorAdd': { program: programs.program('vectorAdd', 'gnu'), size: 980_000 },
        '/cuda-samples/sample': { symlink: '/cuda-samples/vectorAdd' },
      },
    ],
    entrypoint: ['/cuda-samples/vectorAdd'],
    env: CUDA_ENV,
    workingDirectory: '/cuda-samples',
  });

/** A base image with the CUDA libraries and a shell. */
export const cudaImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'docker.io/nvidia/cuda:13.0.1-base-ubuntu24.04',
    aliases: ['docker.io/nvidia/cuda:12.6.3-base-ubuntu24.04', 'docker.io/nvidia/cuda:latest'],
    sizeBytes: 95_000_000,
    trees: () => [debianTree(programs)],
    command: ['/bin/bash'],
    env: CUDA_ENV,
  });

/** A training job and an inference server of the course's own. */
export const learningImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'ghcr.io/drydock/learning:1.0',
    aliases: ['ghcr.io/drydock/learning:latest'],
    sizeBytes: 480_000_000,
    trees: () => [
      {
        ...debianTree(programs),
        '/usr/local/bin/train': { program: programs.program('train', 'gnu'), size: 12_000 },
        '/usr/local/bin/serve': { program: programs.program('serve', 'gnu'), size: 12_000 },
      },
    ],
    command: ['train'],
    env: CUDA_ENV,
    exposedPorts: ['8000/tcp'],
  });

/** A device plugin of one page, for lessons. */
export const tinyPluginImage: ImageMaker = (programs) =>
  defineImage({
    reference: 'ghcr.io/drydock/tiny-device-plugin:1.0',
    aliases: ['ghcr.io/drydock/tiny-device-plugin:latest'],
    sizeBytes: 4_100_000,
    trees: () => [
      {
        ...busyboxTree(programs),
        '/tiny-device-plugin': { program: programs.program('tiny-device-plugin', 'gnu'), size: 12_000 },
      },
    ],
    entrypoint: ['/tiny-device-plugin'],
    env: { PATH },
  });
