import { KUBE_ROUTER_VERSION } from '../../kube-router/index.ts';

/** Images whose names more than their makers know: manifests, what machines have beforehand, what kubeadm lists. */
export const COREDNS_IMAGE = 'registry.k8s.io/coredns/coredns:v1.12.1';
export const KUBE_ROUTER_IMAGE = `docker.io/cloudnativelabs/kube-router:${KUBE_ROUTER_VERSION}`;
export const NVIDIA_PLUGIN_IMAGE = 'nvcr.io/nvidia/k8s-device-plugin:v0.18.0';

/** What a component of Kubernetes, or etcd, is called in Kubernetes' own registry. */
export function componentReference(name: string, tag: string): string {
  return `registry.k8s.io/${name}:${tag}`;
}
