import type { Plugin } from '../framework.ts';

/**
 * A Pod with `schedulingGates` waits until the last one is taken away.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/
 */
export const schedulingGates: Plugin = {
  name: 'SchedulingGates',

  mayEnqueue: (pod) => (pod.spec.schedulingGates?.length ?? 0) === 0,

  mayHelp: (event) => event.kind === 'PodUpdate',
};
