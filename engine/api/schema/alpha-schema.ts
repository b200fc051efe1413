type Definitions = Readonly<Record<string, Readonly<Record<string, string>>>>;

const META = '@io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const SCHEDULING = 'io.k8s.api.scheduling.v1alpha2.';
const TERMS = {
  disruptionMode: 's|Pod|PodGroup',
  priority: 'i',
  priorityClassName: 's',
  resourceClaims: `[@${SCHEDULING}PodGroupResourceClaim`,
  schedulingConstraints: `@${SCHEDULING}PodGroupSchedulingConstraints`,
  schedulingPolicy: `!@${SCHEDULING}PodGroupSchedulingPolicy`,
};

const DEFINITIONS: Definitions = {
  PodGroup: {
    apiVersion: 's',
    kind: 's',
    metadata: META,
    spec: `!@${SCHEDULING}PodGroupSpec`,
    status: `@${SCHEDULING}PodGroupStatus`,
  },
  PodGroupSpec: { ...TERMS, podGroupTemplateRef: `@${SCHEDULING}PodGroupTemplateReference` },
  PodGroupStatus: {
    conditions: '[@io.k8s.apimachinery.pkg.apis.meta.v1.Condition',
    resourceClaimStatuses: `[@${SCHEDULING}PodGroupResourceClaimStatus`,
  },
  PodGroupTemplateReference: { workload: `@${SCHEDULING}WorkloadPodGroupTemplateReference` },
  WorkloadPodGroupTemplateReference: { podGroupTemplateName: '!s', workloadName: '!s' },
  PodGroupSchedulingPolicy: {
    basic: `@${SCHEDULING}BasicSchedulingPolicy`,
    gang: `@${SCHEDULING}GangSchedulingPolicy`,
  },
  BasicSchedulingPolicy: {},
  GangSchedulingPolicy: { minCount: '!i' },
  PodGroupSchedulingConstraints: { topology: `[@${SCHEDULING}TopologyConstraint` },
  TopologyConstraint: { key: '!s' },
  PodGroupResourceClaim: { name: '!s', resourceClaimName: 's', resourceClaimTemplateName: 's' },
  PodGroupResourceClaimStatus: { name: '!s', resourceClaimName: 's' },
  Workload: { apiVersion: 's', kind: 's', metadata: META, spec: `!@${SCHEDULING}WorkloadSpec` },
  WorkloadSpec: {
    controllerRef: `@${SCHEDULING}TypedLocalObjectReference`,
    podGroupTemplates: `![@${SCHEDULING}PodGroupTemplate`,
  },
  PodGroupTemplate: { ...TERMS, name: '!s' },
  TypedLocalObjectReference: { apiGroup: 's', kind: '!s', name: '!s' },
};

/**
 * The definitions of scheduling.k8s.io/v1alpha2 in the notation of the generated schema: no package from which that is generated
 * has alpha versions. Structure as Kubernetes 1.36 publishes it.
 */
export const ALPHA_SCHEMA: Definitions = Object.fromEntries(
  Object.entries(DEFINITIONS).map(([name, fields]) => [SCHEDULING + name, fields]),
);
