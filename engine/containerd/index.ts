export { type Containerd, createContainerd } from './containerd.ts';
export { serveCriSocket } from './cri-socket.ts';
export { HollowRuntime } from './hollow.ts';
