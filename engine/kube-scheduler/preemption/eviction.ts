import type { Pod } from '../../api/kinds.ts';
import { pods } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { timestamp } from '../../api/timestamp.ts';
import { ConnectionError } from '../../client/transport.ts';
import type { Handle } from '../handle.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Victims } from './victims.ts';

const CONDITION = 'DisruptionTarget';
const REASON = 'PreemptionByScheduler';

/** Whether the Pod is on its way out because the scheduler made room. */
export function isBeingPreempted({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  return status?.conditions?.some((each) => each.type === CONDITION && each.reason === REASON) ?? false;
}

/**
 * Makes room: deletes the victims, after the scheduling cycle and without it waiting. Until that is done the Pod for which
 * it is done is not tried again. After `framework/preemption/executor.go`.
 */
export class Evictions {
  readonly #handle: Handle;
  /** Pods for which victims are still to be deleted. */
  readonly #underWay = new Set<string>();

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  isUnderWay(uid: string): boolean {
    return this.#underWay.has(uid);
  }

  begin(info: PodInfo, { node, pods: victims }: Victims): void {
    const present = victims.filter(({ pod }) => pod.metadata.deletionTimestamp === undefined);
    const { uid } = info.pod.metadata;
    if (present.length === 0) return;
    this.#underWay.add(uid);
    this.#handle.later(0, 'preemption', () => {
      this.#releaseNominations(info, node.name);
      this.#underWay.delete(uid);
      try {
        for (const victim of present) this.#evict(info, victim, node.name);
      } catch (error) {
        if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
        // Nothing will wake the Pod when its victims live on: it must find out by itself.
        this.#handle.activate(info);
      }
    });
  }

  #evict(info: PodInfo, victim: PodInfo, nodeName: string): void {
    const waiting = this.#handle.waitingPods.get(victim.pod.metadata.uid);
    if (waiting !== undefined) waiting.reject('DefaultPreemption', 'preempted');
    else if (!this.#delete(info.pod, victim.pod)) return;
    const message = `Preempted by pod ${info.pod.metadata.uid} on node ${nodeName}`;
    this.#handle.report(victim, 'Normal', 'Preempted', 'Preempting', message);
  }

  /** False when the Pod was gone already. */
  #delete(preemptor: Pod, victim: Pod): boolean {
    const client = this.#handle.client.resource(pods);
    const { name, namespace, generation } = victim.metadata;
    const condition = {
      type: CONDITION,
      status: 'True',
      reason: REASON,
      message: `${preemptor.spec.schedulerName}: preempting to accommodate a higher priority pod`,
      observedGeneration: generation,
      lastProbeTime: null,
      lastTransitionTime: timestamp(this.#handle.sim.wallMs),
    };
    try {
      const body = { status: { conditions: [condition] } };
      client.patch(name, namespace, 'strategic-merge', body, { subresource: 'status' });
      client.delete(name, namespace);
      return true;
    } catch (error) {
      if (error instanceof StatusError && error.status.code === 404) return false;
      throw error;
    }
  }

  /** Pods of lower priority that were promised room on this node look for it elsewhere. */
  #releaseNominations(info: PodInfo, nodeName: string): void {
    const client = this.#handle.client.resource(pods);
    for (const { pod, priority } of this.#handle.nominator.on(nodeName)) {
      if (priority >= info.priority || (pod.status?.nominatedNodeName ?? '') === '') continue;
      const { name, namespace } = pod.metadata;
      const body = { status: { nominatedNodeName: null } };
      try {
        client.patch(name, namespace, 'merge', body, { subresource: 'status' });
      } catch (error) {
        // They will find out when they are tried again.
        if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      }
    }
  }
}
