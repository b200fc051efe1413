import type { EndpointSlice, Node, Service, ServiceCIDR } from '../api/kinds.ts';
import { endpointSlices, nodes, serviceCIDRs, services } from '../api/resources.ts';
import type { Client } from '../client/client.ts';
import { Informer } from '../client/informer.ts';
import type { Simulation } from '../sim/index.ts';
import type { ProxyConfiguration, ProxyMode } from './configuration.ts';
import type { ProxyTopology } from './endpoint-choice.ts';
import { EndpointTable, type ProxyEndpoint } from './endpoints.ts';
import type { PodTraffic, RuleSettings } from './iptables/rule-settings.ts';
import { type ServicePort, servicePorts } from './service-port.ts';

/**
 * Everything that a node's rules are made from. A port or a list of endpoints that has not changed is the same object in the
 * next state, so that a proxier knows what it has to write anew.
 */
export interface ProxyState {
  readonly services: readonly ServicePort[];
  readonly endpoints: ReadonlyMap<string, readonly ProxyEndpoint[]>;
  readonly topology: ProxyTopology;
  readonly settings: RuleSettings;
  /** From which cluster IPs are given out; known in the mode nftables only. */
  readonly serviceCidrs: ServiceCidrs;
}

export type ServiceCidrs = readonly string[];

/** Follows Services, EndpointSlices and the proxy's own Node. */
export class ProxyWatch {
  readonly #nodeName: string;
  readonly #changed: () => void;
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #node: Informer<Node>;
  readonly #cidrs: Informer<ServiceCIDR> | undefined;
  readonly #ports = new WeakMap<Service, readonly ServicePort[]>();
  readonly #endpoints: EndpointTable;

  /** @param changed called for every change that may concern the rules. */
  constructor(sim: Simulation, client: Client, nodeName: string, mode: ProxyMode, changed: () => void) {
    const name = `kube-proxy/${nodeName}`;
    this.#nodeName = nodeName;
    this.#endpoints = new EndpointTable(nodeName);
    this.#changed = changed;
    this.#services = new Informer(sim, client.resource<Service>(services), {
      name: `${name} services`,
      labelSelector: '!service.kubernetes.io/service-proxy-name',
    });
    this.#slices = new Informer(sim, client.resource<EndpointSlice>(endpointSlices), {
      name: `${name} endpointslices`,
      labelSelector: '!service.kubernetes.io/service-proxy-name,!service.kubernetes.io/headless',
    });
    this.#node = new Informer(sim, client.resource<Node>(nodes), {
      name: `${name} node`,
      fieldSelector: `metadata.name=${nodeName}`,
    });
    if (mode === 'nftables') {
      this.#cidrs = new Informer(sim, client.resource<ServiceCIDR>(serviceCIDRs), { name: `${name} servicecidrs` });
    }
    const anyChange = { add: changed, update: changed, delete: changed };
    this.#services.addHandlers(anyChange);
    this.#slices.addHandlers(anyChange);
    this.#cidrs?.addHandlers(anyChange);
    // A kubelet writes its status all the time; rules depend on little of it.
    this.#node.addHandlers({
      add: changed,
      update: (previous, node) => {
        if (nodeFacts(previous) !== nodeFacts(node)) changed();
      },
    });
  }

  start(): void {
    for (const informer of this.#all()) {
      informer.whenSynced(this.#changed);
      informer.start();
    }
  }

  stop(): void {
    for (const informer of this.#all()) informer.stop();
  }

  /** Before all three are known, rules would take away what an earlier process has made. */
  get ready(): boolean {
    return this.#all().every(({ hasSynced }) => hasSynced) && this.node !== undefined;
  }

  get node(): Node | undefined {
    return this.#node.lister.get(this.#nodeName);
  }

  state(configuration: ProxyConfiguration): ProxyState {
    const node = this.node;
    return {
      services: this.#services.lister.list().flatMap((service) => this.#portsOf(service)),
      endpoints: this.#endpoints.update(this.#slices.lister.list()),
      topology: { nodeName: this.#nodeName, zone: node?.metadata.labels?.['topology.kubernetes.io/zone'] },
      settings: ruleSettings(configuration, node),
      serviceCidrs: (this.#cidrs?.lister.list() ?? [])
        .flatMap(({ spec }) => spec?.cidrs ?? [])
        .filter((cidr) => !cidr.includes(':')),
    };
  }

  /** A stored object never changes, so that what follows from it does not either. */
  #portsOf(service: Service): readonly ServicePort[] {
    const known = this.#ports.get(service);
    if (known !== undefined) return known;
    const ports = servicePorts(service);
    this.#ports.set(service, ports);
    return ports;
  }

  #all() {
    return [this.#services, this.#slices, this.#node, ...(this.#cidrs === undefined ? [] : [this.#cidrs])];
  }
}

function nodeFacts({ metadata, spec, status }: Node): string {
  return JSON.stringify([metadata.labels, spec.podCIDR, spec.taints, metadata.deletionTimestamp, status?.addresses]);
}

function ruleSettings(configuration: ProxyConfiguration, node: Node | undefined): RuleSettings {
  const nodeIp = node?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address ?? '127.0.0.1';
  const { nodePortAddresses } = configuration;
  return {
    masqueradeMark: 2 ** configuration.masqueradeBit,
    masqueradeAll: configuration.masqueradeAll,
    podTraffic: podTraffic(configuration, node),
    localhostNodePorts: configuration.localhostNodePorts,
    nodePortAddresses: nodePortAddresses?.map((address) => (address === 'primary' ? nodeIp : address)),
    nodeIp,
    scheduler: configuration.scheduler,
  };
}

/** https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/#kubeproxy-config-k8s-io-v1alpha1-LocalMode */
function podTraffic(configuration: ProxyConfiguration, node: Node | undefined): PodTraffic | undefined {
  const { detectLocalMode, clusterCidr, bridgeInterface, interfaceNamePrefix } = configuration;
  const condition = {
    ClusterCIDR: clusterCidr === undefined ? undefined : `-s ${clusterCidr}`,
    NodeCIDR: node?.spec.podCIDR === undefined ? undefined : `-s ${node.spec.podCIDR}`,
    BridgeInterface: bridgeInterface === '' ? undefined : `-i ${bridgeInterface}`,
    InterfaceNamePrefix: interfaceNamePrefix === '' ? undefined : `-i ${interfaceNamePrefix}+`,
  }[detectLocalMode];
  return condition === undefined ? undefined : { is: condition, isNot: `! ${condition}` };
}
