import type { ServiceCIDR } from '../kinds.ts';
import type { KubeObject } from '../object.ts';

// The shapes of scheduling.k8s.io/v1alpha2 as Kubernetes 1.36 has them:
// https://kubernetes.io/docs/concepts/workloads/podgroup-api/, https://kubernetes.io/docs/concepts/workloads/workload-api/

/** Exactly one of the two. */
export interface PodGroupSchedulingPolicy {
  /** One Pod at a time, as without a group. */
  readonly basic?: Readonly<Record<string, never>>;
  /** At least so many Pods, or none. */
  readonly gang?: { readonly minCount: number };
}

/** What a template prescribes and a group has. */
interface GroupTerms {
  readonly schedulingPolicy: PodGroupSchedulingPolicy;
  readonly schedulingConstraints?: { readonly topology?: readonly { readonly key: string }[] };
  readonly resourceClaims?: readonly object[];
  readonly disruptionMode?: string;
  readonly priorityClassName?: string;
  readonly priority?: number;
}

interface WorkloadTemplateReference {
  readonly workloadName: string;
  readonly podGroupTemplateName: string;
}

/** A condition of meta/v1. */
type Condition = NonNullable<NonNullable<ServiceCIDR['status']>['conditions']>[number];

export interface PodGroup extends KubeObject {
  readonly spec: GroupTerms & { readonly podGroupTemplateRef?: { readonly workload?: WorkloadTemplateReference } };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface Workload extends KubeObject {
  readonly spec: {
    readonly controllerRef?: { readonly apiGroup?: string; readonly kind: string; readonly name: string };
    readonly podGroupTemplates: readonly (GroupTerms & { readonly name: string })[];
  };
}

/** Fields that other alpha features bring: the server drops them while these are off, and here they always are. */
const GATED_TERMS = [
  'schedulingConstraints',
  'resourceClaims',
  'disruptionMode',
  'priorityClassName',
  'priority',
] as const satisfies readonly (keyof GroupTerms)[];

/** The terms without what belongs to TopologyAwareWorkloadScheduling, DRAWorkloadResourceClaims and WorkloadAwarePreemption. */
export function withoutGatedTerms<T extends GroupTerms>(terms: T): T {
  if (GATED_TERMS.every((field) => terms[field] === undefined)) return terms;
  const kept = { ...terms };
  for (const field of GATED_TERMS) delete kept[field];
  return kept;
}
