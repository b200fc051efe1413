export { cniInstall } from './cni-install.ts';
export { KUBE_ROUTER_VERSION, type KubeRouterSurroundings, kubeRouterProgram } from './kube-router.ts';
