import { isReady } from '../api/core/ready.ts';
import type { Node } from '../api/kinds.ts';
import { clusterRoleBindings, nodes, pods, serviceAccounts } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import type { Client } from '../client/client.ts';
import { ConnectionError } from '../client/transport.ts';
import { ADMINISTRATORS } from './bootstrap/kubeadm.ts';

/** etcd, kube-apiserver, kube-controller-manager, kube-scheduler. */
const CONTROL_PLANE_PODS = 4;

/** CoreDNS. */
const ADD_ON_PODS = 2;

/** On each machine: kube-proxy and kube-router. */
const AGENTS_OF_A_NODE = 2;

/**
 * Whether a cluster of so many machines has come up: a learner's first Pod would be admitted, placed and run.
 *
 * @param client one who may see everything: kubernetes-admin may do nothing before kubeadm has bound the administrators' group
 */
export function isClusterReady(client: Client, machineCount: number, controlPlaneCount: number): boolean {
  try {
    return (
      nodesAreReady(client, machineCount) &&
      systemPodsAreReady(client, machineCount, controlPlaneCount) &&
      defaultServiceAccountExists(client) &&
      administratorsAreBound(client)
    );
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof StatusError) return false;
    throw error;
  }
}

function nodesAreReady(client: Client, count: number): boolean {
  const { items } = client.resource(nodes).list();
  return items.length === count && items.every(isReady) && !items.some(isHeldBack);
}

function systemPodsAreReady(client: Client, machineCount: number, controlPlaneCount: number): boolean {
  const { items } = client.resource(pods).list({ namespace: 'kube-system' });
  const count = CONTROL_PLANE_PODS * controlPlaneCount + ADD_ON_PODS + AGENTS_OF_A_NODE * machineCount;
  return items.length >= count && items.every(isReady);
}

function defaultServiceAccountExists(client: Client): boolean {
  const accounts = client.resource(serviceAccounts).list({ namespace: 'default' }).items;
  return accounts.some(({ metadata }) => metadata.name === 'default');
}

function administratorsAreBound(client: Client): boolean {
  const bindings = client.resource(clusterRoleBindings).list().items;
  return bindings.some(({ metadata }) => metadata.name === ADMINISTRATORS);
}

/** Whether a new node still bears the taint that keeps Pods away until it has been seen Ready. */
function isHeldBack(node: Node): boolean {
  return node.spec.taints?.some(({ key }) => key === 'node.kubernetes.io/not-ready') ?? false;
}
