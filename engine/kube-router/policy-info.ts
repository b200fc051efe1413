import { hasEnded } from '../api/core/pod-phase.ts';
import type { Namespace, NetworkPolicy, Pod } from '../api/kinds.ts';
import { labelSelectorOf } from '../api/label-selector.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;
type IngressRule = NonNullable<Spec['ingress']>[number];
type EgressRule = NonNullable<Spec['egress']>[number];
type Peer = NonNullable<IngressRule['from']>[number];
type Port = NonNullable<IngressRule['ports']>[number];

/** A Pod that rules can name. */
export interface PodInfo {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  readonly nodeName: string | undefined;
}

export interface NumericPort {
  /** In small letters. */
  readonly protocol: string;
  /** Absent: every port of the protocol. */
  readonly port?: number;
  readonly endPort?: number;
}

/** A named port as a number, and the Pods where it has this number. */
interface NamedPort extends NumericPort {
  readonly port: number;
  readonly pods: readonly PodInfo[];
}

/** One rule of a policy: who may speak on the other side, and on which ports. */
export interface RuleInfo {
  /** There are no peers written down, so everybody may. */
  readonly everybody: boolean;
  readonly pods: readonly PodInfo[];
  readonly ipBlocks: readonly { readonly cidr: string; readonly except: readonly string[] }[];
  readonly everyPort: boolean;
  readonly ports: readonly NumericPort[];
  readonly namedPorts: readonly NamedPort[];
}

/** What a NetworkPolicy means at this moment. */
export interface PolicyInfo {
  readonly namespace: string;
  readonly name: string;
  /** The Pods that it isolates. */
  readonly targets: readonly PodInfo[];
  /** Absent: it says nothing of that direction. Empty: nobody may. */
  readonly ingress: readonly RuleInfo[] | undefined;
  readonly egress: readonly RuleInfo[] | undefined;
}

/** What policies are read against. */
interface Surroundings {
  readonly pods: readonly Pod[];
  readonly namespaces: ReadonlyMap<string, Namespace>;
}

/**
 * Works out what each policy means: selectors become Pods, named ports become numbers.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export function policyInfos(
  policies: readonly NetworkPolicy[],
  allPods: readonly Pod[],
  namespaces: readonly Namespace[],
): readonly PolicyInfo[] {
  const byName = new Map(namespaces.map((namespace) => [namespace.metadata.name, namespace]));
  const surroundings = { pods: allPods.filter(canBeNamed), namespaces: byName };
  return policies.map((policy) => policyInfo(policy, surroundings));
}

/** Pods of the host's network, without an address or that have ended are nothing that rules could name. */
export function canBeNamed(pod: Pod): boolean {
  return pod.spec.hostNetwork !== true && (pod.status?.podIP ?? '') !== '' && !hasEnded(pod);
}

function policyInfo({ metadata, spec = { podSelector: {} } }: NetworkPolicy, surroundings: Surroundings): PolicyInfo {
  const namespace = metadata.namespace!;
  const selector = labelSelectorOf(spec.podSelector ?? {});
  const targets = surroundings.pods.filter(
    (pod) => pod.metadata.namespace === namespace && selector.matches(pod.metadata.labels),
  );
  const types = spec.policyTypes ?? ['Ingress'];
  const rule = (peers: readonly Peer[] | undefined, ports: readonly Port[] | undefined, from: readonly Pod[]) =>
    ruleInfo(namespace, peers ?? [], ports ?? [], from, surroundings);
  return {
    namespace,
    name: metadata.name,
    targets: targets.map(podInfo),
    ingress: types.includes('Ingress')
      ? (spec.ingress ?? []).map((each: IngressRule) => rule(each.from, each.ports, targets))
      : undefined,
    egress: types.includes('Egress')
      ? (spec.egress ?? []).map((each: EgressRule) => {
          const peers = peerPods(namespace, each.to ?? [], surroundings);
          return rule(each.to, each.ports, (each.to ?? []).length === 0 ? surroundings.pods : peers);
        })
      : undefined,
  };
}

/** @param servers the Pods on whose side the ports are */
function ruleInfo(
  namespace: string,
  peers: readonly Peer[],
  ports: readonly Port[],
  servers: readonly Pod[],
  surroundings: Surroundings,
): RuleInfo {
  return {
    everybody: peers.length === 0,
    pods: peerPods(namespace, peers, surroundings).map(podInfo),
    ipBlocks: peers.flatMap(({ ipBlock }) =>
      // Addresses of the other family are none of this network's.
      ipBlock === undefined || ipBlock.cidr.includes(':') ? [] : [{ cidr: ipBlock.cidr, except: ipBlock.except ?? [] }],
    ),
    everyPort: ports.length === 0,
    ports: ports.filter(({ port }) => typeof port !== 'string').map(numericPort),
    namedPorts: ports.flatMap((port) => (typeof port.port === 'string' ? namedPorts(port, servers) : [])),
  };
}

function numericPort({ protocol = 'TCP', port, endPort }: Port): NumericPort {
  return {
    protocol: protocol.toLowerCase(),
    ...(port !== undefined && { port: Number(port) }),
    ...(endPort !== undefined && { endPort }),
  };
}

/** The same name may be another number in another Pod. */
function namedPorts({ protocol = 'TCP', port: name }: Port, servers: readonly Pod[]): readonly NamedPort[] {
  const byNumber = new Map<number, PodInfo[]>();
  for (const pod of servers) {
    for (const { ports = [] } of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
      const found = ports.find((each) => each.name === name && (each.protocol ?? 'TCP') === protocol);
      if (found === undefined) continue;
      byNumber.set(found.containerPort, [...(byNumber.get(found.containerPort) ?? []), podInfo(pod)]);
    }
  }
  return [...byNumber].map(([port, pods]) => ({ protocol: protocol.toLowerCase(), port, pods }));
}

/** The Pods that any of the peers selects. */
function peerPods(namespace: string, peers: readonly Peer[], { pods, namespaces }: Surroundings): readonly Pod[] {
  const selectors = peers
    .filter(({ ipBlock }) => ipBlock === undefined)
    .map(({ podSelector, namespaceSelector }) => ({
      ofNamespaces: namespaceSelector === undefined ? undefined : labelSelectorOf(namespaceSelector),
      ofPods: labelSelectorOf(podSelector ?? {}),
    }));
  if (selectors.length === 0) return [];
  return pods.filter(({ metadata }) =>
    selectors.some(({ ofNamespaces, ofPods }) => {
      const here =
        ofNamespaces === undefined
          ? metadata.namespace === namespace
          : ofNamespaces.matches(namespaces.get(metadata.namespace!)?.metadata.labels);
      return here && ofPods.matches(metadata.labels);
    }),
  );
}

function podInfo({ metadata, spec, status }: Pod): PodInfo {
  return { namespace: metadata.namespace!, name: metadata.name, ip: status!.podIP!, nodeName: spec.nodeName };
}
