import { controllerRevision } from './apps/controller-revision.ts';
import { daemonSet } from './apps/daemon-set.ts';
import { deployment } from './apps/deployment.ts';
import { replicaSet } from './apps/replica-set.ts';
import { statefulSet } from './apps/stateful-set.ts';
import { horizontalPodAutoscaler } from './autoscaling/horizontal-pod-autoscaler.ts';
import { cronJob } from './batch/cron-job.ts';
import { job } from './batch/job.ts';
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
import { resourceQuota } from './core/resource-quota.ts';
import { secret } from './core/secret.ts';
import { service } from './core/service.ts';
import { serviceAccount } from './core/service-account.ts';
import type { KindDescriptor } from './descriptor.ts';
import { endpointSlice } from './discovery/endpoint-slice.ts';
import { ingress } from './networking/ingress.ts';
import { ingressClass } from './networking/ingress-class.ts';
import { networkPolicy } from './networking/network-policy.ts';
import type { KubeObject } from './object.ts';
import { podDisruptionBudget } from './policy/pod-disruption-budget.ts';
import { clusterRole, role } from './rbac/role.ts';
import { clusterRoleBinding, roleBinding } from './rbac/role-binding.ts';
import { priorityClass } from './scheduling/priority-class.ts';
import { storageClass } from './storage/storage-class.ts';

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
  anyKind(resourceQuota),
  anyKind(secret),
  anyKind(service),
  anyKind(serviceAccount),
  anyKind(controllerRevision),
  anyKind(daemonSet),
  anyKind(deployment),
  anyKind(replicaSet),
  anyKind(statefulSet),
  anyKind(horizontalPodAutoscaler),
  anyKind(cronJob),
  anyKind(job),
  anyKind(ingress),
  anyKind(ingressClass),
  anyKind(networkPolicy),
  anyKind(podDisruptionBudget),
  anyKind(clusterRole),
  anyKind(clusterRoleBinding),
  anyKind(role),
  anyKind(roleBinding),
  anyKind(storageClass),
  anyKind(priorityClass),
  anyKind(lease),
  anyKind(endpointSlice),
];
