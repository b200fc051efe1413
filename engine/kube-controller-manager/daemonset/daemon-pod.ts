import type { DaemonSet, Pod, PodTemplateSpec, Toleration } from '../../api/kinds.ts';

/** The hash of the revision that a Pod was made from. */
export const REVISION_HASH = 'controller-revision-hash';

/**
 * What a daemon Pod puts up with in any case: it has work to do on nodes that are in trouble.
 * https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations
 */
const TOLERATIONS: readonly Toleration[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/disk-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/pid-pressure', operator: 'Exists', effect: 'NoSchedule' },
  { key: 'node.kubernetes.io/unschedulable', operator: 'Exists', effect: 'NoSchedule' },
];
const ON_HOST_NETWORK: Toleration = {
  key: 'node.kubernetes.io/network-unavailable',
  operator: 'Exists',
  effect: 'NoSchedule',
};

type PodSpec = NonNullable<PodTemplateSpec['spec']>;

export function daemonTolerations(spec: PodSpec): Toleration[] {
  const added = spec.hostNetwork === true ? [...TOLERATIONS, ON_HOST_NETWORK] : TOLERATIONS;
  const isSame = (a: Toleration, b: Toleration) =>
    a.key === b.key && a.effect === b.effect && a.operator === b.operator;
  const own = spec.tolerations ?? [];
  return [...own, ...added.filter((toleration) => !own.some((each) => isSame(each, toleration)))];
}

/** The template of the Pod for one node; the scheduler, which binds it there, is told by node affinity. */
export function daemonPodTemplate({ spec, metadata }: DaemonSet, nodeName: string, hash: string): PodTemplateSpec {
  const { template } = spec;
  const podSpec = template.spec!;
  const nodeSelectorTerms = [{ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [nodeName] }] }];
  const generation = metadata.annotations?.['deprecated.daemonset.template.generation'];
  return {
    metadata: {
      ...template.metadata,
      labels: {
        ...template.metadata?.labels,
        [REVISION_HASH]: hash,
        ...(generation === undefined ? {} : { 'pod-template-generation': generation }),
      },
    },
    spec: {
      ...podSpec,
      tolerations: daemonTolerations(podSpec),
      affinity: {
        ...podSpec.affinity,
        nodeAffinity: {
          ...podSpec.affinity?.nodeAffinity,
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
        },
      },
    },
  };
}

/** The node a daemon Pod is on or meant for. */
export function targetNode({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const { matchFields = [] } of required?.nodeSelectorTerms ?? []) {
    const byName = matchFields.find(({ key, operator }) => key === 'metadata.name' && operator === 'In');
    if (byName?.values?.length === 1) return byName.values[0];
  }
  return undefined;
}
