export { type Containerd, createContainerd } from './containerd.ts';
export { HollowRuntime } from './hollow.ts';
