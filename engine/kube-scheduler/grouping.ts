import type { FeatureGates } from '../api/feature-gates.ts';
import type { PodGroup } from '../api/scheduling/workload-kinds.ts';
import type { Informer } from '../client/informer.ts';
import { gangScheduling } from './plugins/gang-scheduling.ts';
import { PodGroupCycle, type PodGroupCycleOptions } from './pod-group-cycle.ts';
import { PodGroups } from './pod-groups.ts';
import type { Plugins } from './profiles.ts';

/** What a scheduler needs to know of PodGroups. Handed in from outside: few clusters have the feature on. */
export interface Grouping {
  readonly groups: (informer: Informer<PodGroup>) => PodGroups;
  readonly plugins: (groups: PodGroups) => Plugins;
  readonly cycle: (options: PodGroupCycleOptions) => PodGroupCycle;
}

/** Undefined where the feature is off. */
export function groupingOf(gates: FeatureGates): Grouping | undefined {
  if (!gates.has('GenericWorkload')) return undefined;
  return {
    groups: (informer) => new PodGroups(informer),
    plugins: (groups): Plugins => (gates.has('GangScheduling') ? { GangScheduling: gangScheduling(groups) } : {}),
    cycle: (options) => new PodGroupCycle(options),
  };
}
