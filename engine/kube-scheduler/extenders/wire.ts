import type { Node, Pod } from '../../api/kinds.ts';
import { type GoType, list, map, object } from './go-decoder.ts';

// What is said between the scheduler and an extender: k8s.io/kube-scheduler/extender/v1. Its types have no names for JSON,
// so fields are written as Go spells them, and what the scheduler does not say is null.

/** A Pod or a node as Go's clients write it: without the type, which they know. */
type Untyped<T> = Omit<T, 'apiVersion' | 'kind'>;

export interface ExtenderArgs {
  readonly Pod: Untyped<Pod>;
  readonly Nodes: { readonly metadata: object; readonly items: readonly Untyped<Node>[] } | null;
  readonly NodeNames: readonly string[] | null;
}

export interface ExtenderBindingArgs {
  readonly PodName: string;
  readonly PodNamespace: string;
  readonly PodUID: string;
  readonly Node: string;
}

export interface ExtenderPreemptionArgs {
  readonly Pod: Untyped<Pod>;
  readonly NodeNameToVictims: Readonly<Record<string, Victims<Untyped<Pod>>>> | null;
  readonly NodeNameToMetaVictims: Readonly<Record<string, Victims<MetaPod>>> | null;
}

interface Victims<P> {
  readonly Pods: readonly P[];
  readonly NumPDBViolations: number;
}

interface MetaPod {
  readonly UID: string;
}

export interface FilterResult {
  readonly Nodes?: { readonly items?: readonly { readonly metadata?: { readonly name?: string } }[] };
  readonly NodeNames?: readonly string[];
  readonly FailedNodes?: ReadonlyMap<string, string>;
  readonly FailedAndUnresolvableNodes?: ReadonlyMap<string, string>;
  readonly Error?: string;
}

export type HostPriorityList = readonly { readonly Host?: string; readonly Score?: number }[];

export interface BindingResult {
  readonly Error?: string;
}

export interface PreemptionResult {
  readonly NodeNameToMetaVictims?: ReadonlyMap<
    string,
    { readonly Pods?: readonly { readonly UID?: string }[]; readonly NumPDBViolations?: number }
  >;
}

const REASONS: GoType = map('v1.FailedNodesMap', 'string');
const NODE = object('Node', { metadata: object('ObjectMeta', { name: 'string' }) });

export const FILTER_RESULT: GoType = object('ExtenderFilterResult', {
  Nodes: object('NodeList', { items: list('[]v1.Node', NODE) }),
  NodeNames: list('[]string', 'string'),
  FailedNodes: REASONS,
  FailedAndUnresolvableNodes: REASONS,
  Error: 'string',
});

export const HOST_PRIORITY_LIST: GoType = list(
  'v1.HostPriorityList',
  object('HostPriority', { Host: 'string', Score: 'int64' }),
);

export const BINDING_RESULT: GoType = object('ExtenderBindingResult', { Error: 'string' });

export const PREEMPTION_RESULT: GoType = object('ExtenderPreemptionResult', {
  NodeNameToMetaVictims: map(
    'map[string]*v1.MetaVictims',
    object('MetaVictims', {
      Pods: list('[]*v1.MetaPod', object('MetaPod', { UID: 'string' })),
      NumPDBViolations: 'int64',
    }),
  ),
});

/** Without its type, and without what only server-side apply looks at, which the scheduler does not keep of Pods. */
export function untypedPod({ apiVersion: _, kind: __, metadata, ...rest }: Pod): Untyped<Pod> {
  const { managedFields: ___, ...kept } = metadata;
  return { metadata: kept, ...rest };
}

export function untypedNode({ apiVersion: _, kind: __, ...node }: Node): Untyped<Node> {
  return node;
}
