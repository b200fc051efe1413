export { type KubeProxySurroundings, kubeProxyProgram } from './kube-proxy.ts';
export type { OtherModes } from './proxier.ts';
