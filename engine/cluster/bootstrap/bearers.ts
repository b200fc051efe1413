import { ADMINISTRATORS } from './kubeadm.ts';

/** A file (its path below the folder of its kind), whom it lets in, and which groups they are of. */
export type Bearer = readonly [file: string, user: string, ...groups: string[]];

/** The kubeconfigs in `/etc/kubernetes`, but for the kubelet's. */
export const KUBECONFIGS: readonly Bearer[] = [
  ['admin.conf', 'kubernetes-admin', ADMINISTRATORS],
  ['super-admin.conf', 'kubernetes-super-admin', 'system:masters'],
  ['controller-manager.conf', 'system:kube-controller-manager'],
  ['scheduler.conf', 'system:kube-scheduler'],
];

/** By which certificate in `/etc/kubernetes/pki` one component knows another; without `.crt`. */
export const CLIENTS: readonly Bearer[] = [
  ['apiserver-kubelet-client', 'kube-apiserver-kubelet-client', ADMINISTRATORS],
  ['apiserver-etcd-client', 'kube-apiserver-etcd-client'],
  ['etcd/healthcheck-client', 'kube-etcd-healthcheck-client'],
  ['front-proxy-client', 'front-proxy-client'],
];
