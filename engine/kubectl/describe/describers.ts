import type { Invocation } from '../invocation.ts';
import { describeCertificateSigningRequest } from './certificate-signing-request.ts';
import { describePriorityClass, describeStorageClass, describeVolumeAttributesClass } from './classes.ts';
import { describeCsiNode } from './csi-node.ts';
import { describeDaemonSet } from './daemon-set.ts';
import { describeDeployment, describeReplicaSet, describeReplicationController } from './deployment.ts';
import type { DescriptionWriter } from './description-writer.ts';
import { describePodDisruptionBudget } from './disruption-budget.ts';
import { describeEndpointSlice, describeEndpoints } from './endpoints.ts';
import { describeHorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { describeIngress, describeIngressClass } from './ingress.ts';
import { describeCronJob, describeJob } from './job.ts';
import { describeNetworkPolicy } from './network-policy.ts';
import { describeNode } from './node.ts';
import { describePod } from './pod.ts';
import { describeRole, describeRoleBinding } from './rbac.ts';
import { describeLimitRange, describeResourceQuota } from './resource-quota.ts';
import { describeSecret } from './secret.ts';
import { describeService } from './service.ts';
import { describeIpAddress, describeServiceCidr } from './service-addresses.ts';
import { describeConfigMap, describeNamespace, describeServiceAccount } from './simple-kinds.ts';
import { describeStatefulSet } from './stateful-set.ts';
import { describePersistentVolume, describePersistentVolumeClaim } from './storage.ts';

/** Writes one object of its kind out. */
type Describer = (invocation: Invocation, writer: DescriptionWriter, object: never) => void;

/** By kind and group; a kind that is not here is shown field by field. */
export const DESCRIBERS: Readonly<Record<string, Describer>> = {
  pod: describePod,
  node: describeNode,
  namespace: describeNamespace,
  configmap: describeConfigMap,
  serviceaccount: describeServiceAccount,
  service: describeService,
  secret: describeSecret,
  endpoints: describeEndpoints,
  replicationcontroller: describeReplicationController,
  resourcequota: describeResourceQuota,
  limitrange: describeLimitRange,
  persistentvolume: describePersistentVolume,
  persistentvolumeclaim: describePersistentVolumeClaim,
  'deployment.apps': describeDeployment,
  'replicaset.apps': describeReplicaSet,
  'daemonset.apps': describeDaemonSet,
  'statefulset.apps': describeStatefulSet,
  'job.batch': describeJob,
  'cronjob.batch': describeCronJob,
  'certificatesigningrequest.certificates.k8s.io': describeCertificateSigningRequest,
  'endpointslice.discovery.k8s.io': describeEndpointSlice,
  'horizontalpodautoscaler.autoscaling': describeHorizontalPodAutoscaler,
  'ingress.networking.k8s.io': describeIngress,
  'ingressclass.networking.k8s.io': describeIngressClass,
  'ipaddress.networking.k8s.io': describeIpAddress,
  'servicecidr.networking.k8s.io': describeServiceCidr,
  'networkpolicy.networking.k8s.io': describeNetworkPolicy,
  'poddisruptionbudget.policy': describePodDisruptionBudget,
  'priorityclass.scheduling.k8s.io': describePriorityClass,
  'storageclass.storage.k8s.io': describeStorageClass,
  'volumeattributesclass.storage.k8s.io': describeVolumeAttributesClass,
  'csinode.storage.k8s.io': describeCsiNode,
  'role.rbac.authorization.k8s.io': describeRole,
  'clusterrole.rbac.authorization.k8s.io': describeRole,
  'rolebinding.rbac.authorization.k8s.io': describeRoleBinding,
  'clusterrolebinding.rbac.authorization.k8s.io': describeRoleBinding,
};
