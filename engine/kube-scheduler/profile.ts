import type { Plugin } from './framework.ts';
import { nodeAffinity } from './plugins/node-affinity.ts';
import { nodeName } from './plugins/node-name.ts';
import { nodePorts } from './plugins/node-ports.ts';
import { nodeResourcesBalancedAllocation } from './plugins/node-resources-balanced-allocation.ts';
import { nodeResourcesFit } from './plugins/node-resources-fit.ts';
import { nodeUnschedulable } from './plugins/node-unschedulable.ts';
import { schedulingGates } from './plugins/scheduling-gates.ts';
import { taintToleration } from './plugins/taint-toleration.ts';

/** A plugin and how much its score counts. */
export interface ProfilePlugin {
  readonly plugin: Plugin;
  readonly weight: number;
}

/**
 * The plugins of the default profile, in the order in which a node is put before them: the first to reject it names the
 * reason. Not here yet: volumes, topology spread, inter-Pod affinity, image locality.
 * After `apis/config/v1/default_plugins.go`.
 */
export const DEFAULT_PROFILE: readonly ProfilePlugin[] = [
  { plugin: schedulingGates, weight: 0 },
  { plugin: nodeUnschedulable, weight: 0 },
  { plugin: nodeName, weight: 0 },
  { plugin: taintToleration, weight: 3 },
  { plugin: nodeAffinity, weight: 2 },
  { plugin: nodePorts, weight: 0 },
  { plugin: nodeResourcesFit, weight: 1 },
  { plugin: nodeResourcesBalancedAllocation, weight: 1 },
];
