import type { Pod } from '../../api/kinds.ts';
import type { Manifest } from '../../api/object.ts';
import { podGroups, pods } from '../../api/resources.ts';
import type { PodGroup } from '../../api/scheduling/workload-kinds.ts';
import { startControllerManager } from '../../kube-controller-manager/index.ts';
import { ControlPlane } from '../../kube-controller-manager/testing/control-plane.ts';
import { startScheduler } from '../index.ts';

const BOTH = 'GenericWorkload=true,GangScheduling=true';

/** A cluster of one-CPU places, and PodGroups: `slots` says how many places each node has. */
export class Gangs extends ControlPlane {
  scheduler: { stop(): void };

  constructor(slots: readonly number[], features = BOTH, seed = 'gangs') {
    super(seed, undefined, features);
    const controllers = ['serviceaccount-controller', 'podgroup-protection-controller'];
    const { sim, transport, featureGates } = this;
    startControllerManager({ sim, transport, featureGates, leaderElect: false, controllers });
    this.scheduler = this.startScheduler();
    for (const [index, count] of slots.entries()) {
      this.createNode(`node-${index + 1}`, { cpu: String(count), memory: '64Gi' });
    }
    this.sim.runFor(200);
  }

  startScheduler(): { stop(): void } {
    const { sim, transport, featureGates } = this;
    return startScheduler({ sim, transport, featureGates, leaderElect: false });
  }

  group(name: string, policy: PodGroup['spec']['schedulingPolicy']): void {
    const manifest: Manifest<PodGroup> = {
      apiVersion: 'scheduling.k8s.io/v1alpha2',
      kind: 'PodGroup',
      metadata: { name, namespace: 'default' },
      spec: { schedulingPolicy: policy },
    };
    this.client.resource(podGroups).create(manifest);
  }

  gang(name: string, minCount: number): void {
    this.group(name, { gang: { minCount } });
  }

  /** Pods `group-from` to `group-(to-1)`. */
  members(group: string, from: number, to: number, spec: Partial<Pod['spec']> = {}): void {
    for (let index = from; index < to; index++) {
      this.apply<Pod>({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `${group}-${index}` },
        spec: {
          schedulingGroup: { podGroupName: group },
          containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '1' } } }],
          ...spec,
        },
      });
    }
  }

  remove(name: string): void {
    this.client.resource(pods).delete(name, 'default', { gracePeriodSeconds: 0 });
  }

  /** The names of a group's Pods that have a node. */
  placed(group: string): readonly string[] {
    const ofGroup = this.pods().filter(({ spec }) => spec.schedulingGroup?.podGroupName === group);
    return ofGroup
      .filter(({ spec }) => (spec.nodeName ?? '') !== '')
      .map(({ metadata }) => metadata.name)
      .toSorted();
  }

  condition(group: string) {
    const { status } = this.client.resource(podGroups).get(group, 'default');
    return status?.conditions?.find(({ type }) => type === 'PodGroupScheduled');
  }

  podMessage(name: string): string | undefined {
    const { status } = this.client.resource(pods).get(name, 'default');
    return status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message;
  }
}
