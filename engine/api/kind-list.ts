import { mutatingAdmissionPolicy } from './admissionregistration/mutating-admission-policy.ts';
import { mutatingAdmissionPolicyBinding } from './admissionregistration/mutating-admission-policy-binding.ts';
import { mutatingWebhookConfiguration } from './admissionregistration/mutating-webhook-configuration.ts';
import { validatingAdmissionPolicy } from './admissionregistration/validating-admission-policy.ts';
import { validatingAdmissionPolicyBinding } from './admissionregistration/validating-admission-policy-binding.ts';
import { validatingWebhookConfiguration } from './admissionregistration/validating-webhook-configuration.ts';
import { customResourceDefinition } from './apiextensions/custom-resource-definition.ts';
import { apiService } from './apiregistration/api-service.ts';
import { controllerRevision } from './apps/controller-revision.ts';
import { daemonSet } from './apps/daemon-set.ts';
import { deployment } from './apps/deployment.ts';
import { replicaSet } from './apps/replica-set.ts';
import { statefulSet } from './apps/stateful-set.ts';
import { horizontalPodAutoscaler } from './autoscaling/horizontal-pod-autoscaler.ts';
import { horizontalPodAutoscalerV1 } from './autoscaling/horizontal-pod-autoscaler-v1.ts';
import { cronJob } from './batch/cron-job.ts';
import { job } from './batch/job.ts';
import { certificateSigningRequest } from './certificates/certificate-signing-request.ts';
import { lease } from './coordination/lease.ts';
import { configMap } from './core/config-map.ts';
import { endpoints } from './core/endpoints.ts';
import { event } from './core/event.ts';
import { limitRange } from './core/limit-range.ts';
import { namespace } from './core/namespace.ts';
import { node } from './core/node.ts';
import { persistentVolume } from './core/persistent-volume.ts';
import { persistentVolumeClaim } from './core/persistent-volume-claim.ts';
import { pod } from './core/pod.ts';
import { podTemplate } from './core/pod-template.ts';
import { replicationController } from './core/replication-controller.ts';
import { resourceQuota } from './core/resource-quota.ts';
import { secret } from './core/secret.ts';
import { service } from './core/service.ts';
import { serviceAccount } from './core/service-account.ts';
import type { KindDescriptor } from './descriptor.ts';
import { endpointSlice } from './discovery/endpoint-slice.ts';
import { eventsEvent } from './events/event.ts';
import { flowSchema } from './flowcontrol/flow-schema.ts';
import { priorityLevelConfiguration } from './flowcontrol/priority-level-configuration.ts';
import { ingress } from './networking/ingress.ts';
import { ingressClass } from './networking/ingress-class.ts';
import { ipAddress } from './networking/ip-address.ts';
import { networkPolicy } from './networking/network-policy.ts';
import { serviceCIDR } from './networking/service-cidr.ts';
import { runtimeClass } from './node/runtime-class.ts';
import type { KubeObject } from './object.ts';
import { podDisruptionBudget } from './policy/pod-disruption-budget.ts';
import { clusterRole, role } from './rbac/role.ts';
import { clusterRoleBinding, roleBinding } from './rbac/role-binding.ts';
import { deviceClass } from './resource/device-class.ts';
import { resourceClaim } from './resource/resource-claim.ts';
import { resourceClaimTemplate } from './resource/resource-claim-template.ts';
import { resourceSlice } from './resource/resource-slice.ts';
import { priorityClass } from './scheduling/priority-class.ts';
import { csiDriver } from './storage/csi-driver.ts';
import { csiNode } from './storage/csi-node.ts';
import { csiStorageCapacity } from './storage/csi-storage-capacity.ts';
import { storageClass } from './storage/storage-class.ts';
import { volumeAttachment } from './storage/volume-attachment.ts';
import { volumeAttributesClass } from './storage/volume-attributes-class.ts';

/** A descriptor of any kind: the server hands each only objects of its own kind. */
function anyKind<T extends KubeObject>(descriptor: KindDescriptor<T>): KindDescriptor {
  return descriptor as unknown as KindDescriptor;
}

/** Every kind the API server serves, in the order discovery lists them. To serve one more, add its descriptor here. */
export const KINDS: readonly KindDescriptor[] = [
  anyKind(configMap),
  anyKind(endpoints),
  anyKind(event),
  anyKind(limitRange),
  anyKind(namespace),
  anyKind(node),
  anyKind(persistentVolume),
  anyKind(persistentVolumeClaim),
  anyKind(pod),
  anyKind(podTemplate),
  anyKind(replicationController),
  anyKind(resourceQuota),
  anyKind(secret),
  anyKind(service),
  anyKind(serviceAccount),
  anyKind(apiService),
  anyKind(controllerRevision),
  anyKind(daemonSet),
  anyKind(deployment),
  anyKind(replicaSet),
  anyKind(statefulSet),
  anyKind(eventsEvent),
  anyKind(horizontalPodAutoscaler),
  anyKind(horizontalPodAutoscalerV1),
  anyKind(cronJob),
  anyKind(job),
  anyKind(certificateSigningRequest),
  anyKind(ingress),
  anyKind(ingressClass),
  anyKind(ipAddress),
  anyKind(networkPolicy),
  anyKind(serviceCIDR),
  anyKind(podDisruptionBudget),
  anyKind(clusterRole),
  anyKind(clusterRoleBinding),
  anyKind(role),
  anyKind(roleBinding),
  anyKind(csiDriver),
  anyKind(csiNode),
  anyKind(csiStorageCapacity),
  anyKind(storageClass),
  anyKind(volumeAttachment),
  anyKind(volumeAttributesClass),
  anyKind(mutatingAdmissionPolicy),
  anyKind(mutatingAdmissionPolicyBinding),
  anyKind(mutatingWebhookConfiguration),
  anyKind(validatingAdmissionPolicy),
  anyKind(validatingAdmissionPolicyBinding),
  anyKind(validatingWebhookConfiguration),
  anyKind(customResourceDefinition),
  anyKind(priorityClass),
  anyKind(lease),
  anyKind(runtimeClass),
  anyKind(endpointSlice),
  anyKind(flowSchema),
  anyKind(priorityLevelConfiguration),
  anyKind(deviceClass),
  anyKind(resourceClaim),
  anyKind(resourceClaimTemplate),
  anyKind(resourceSlice),
];
