export { type KubeProxySurroundings, kubeProxyProgram } from './kube-proxy.ts';
