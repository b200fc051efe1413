import {
  type Activity,
  type Cluster,
  type KubeObject,
  pods,
  resourceOfKind,
  storageKey,
  storagePrefix,
  type TraceEntry,
} from '@drydock/engine';
import { visibleCauses } from '@drydock/graders';
import { referenceTo } from './named-things.ts';
import type { Reference } from './reference.ts';

/** One link of a chain of causes: an object was written by a component, which had been set off by an earlier write. */
export interface Cause {
  /** The object that was written. */
  readonly object: Reference;
  /** Whether this write made it. */
  readonly created: boolean;
  readonly timeMs: number;
  /** Who wrote: `replicaset-controller`, `kubectl`, `kubelet/node-1`. */
  readonly by: string;
  /** As whom, where that says more: `kubernetes-admin`. */
  readonly user?: string;
}

/** Why an object is as it is. */
export interface WhyChain {
  /** What it waits for or complains of, nearest first. */
  readonly state: readonly string[];
  /** For a Pod: what the scheduler said of each node when it last tried, and which of its extenders did not answer. */
  readonly nodes: readonly string[];
  /** How it came to be: its own creation, then what set that off, and so on, back to a person. */
  readonly lineage: readonly Cause[];
}

/** Longest chain that is told. */
const MAX_LINKS = 8;

/** Leaves no mark on the cluster. */
export function whyOf(cluster: Cluster, object: KubeObject): WhyChain {
  return { state: stateOf(cluster, object), nodes: verdictsOn(cluster, object), lineage: lineageOf(cluster, object) };
}

/** An API server that is down leaves the events untold. */
function stateOf(cluster: Cluster, object: KubeObject): readonly string[] {
  try {
    return visibleCauses(cluster, object);
  } catch {
    return [];
  }
}

function verdictsOn(cluster: Cluster, { kind, metadata }: KubeObject): readonly string[] {
  if (kind !== pods.kind) return [];
  const decision = cluster.explainScheduling(metadata.name, metadata.namespace);
  if (decision === undefined) return [];
  const { nodes, extenders = [] } = decision;
  const refusals = nodes.flatMap(({ node, refusedBy, reasons = [] }) =>
    refusedBy === undefined ? [] : [`${node}: ${reasons.join(', ') || 'no reason given'} (${refusedBy})`],
  );
  const silences = extenders.flatMap(({ extender, verb, error, ignored }) =>
    error === undefined ? [] : [`${verb}: ${error} (${extender}${ignored ? ', ignored' : ''})`],
  );
  return [...refusals, ...silences];
}

function lineageOf(cluster: Cluster, object: KubeObject): readonly Cause[] {
  const writes = cluster.sim.trace.entries.filter(({ revision }) => revision !== undefined);
  const byRevision = new Map(writes.map((entry) => [entry.revision!, entry]));
  const chain: Cause[] = [];
  let write = creationOf(cluster, object, byRevision);
  while (write !== undefined && chain.length < MAX_LINKS) {
    chain.push(causeOf(cluster, write));
    write = byRevision.get(write.activity?.causeRevision ?? 0);
  }
  return chain;
}

function creationOf(cluster: Cluster, object: KubeObject, writes: ReadonlyMap<number, TraceEntry>) {
  const resource = resourceOfKind(object.kind ?? '');
  if (resource === undefined) return undefined;
  const { namespace = '', name } = object.metadata;
  const key = storageKey(storagePrefix(resource), resource.namespaced ? namespace : '', name);
  return writes.get(cluster.stored(key).find((each) => each.key === key)?.createRevision ?? 0);
}

function causeOf(cluster: Cluster, { subject, revision, timeMs, activity }: TraceEntry): Cause {
  const stored = cluster.stored(subject, revision).find(({ key }) => key === subject);
  const [name = '', namespace] = subject.split('/').toReversed();
  return {
    object: stored === undefined ? { kind: '', namespace, name } : referenceTo(stored.value as KubeObject),
    created: stored?.createRevision === revision,
    timeMs,
    by: componentOf(activity),
    user: activity?.user,
  };
}

/** What wrote, without the version that clients add to their names. */
export function componentOf(activity: Activity | undefined): string {
  return (activity?.component ?? '').replace(/\/v\d.*$/, '');
}
