export { type Containerd, createContainerd } from './containerd.ts';
export { serveCriSocket } from './cri-socket.ts';
export { crictl } from './crictl/crictl.ts';
export { HollowRuntime } from './hollow.ts';
