import { serviceKeys } from '../../api/discovery/slice-service.ts';
import type { EndpointSlice, Namespace, Pod, Service } from '../../api/kinds.ts';
import { endpointSlices, namespaces, pods, services } from '../../api/resources.ts';
import { Client } from '../../client/client.ts';
import { Informer } from '../../client/informer.ts';
import type { Transport } from '../../client/transport.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ClusterObjects } from './cluster-records.ts';

/** The cluster as CoreDNS watches it: Services, EndpointSlices, Namespaces and, for `pods verified`, Pods. */
export class WatchedCluster implements ClusterObjects {
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #namespaces: Informer<Namespace>;
  readonly #pods: Informer<Pod> | undefined;
  /** When something that answers depend on changed last, in seconds since 1970: the zone's serial number. */
  #modified: number;

  /** @param name of the process, for labels. */
  constructor(sim: Simulation, transport: Transport, name: string, withPods: boolean) {
    const client = new Client(transport, { userAgent: 'coredns' });
    this.#services = new Informer(sim, client.resource(services), { name: `${name} services` });
    this.#slices = new Informer(sim, client.resource(endpointSlices), { name: `${name} endpointslices` });
    this.#namespaces = new Informer(sim, client.resource(namespaces), { name: `${name} namespaces` });
    this.#pods = withPods ? new Informer(sim, client.resource(pods), { name: `${name} pods` }) : undefined;
    this.#services.addIndex('address', ({ spec }) => spec.clusterIPs?.filter((address) => address !== 'None') ?? []);
    this.#slices.addIndex('service', serviceKeys);
    this.#slices.addIndex('address', ({ endpoints }) => endpoints.flatMap(({ addresses }) => addresses));
    this.#pods?.addIndex('address', ({ status }) => (status?.podIP === undefined ? [] : [status.podIP]));
    this.#modified = Math.floor(sim.wallMs / 1000);
    const touch = () => {
      this.#modified = Math.floor(sim.wallMs / 1000);
    };
    const handlers = { add: touch, update: touch, delete: touch };
    this.#services.addHandlers(handlers);
    this.#slices.addHandlers(handlers);
  }

  get serial(): number {
    return this.#modified;
  }

  get hasSynced(): boolean {
    return this.#all().every((informer) => informer.hasSynced);
  }

  start(): void {
    for (const informer of this.#all()) informer.start();
  }

  stop(): void {
    for (const informer of this.#all()) informer.stop();
  }

  hasNamespace(name: string): boolean {
    return this.#namespaces.lister.get(name) !== undefined;
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#services.lister.get(name, namespace);
  }

  slices(namespace: string, service: string): readonly EndpointSlice[] {
    return this.#slices.lister.byIndex('service', `${namespace}/${service}`);
  }

  servicesWithAddress(address: string): readonly Service[] {
    return this.#services.lister.byIndex('address', address);
  }

  slicesWithAddress(address: string): readonly EndpointSlice[] {
    return this.#slices.lister.byIndex('address', address);
  }

  hasPod(namespace: string, address: string): boolean {
    const found = this.#pods?.lister.byIndex('address', address) ?? [];
    return found.some(({ metadata }) => metadata.namespace === namespace);
  }

  #all(): readonly Pick<Informer<Service>, 'hasSynced' | 'start' | 'stop'>[] {
    const all = [this.#services, this.#slices, this.#namespaces];
    return this.#pods === undefined ? all : [...all, this.#pods];
  }
}
