import type { FeatureGates } from '../../api/feature-gates.ts';
import type { EnabledPlugin } from './plugin-points.ts';

const WEIGHTS: Readonly<Record<string, number>> = {
  TaintToleration: 3,
  NodeAffinity: 2,
  PodTopologySpread: 2,
  InterPodAffinity: 2,
};

/**
 * The plugins of a profile that names none, in order: the first to reject a node names the reason.
 * After `apis/config/v1/default_plugins.go`.
 */
const DEFAULT_PLUGINS: readonly EnabledPlugin[] = [
  'SchedulingGates',
  'PrioritySort',
  'NodeUnschedulable',
  'NodeName',
  'TaintToleration',
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit',
  'VolumeRestrictions',
  'NodeVolumeLimits',
  'VolumeBinding',
  'VolumeZone',
  'PodTopologySpread',
  'InterPodAffinity',
  'DynamicResources',
  'DefaultPreemption',
  'NodeResourcesBalancedAllocation',
  'ImageLocality',
  'DefaultBinder',
].map((name) => ({ name, weight: WEIGHTS[name] ?? 1 }));

/** The same for a scheduler with these features. */
export function defaultPlugins(gates: FeatureGates): readonly EnabledPlugin[] {
  return gates.has('GangScheduling') ? [...DEFAULT_PLUGINS, { name: 'GangScheduling', weight: 1 }] : DEFAULT_PLUGINS;
}
