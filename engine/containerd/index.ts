export { type Containerd, createContainerd } from './containerd.ts';
export { serveCriSocket } from './cri-socket.ts';
export { crictl } from './crictl/crictl.ts';
export { ctr } from './ctr/ctr.ts';
export { HollowRuntime } from './hollow.ts';
