export { type Kubelet, startKubelet } from './kubelet.ts';
