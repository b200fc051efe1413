import type { Pod } from '../api/kinds.ts';
import { podGroups } from '../api/resources.ts';
import type { PodGroup } from '../api/scheduling/workload-kinds.ts';
import { timestamp } from '../api/timestamp.ts';
import type { Client } from '../client/client.ts';
import type { Simulation } from '../sim/index.ts';
import type { SharedHandle } from './handle.ts';
import type { PodGroups } from './pod-groups.ts';
import { isExpected } from './report.ts';

type Condition = NonNullable<NonNullable<PodGroup['status']>['conditions']>[number];

const TYPE = 'PodGroupScheduled';

/** Tells in a PodGroup's status how its last scheduling cycle went; once it has been scheduled, that stays. */
export class PodGroupReporter {
  readonly #sim: Simulation;
  readonly #client: Client;
  readonly #groups: PodGroups;

  constructor({ sim, client }: SharedHandle, groups: PodGroups) {
    this.#sim = sim;
    this.#client = client;
    this.#groups = groups;
  }

  /** @param pod one of the group; so for the others. */
  scheduled(pod: Pod): void {
    this.#tell(pod, 'True', 'Scheduled', '');
  }

  unschedulable(pod: Pod, message: string): void {
    this.#tell(pod, 'False', 'Unschedulable', message);
  }

  failed(pod: Pod, message: string): void {
    this.#tell(pod, 'False', 'SchedulerError', message);
  }

  #tell(pod: Pod, status: 'True' | 'False', reason: string, message: string): void {
    const group = this.#groups.groupOf(pod);
    if (group === undefined) return;
    const current = group.status?.conditions?.find(({ type }) => type === TYPE);
    const isSame = current?.status === status && current.reason === reason && current.message === message;
    if (isSame || (current?.status === 'True' && status === 'False')) return;
    const lastTransitionTime = current?.status === status ? current.lastTransitionTime : timestamp(this.#sim.wallMs);
    const condition: Condition = { type: TYPE, status, reason, message, lastTransitionTime };
    const { name, namespace } = group.metadata;
    try {
      const client = this.#client.resource(podGroups);
      client.patch(
        name,
        namespace,
        'strategic-merge',
        { status: { conditions: [condition] } },
        { subresource: 'status' },
      );
    } catch (error) {
      // The next cycle tells it again.
      if (!isExpected(error)) throw error;
    }
  }
}
