import type { AddOnObject } from '../bootstrap/kubeadm.ts';
import { CLUSTER_CIDR } from '../bootstrap/static-pods.ts';
import { type ClusterOptions, releaseOf } from '../options.ts';
import { CLOUD_CONTROLLER_OBJECTS } from './cloud-controller.ts';
import { COREDNS_OBJECTS } from './coredns.ts';
import { kubeProxyObjects } from './kube-proxy.ts';
import { KUBE_ROUTER_OBJECTS } from './kube-router.ts';
import { METRICS_SERVER_OBJECTS } from './metrics-server.ts';
import { hasNvidiaPlugin, NVIDIA_OBJECTS } from './nvidia-add-on.ts';

/**
 * What is installed in a cluster when it begins.
 *
 * @param server the API server's address, `10.0.0.10:6443`
 * @param storage what a cluster with storage has, which is loaded late
 */
export function addOnObjects(
  options: ClusterOptions,
  server: string,
  storage: () => readonly AddOnObject[],
): readonly AddOnObject[] {
  return [
    ...kubeProxyObjects(`https://${server}`, CLUSTER_CIDR, releaseOf(options)),
    ...KUBE_ROUTER_OBJECTS,
    ...COREDNS_OBJECTS,
    ...CLOUD_CONTROLLER_OBJECTS,
    ...(options.metricsServer === true ? METRICS_SERVER_OBJECTS : []),
    ...(hasNvidiaPlugin(options) ? NVIDIA_OBJECTS : []),
    ...(options.storage === true ? storage() : []),
  ];
}
