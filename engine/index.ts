// The engine's door: everything that the graders, the lessons and a program of yours may use.

export { formatSelector, isEmptySelector } from './api/apps/selector.ts';
export { isReady } from './api/core/ready.ts';
export type { Event, Pod } from './api/kinds.ts';
export {
  type FieldHelp,
  type ManifestKind,
  manifestFields,
  manifestFlaws,
  manifestKinds,
} from './api/manifest-help.ts';
export type { KubeList, KubeObject } from './api/object.ts';
export { checkQuantity, compareQuantities } from './api/quantity.ts';
export type { ApiRequest, ApiResponse, WatchEvent } from './api/request.ts';
export {
  events,
  namespaces,
  nodes,
  pods,
  RESOURCES,
  type Resource,
  resourceOfKind,
  resourcePath,
} from './api/resources.ts';
export { type Status, StatusError } from './api/status-error.ts';
export type { Client } from './client/client.ts';
export { ConnectionError } from './client/transport.ts';
export { type Cluster, HOME } from './cluster/cluster.ts';
export { createCluster, restoreCluster } from './cluster/create.ts';
export type { ClusterInput, Fault, ProbeOutcome, ProbeRequest, RunOutcome } from './cluster/input.ts';
export {
  type ClusterOptions,
  MAX_CONTROL_PLANES,
  machineNames,
  type Preparation,
  type WorkerOptions,
} from './cluster/options.ts';
export type {
  EndpointChoice,
  HookPass,
  NameLookup,
  RequestEnd,
  RequestFilter,
  RequestHop,
  RequestOutcome,
  RequestPath,
  RequestPlace,
  RequestProbe,
  RulePass,
} from './cluster/requests/request-path.ts';
export { RELEASES } from './cluster/versions.ts';
export type { ClusterView, ContainerView, NodeView, PodView } from './cluster/view.ts';
export { BASHRC } from './cluster/workstation/workstation-files.ts';
export { formatImageReference, parseImageReference } from './containerd/image-reference.ts';
export type { KeyValue } from './etcd/index.ts';
export { storageKey, storagePrefix } from './kube-apiserver/registry/storage-key.ts';
export type { NodeVerdict, SchedulingDecision } from './kube-scheduler/index.ts';
export type { Activity, JournalEntry, Simulation, TraceEntry } from './sim/index.ts';
