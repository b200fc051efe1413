export { Containerd, type ContainerdSetup, createContainerd } from './containerd.ts';
export { type HollowOptions, HollowRuntime } from './hollow.ts';
export { formatImageReference, type ImageReference, parseImageReference, repositoryOf } from './image-reference.ts';
export { CONTAINERD_VERSION, type ContainerdOptions, DEFAULT_CONTAINERD_OPTIONS } from './options.ts';
