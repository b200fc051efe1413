import type { Transport } from '../../client/transport.ts';
import { type LoadBalancerNetwork, startCloudControllerManager } from '../../cloud-controller-manager/index.ts';
import type { Fabric } from '../../linux/index.ts';
import type { Program } from '../../linux/syscalls.ts';
import type { Simulation } from '../../sim/index.ts';
import type { AddOnObject } from '../bootstrap/kubeadm.ts';
import { componentProgram } from '../component/component-program.ts';

const NAME = 'cloud-controller-manager';
const RBAC = 'rbac.authorization.k8s.io';

/** On the machines' own network, so that the workstation reaches them. */
const ADDRESSES = Array.from({ length: 50 }, (_, index) => `10.0.0.${200 + index}`);

/**
 * The cloud that the machines stand in, as far as it makes load balancers: a service of the first machine, as
 * cloud-provider-kind is a program beside the cluster.
 */
export function cloudControllerProgram(sim: Simulation, transport: Transport, fabric: Fabric): Program {
  return componentProgram({
    healthAddress: '127.0.0.1',
    healthPort: 10258,
    start: () => {
      const network = new BalancedAddresses(fabric);
      const stop = startCloudControllerManager({ sim, transport, network, addresses: ADDRESSES });
      return { stop };
    },
  });
}

/** Balancers' addresses on the fabric: each leads to one machine, whose kernel knows from kube-proxy's rules what to do. */
class BalancedAddresses implements LoadBalancerNetwork {
  readonly #fabric: Fabric;
  readonly #withdraw = new Map<string, () => void>();

  constructor(fabric: Fabric) {
    this.#fabric = fabric;
  }

  route(address: string, nodeName: string): void {
    this.withdraw(address);
    const machine = this.#fabric.attachmentsOf(nodeName).find(({ isMachine }) => isMachine);
    if (machine === undefined) return;
    this.#fabric.claim(address, 32, machine);
    this.#withdraw.set(address, () => this.#fabric.release(address, machine));
  }

  withdraw(address: string): void {
    this.#withdraw.get(address)?.();
    this.#withdraw.delete(address);
  }
}

/** What it may do, and as whom. https://kubernetes.io/docs/tasks/administer-cluster/running-cloud-controller/ */
export const CLOUD_CONTROLLER_OBJECTS: readonly AddOnObject[] = [
  {
    path: '/api/v1/namespaces/kube-system/serviceaccounts',
    object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: 'kube-system' } },
  },
  {
    path: `/apis/${RBAC}/v1/clusterroles`,
    object: {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name: `system:${NAME}` },
      rules: [
        { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch', 'update'] },
        { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: [''], resources: ['services'], verbs: ['list', 'patch', 'update', 'watch'] },
        { apiGroups: [''], resources: ['services/status'], verbs: ['patch', 'update'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    },
  },
  {
    path: `/apis/${RBAC}/v1/clusterrolebindings`,
    object: {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: `system:${NAME}` },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: `system:${NAME}` },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: 'kube-system' }],
    },
  },
];
