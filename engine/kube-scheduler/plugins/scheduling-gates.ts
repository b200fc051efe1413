import type { Plugin } from '../framework.ts';
import { unresolvable } from '../rejection.ts';

/**
 * A Pod with `schedulingGates` waits until the last one is taken away.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/
 */
export const schedulingGates = (): Plugin => ({
  name: 'SchedulingGates',

  preEnqueue({ spec }) {
    const gates = spec.schedulingGates ?? [];
    if (gates.length === 0) return undefined;
    return unresolvable(`waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`);
  },

  mayHelp: (event, { pod }) =>
    event.kind === 'PodUpdate' && event.previous.spec.schedulingGates !== pod.spec.schedulingGates,
});
