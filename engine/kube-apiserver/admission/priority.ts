import { forbidden } from '../../api/errors.ts';
import type { Pod } from '../../api/kinds.ts';
import type { AdmissionPlugin } from './admission.ts';

/** The two classes every cluster has; others come with the PriorityClass kind. */
const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

/** Computes a Pod's priority from its class: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/ */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  admit({ operation, kind }, object) {
    if (operation !== 'CREATE' || kind.kind !== 'Pod' || object === undefined) return object;
    const pod = object as Pod;
    const className = pod.spec?.priorityClassName ?? '';
    const value = className === '' ? 0 : SYSTEM_PRIORITIES[className];
    if (value === undefined) {
      throw forbidden(kind, pod.metadata.name, `no PriorityClass with name ${className} was found`);
    }
    const sent = pod.spec?.priority;
    if (sent !== undefined && sent !== value) {
      const why =
        `the integer value of priority (${sent}) must not be provided in pod spec; ` +
        `priority admission controller computed ${value} from the given PriorityClass name`;
      throw forbidden(kind, pod.metadata.name, why);
    }
    const preemptionPolicy = pod.spec?.preemptionPolicy ?? 'PreemptLowerPriority';
    return { ...pod, spec: { ...pod.spec, priority: value, preemptionPolicy } };
  },
};
