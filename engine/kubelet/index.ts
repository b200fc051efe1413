export { type Kubelet, type KubeletOptions, startKubelet } from './kubelet.ts';
export type { NodeCapacity } from './node-status.ts';
