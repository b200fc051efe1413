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
export const DEFAULT_PLUGINS: readonly EnabledPlugin[] = [
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
