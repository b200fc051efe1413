/**
 * The columns of `kubectl get` for each kind: those that are always shown, and after a bar those of `-o wide`. A word after
 * a colon is the type of a column that holds no text, `name` marks a column whose format is `name`.
 * Seen on a 1.20.2 server; what the printers of later versions have added or changed is in the second list.
 */
export const PRINTED_COLUMNS: Readonly<Record<string, string>> = {
  APIService: 'Name, Service, Available, Age',
  CSINode: 'Name, Drivers:integer, Age',
  ClusterRole: 'Name, Created At:date',
  ClusterRoleBinding: 'Name, Role, Age | Users, Groups, ServiceAccounts',
  ConfigMap: 'Name, Data, Age',
  ControllerRevision: 'Name, Controller, Revision, Age',
  CustomResourceDefinition: 'Name, Created At:date',
  DaemonSet:
    'Name, Desired:integer, Current:integer, Ready:integer, Up-to-date:integer, Available:integer, Node Selector, Age | Containers, Images, Selector',
  Deployment: 'Name, Ready, Up-to-date, Available, Age | Containers, Images, Selector',
  EndpointSlice: 'Name, AddressType, Ports, Endpoints, Age',
  Endpoints: 'Name, Endpoints, Age',
  Event: 'Last Seen, Type, Reason, Object, Message | Subobject, Source, First Seen, Count, Name',
  FlowSchema: 'Name, PriorityLevel, MatchingPrecedence, DistinguisherMethod, Age, MissingPL',
  HorizontalPodAutoscaler: 'Name, Reference, Targets, MinPods, MaxPods, Replicas, Age',
  Ingress: 'Name, Class, Hosts, Address, Ports, Age',
  IngressClass: 'Name, Controller, Parameters, Age',
  Lease: 'Name, Holder, Age',
  LimitRange: 'Name, Created At:date',
  MutatingWebhookConfiguration: 'Name, Webhooks:integer, Age',
  Namespace: 'Name, Status, Age',
  NetworkPolicy: 'Name, Pod-Selector, Age',
  Node: 'Name, Status, Roles, Age, Version | Internal-IP, External-IP, OS-Image, Kernel-Version, Container-Runtime',
  PodDisruptionBudget: 'Name, Min Available, Max Unavailable, Allowed Disruptions:integer, Age',
  PodTemplate: 'Name, Containers, Images, Pod Labels',
  ReplicaSet: 'Name, Desired:integer, Current:integer, Ready:integer, Age | Containers, Images, Selector',
  ReplicationController: 'Name, Desired:integer, Current:integer, Ready:integer, Age | Containers, Images, Selector',
  Role: 'Name, Created At:date',
  RoleBinding: 'Name, Role, Age | Users, Groups, ServiceAccounts',
  RuntimeClass: 'Name, Handler, Age',
  Secret: 'Name, Type, Data, Age',
  Service: 'Name, Type, Cluster-IP, External-IP, Port(s), Age | Selector',
  StatefulSet: 'Name, Ready, Age | Containers, Images',
  StorageClass: 'Name, Provisioner, ReclaimPolicy, VolumeBindingMode, AllowVolumeExpansion, Age',
  ValidatingWebhookConfiguration: 'Name, Webhooks:integer, Age',
  VolumeAttachment: 'Name, Attacher:name, PV, Node, Attached:boolean, Age',
};

/** Kinds that have come, and columns that have changed, since then. */
export const COLUMNS_SINCE_THEN: Readonly<Record<string, string>> = {
  CSIDriver:
    'Name, AttachRequired:boolean, PodInfoOnMount:boolean, StorageCapacity:boolean, TokenRequests, RequiresRepublish:boolean, Modes, Age',
  CSIStorageCapacity: 'Name, StorageClassName, Capacity',
  CertificateSigningRequest: 'Name, Age, SignerName, Requestor, RequestedDuration, Condition',
  CronJob:
    'Name, Schedule, Timezone, Suspend:boolean, Active:integer, Last Schedule, Age | Containers, Images, Selector',
  DeviceClass: 'Name, Age',
  IPAddress: 'Name, ParentRef',
  Job: 'Name, Status, Completions, Duration, Age | Containers, Images, Selector',
  MutatingAdmissionPolicy: 'Name, Mutations:integer, ParamKind, Age',
  MutatingAdmissionPolicyBinding: 'Name, PolicyName, ParamRef, Age',
  PersistentVolume:
    'Name, Capacity, Access Modes, Reclaim Policy, Status, Claim, StorageClass, VolumeAttributesClass, Reason, Age | VolumeMode',
  PersistentVolumeClaim:
    'Name, Status, Volume, Capacity, Access Modes, StorageClass, VolumeAttributesClass, Age | VolumeMode',
  Pod: 'Name, Ready, Status, Restarts, Age | IP, Node, Nominated Node, Readiness Gates',
  PriorityClass: 'Name, Value:integer, Global-Default:boolean, Age, PreemptionPolicy',
  PriorityLevelConfiguration: 'Name, Type, NominalConcurrencyShares, Queues, HandSize, QueueLengthLimit, Age',
  ResourceClaim: 'Name, State, Age',
  ResourceClaimTemplate: 'Name, Age',
  ResourceSlice: 'Name, Node, Driver, Pool, Age',
  ResourceQuota: 'Name, Request, Limit, Age',
  ServiceAccount: 'Name, Age',
  ServiceCIDR: 'Name, CIDRs, Age',
  ValidatingAdmissionPolicy: 'Name, Validations:integer, ParamKind, Age',
  ValidatingAdmissionPolicyBinding: 'Name, PolicyName, ParamRef, Age',
  VolumeAttributesClass: 'Name, DriverName, Age',
};
