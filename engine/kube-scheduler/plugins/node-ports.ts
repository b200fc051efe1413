import type { Plugin } from '../framework.ts';
import { portsConflict } from '../pod-info.ts';
import { unschedulable } from '../rejection.ts';

const REJECTION = unschedulable("node(s) didn't have free ports for the requested pod ports");

/** A `hostPort` can be had by one Pod on each node. */
export const nodePorts = (): Plugin => ({
  name: 'NodePorts',

  preFilter: (_state, { hostPorts }) => (hostPorts.length === 0 ? 'Skip' : undefined),

  filter: (_state, info, node) => (node.hasPortConflict(info) ? REJECTION : undefined),

  sign: ({ hostPorts }) => hostPorts,

  mayHelp(event, info) {
    if (event.kind === 'NodeAdd') return true;
    if (event.kind !== 'AssignedPodDelete') return false;
    return event.info.hostPorts.some((freed) => info.hostPorts.some((wanted) => portsConflict(freed, wanted)));
  },
});
