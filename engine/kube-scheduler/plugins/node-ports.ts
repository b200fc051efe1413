import type { Plugin, Rejection } from '../framework.ts';
import { portsConflict } from '../pod-info.ts';

const REJECTION: Rejection = {
  reasons: ["node(s) didn't have free ports for the requested pod ports"],
  resolvable: true,
};

/** A `hostPort` can be had by one Pod on each node. */
export const nodePorts: Plugin = {
  name: 'NodePorts',

  filters: ({ hostPorts }) => hostPorts.length > 0,

  filter: (info, node) => (node.hasPortConflict(info) ? REJECTION : undefined),

  mayHelp(event, info) {
    if (event.kind === 'NodeAdd') return true;
    if (event.kind !== 'AssignedPodDelete') return false;
    return event.info.hostPorts.some((freed) => info.hostPorts.some((wanted) => portsConflict(freed, wanted)));
  },
};
