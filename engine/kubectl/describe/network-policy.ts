import type { NetworkPolicy } from '../../api/kinds.ts';
import { labelSelectorOf } from '../../api/label-selector.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, writeAnnotations, writeMap } from './description-writer.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;
type Rule = { readonly ports?: Ports; readonly peers?: Peers };
type Ports = NonNullable<NonNullable<Spec['ingress']>[number]['ports']>;
type Peers = NonNullable<NonNullable<Spec['ingress']>[number]['from']>;
type Selector = Peers[number]['podSelector'];

/** The words in which the two directions differ. */
const INGRESS = { name: 'ingress', peer: 'From', restricted: 'source' };
const EGRESS = { name: 'egress', peer: 'To', restricted: 'destination' };

export function describeNetworkPolicy(_: Invocation, writer: DescriptionWriter, policy: NetworkPolicy): void {
  const { metadata, spec } = policy;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  const created = metadata.creationTimestamp.replace('T', ' ').replace('Z', ' +0000 UTC');
  writer.field(0, 'Created on', created);
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  const { ingress = [], egress = [], policyTypes = [] } = spec ?? {};
  writer.line(0, 'Spec:');
  const everyPod = '<none> (Allowing the specific traffic to all pods in this namespace)';
  writer.line(1, `PodSelector:     ${selectorText(spec?.podSelector, everyPod)}`);
  const ingressRules = ingress.map(({ ports, from }) => ({ ports, peers: from }));
  const egressRules = egress.map(({ ports, to }) => ({ ports, peers: to }));
  describeDirection(writer, INGRESS, policyTypes.includes('Ingress'), ingressRules);
  describeDirection(writer, EGRESS, policyTypes.includes('Egress'), egressRules);
  writer.line(1, `Policy Types: ${policyTypes.join(', ')}`);
}

function describeDirection(
  writer: DescriptionWriter,
  { name, peer, restricted }: typeof INGRESS,
  affected: boolean,
  rules: readonly Rule[],
): void {
  if (!affected) {
    writer.line(1, `Not affecting ${name} traffic`);
    return;
  }
  writer.line(1, `Allowing ${name} traffic:`);
  if (rules.length === 0) writer.line(2, `<none> (Selected pods are isolated for ${name} connectivity)`);
  for (const [index, { ports = [], peers = [] }] of rules.entries()) {
    if (index > 0) writer.line(2, '----------');
    if (ports.length === 0) writer.line(2, 'To Port: <any> (traffic allowed to all ports)');
    for (const { port, endPort, protocol = 'TCP' } of ports) {
      writer.line(
        2,
        endPort === undefined ? `To Port: ${port}/${protocol}` : `To Port Range: ${port}-${endPort}/${protocol}`,
      );
    }
    if (peers.length === 0) writer.line(2, `${peer}: <any> (traffic not restricted by ${restricted})`);
    for (const one of peers) {
      writer.line(2, `${peer}:`);
      describePeer(writer, one);
    }
  }
}

function describePeer(writer: DescriptionWriter, { namespaceSelector, podSelector, ipBlock }: Peers[number]): void {
  if (namespaceSelector !== undefined) {
    writer.line(3, `NamespaceSelector: ${selectorText(namespaceSelector, '<none>')}`);
  }
  if (podSelector !== undefined) writer.line(3, `PodSelector: ${selectorText(podSelector, '<none>')}`);
  if (ipBlock !== undefined) {
    writer.line(3, 'IPBlock:');
    writer.line(4, `CIDR: ${ipBlock.cidr}`);
    writer.line(4, `Except: ${(ipBlock.except ?? []).join(', ')}`);
  }
}

function selectorText(selector: Selector, empty: string): string {
  return labelSelectorOf(selector as object).toString() || empty;
}
