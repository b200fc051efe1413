import { withField } from '../copy-on-write.ts';
import type { KindDescriptor, WriteContext } from '../descriptor.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { Pod, PodCondition, PodStatus } from '../kinds.ts';
import { ALL_VERBS } from '../verbs.ts';
import { withAppArmorFields } from './app-armor-annotations.ts';
import { mergeLabelKeys } from './match-label-keys.ts';
import { POD_COLUMNS } from './pod-columns.ts';
import { defaultPod } from './pod-defaults.ts';
import { onlyEphemeral, onlyResources } from './pod-subresources.ts';
import { validatePodUpdate } from './pod-update-validation.ts';
import { validatePod } from './pod-validation.ts';
import { podWarnings } from './pod-warnings.ts';
import { qosClass } from './qos-class.ts';

// After kubernetes/kubernetes pkg/registry/core/pod/strategy.go.

/** The times of a condition that nobody has set are null for all to see: their Go type has no way to leave them out. */
const UNSET = null as unknown as string;

function initialStatus(pod: Pod): PodStatus {
  const status: PodStatus = { phase: 'Pending', qosClass: qosClass(pod.spec) };
  if ((pod.spec.schedulingGates?.length ?? 0) === 0) return status;
  const gated = {
    type: 'PodScheduled',
    status: 'False',
    lastProbeTime: UNSET,
    lastTransitionTime: UNSET,
    reason: 'SchedulingGated',
    message: 'Scheduling is blocked due to non-empty scheduling gates',
  };
  return { ...status, conditions: [gated] };
}

function prepareForCreate(pod: Pod): Pod {
  return { ...firstGeneration(mergeLabelKeys(withAppArmorFields(pod))), status: initialStatus(pod) };
}

function prepareForUpdate(next: Pod, previous: Pod, context: WriteContext): Pod {
  if (context.subresource === 'ephemeralcontainers') return nextGeneration(onlyEphemeral(next, previous), previous);
  if (context.subresource === 'resize') return nextGeneration(onlyResources(next, previous), previous);
  if (!context.status) return nextGeneration(withField(next, 'status', previous.status), previous);
  // The status endpoint leaves the rest alone; the QoS class never changes.
  let pod = withField(next, 'spec', previous.spec);
  if (pod.metadata.ownerReferences !== previous.metadata.ownerReferences) {
    const { ownerReferences: _, ...metadata } = pod.metadata;
    const owners = previous.metadata.ownerReferences;
    pod = { ...pod, metadata: owners === undefined ? metadata : { ...metadata, ownerReferences: owners } };
  }
  const qos = previous.status?.qosClass;
  if (qos !== undefined && pod.status?.qosClass !== qos) pod = { ...pod, status: { ...pod.status, qosClass: qos } };
  return nextGeneration(withTimes(pod), previous, false);
}

function withTimes(pod: Pod): Pod {
  const conditions = pod.status?.conditions;
  const isWhole = ({ lastProbeTime, lastTransitionTime }: PodCondition) =>
    lastProbeTime !== undefined && lastTransitionTime !== undefined;
  if (conditions === undefined || conditions.every(isWhole)) return pod;
  const whole = conditions.map((each) => ({ lastProbeTime: UNSET, lastTransitionTime: UNSET, ...each }));
  return { ...pod, status: { ...pod.status, conditions: whole } };
}

/** Seconds a Pod gets to end; none when no kubelet runs it. */
function gracePeriodSeconds(pod: Pod, requested: number | undefined): number {
  const phase = pod.status?.phase;
  if ((pod.spec.nodeName ?? '') === '' || phase === 'Failed' || phase === 'Succeeded') return 0;
  const seconds = requested ?? pod.spec.terminationGracePeriodSeconds ?? 0;
  return seconds < 0 ? 1 : seconds;
}

export const pod: KindDescriptor<Pod> = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  verbs: ALL_VERBS,
  schema: 'io.k8s.api.core.v1.Pod',
  subresources: [
    'attach',
    'binding',
    'ephemeralcontainers',
    'eviction',
    'exec',
    'log',
    'portforward',
    'proxy',
    'resize',
    'status',
  ],
  applyDefaults: defaultPod,
  prepareForCreate,
  prepareForUpdate,
  validateCreate: validatePod,
  validateUpdate: validatePodUpdate,
  gracePeriodSeconds,
  selectableFields: ({ spec, status }) => ({
    'spec.nodeName': spec?.nodeName ?? '',
    'spec.restartPolicy': spec?.restartPolicy ?? '',
    'spec.schedulerName': spec?.schedulerName ?? '',
    'spec.serviceAccountName': spec?.serviceAccountName ?? '',
    'spec.hostNetwork': String(spec?.hostNetwork === true),
    'status.phase': status?.phase ?? '',
    'status.podIP': status?.podIPs?.[0]?.ip ?? status?.podIP ?? '',
    'status.nominatedNodeName': status?.nominatedNodeName ?? '',
  }),
  warnings: podWarnings,
  columns: POD_COLUMNS,
};
