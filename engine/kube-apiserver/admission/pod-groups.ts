import { forbidden } from '../../api/errors.ts';
import type { PodGroup, Workload } from '../../api/scheduling/workload-kinds.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';

const RESOURCES = ['podgroups'];
const FINALIZER = 'scheduling.k8s.io/podgroup-protection';

/** Custom kinds may have the same plural. */
function isNewPodGroup({ operation, kind }: AdmissionRequest): boolean {
  return operation === 'CREATE' && kind.group === 'scheduling.k8s.io';
}

/**
 * A PodGroup does not go before its Pods: a controller takes the finalizer away.
 * https://kubernetes.io/docs/concepts/workloads/podgroup-api/lifecycle/
 */
export const podGroupProtection: AdmissionPlugin = {
  name: 'PodGroupProtection',
  resources: RESOURCES,
  admit(request, object) {
    if (object === undefined || !isNewPodGroup(request)) return object;
    const { finalizers = [] } = object.metadata;
    if (finalizers.includes(FINALIZER)) return object;
    return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, FINALIZER] } };
  },
};

/** A PodGroup made from a template is refused when there is none. After `plugin/pkg/admission/scheduling/podgroup`. */
export const podGroupWorkloadExists: AdmissionPlugin = {
  name: 'PodGroupWorkloadExists',
  resources: RESOURCES,
  validate(request, object, lookup) {
    if (!isNewPodGroup(request)) return;
    const reference = (object as PodGroup).spec?.podGroupTemplateRef?.workload;
    if (reference === undefined) return;
    const { workloadName, podGroupTemplateName } = reference;
    const refuse = (why: string) => forbidden(request.kind, request.name, `PodGroup rejected: ${why}`);
    const workload = lookup('workloads', request.namespace, workloadName) as Workload | undefined;
    if (workload === undefined) throw refuse(`Workload "${workloadName}" not found`);
    if (workload.spec.podGroupTemplates.some(({ name }) => name === podGroupTemplateName)) return;
    throw refuse(`PodGroupTemplate "${podGroupTemplateName}" not found in Workload "${workloadName}"`);
  },
};
