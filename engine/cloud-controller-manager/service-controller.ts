import { sameValue } from '../api/copy-on-write.ts';
import { isReady } from '../api/core/ready.ts';
import { SERVICE_NAME } from '../api/discovery/slice-service.ts';
import type { EndpointSlice, Node, Service } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { endpointSlices, nodes, services } from '../api/resources.ts';
import { Client, type ResourceClient } from '../client/client.ts';
import { Controller } from '../client/controller.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { Informer } from '../client/informer.ts';
import type { Transport } from '../client/transport.ts';
import { unlessGone } from '../client/unless-gone.ts';
import type { Simulation } from '../sim/index.ts';
import { AddressPool, type LoadBalancerNetwork } from './load-balancers.ts';
import { targetNodes } from './target-nodes.ts';

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';

export interface CloudControllerOptions {
  readonly sim: Simulation;
  readonly transport: Transport;
  readonly network: LoadBalancerNetwork;
  /** The addresses to give out, in this order. */
  readonly addresses: readonly string[];
}

/** Starts what makes load balancers; the returned function stops it. */
export function startCloudControllerManager(options: CloudControllerOptions): () => void {
  const controller = new ServiceController(options);
  controller.start();
  return () => controller.stop();
}

/**
 * Gives every Service of type LoadBalancer an address and brings its traffic to a node that can take it. The balancer passes
 * packets through as they are (`ipMode: VIP`): kube-proxy does the rest. Services with a `loadBalancerClass` are another
 * implementation's. https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer, after
 * k8s.io/cloud-provider/controllers/service.
 */
class ServiceController {
  readonly #client: ResourceClient<Service>;
  readonly #network: LoadBalancerNetwork;
  readonly #pool: AddressPool;
  readonly #services: Informer<Service>;
  readonly #nodes: Informer<Node>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #recorder: EventRecorder;
  readonly #controller: Controller;
  /** What balancers were last made from: the Service's spec, and the nodes that may take its traffic. */
  readonly #made = new Map<string, { readonly spec: Service['spec']; readonly nodes: readonly string[] }>();

  constructor({ sim, transport, network, addresses }: CloudControllerOptions) {
    const client = new Client(transport, { userAgent: 'cloud-controller-manager' });
    this.#client = client.resource(services);
    this.#network = network;
    this.#pool = new AddressPool(addresses);
    const name = (plural: string) => ({ name: `cloud-controller-manager ${plural}` });
    this.#services = new Informer(sim, client.resource(services), name('services'));
    this.#nodes = new Informer(sim, client.resource(nodes), name('nodes'));
    this.#slices = new Informer(sim, client.resource(endpointSlices), name('endpointslices'));
    this.#recorder = new EventRecorder(sim, client, { component: 'service-controller' });
    this.#controller = new Controller(sim, {
      name: 'service-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: this.#informers(),
    });
    this.#listen();
  }

  start(): void {
    for (const informer of this.#informers()) informer.start();
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
    this.#recorder.stop();
    for (const informer of this.#informers()) informer.stop();
  }

  #informers() {
    return [this.#services, this.#nodes, this.#slices];
  }

  #listen(): void {
    const service = (each: Service) => {
      if (wantsBalancer(each) || hasFinalizer(each) || this.#made.has(objectKey(each))) this.#controller.enqueue(each);
    };
    this.#services.addHandlers({
      add: service,
      update: (previous, each) => {
        if (previous.spec.type !== each.spec.type && (wantsBalancer(previous) || wantsBalancer(each))) {
          this.#recorder.event(each, 'Normal', 'Type', `${previous.spec.type} -> ${each.spec.type}`);
        }
        service(each);
      },
      delete: service,
    });
    const everyone = () => {
      for (const key of this.#made.keys()) this.#controller.enqueueKey(key);
    };
    this.#nodes.addHandlers({
      add: everyone,
      update: (previous, node) => {
        const facts = (node: Node) => [node.metadata.labels, node.spec.taints, isReady(node)];
        if (!sameValue(facts(previous), facts(node))) everyone();
      },
      delete: everyone,
    });
    const slice = ({ metadata }: EndpointSlice) => {
      const key = `${metadata.namespace}/${metadata.labels?.[SERVICE_NAME] ?? ''}`;
      if (this.#made.has(key)) this.#controller.enqueueKey(key);
    };
    this.#slices.addHandlers({ add: slice, update: (_, each) => slice(each), delete: slice });
  }

  #reconcile(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const service = this.#services.lister.get(name, namespace);
    if (service === undefined) this.#dismantle(key);
    else if (wantsBalancer(service) && service.metadata.deletionTimestamp === undefined) this.#ensure(key, service);
    else this.#delete(key, service);
  }

  #ensure(key: string, service: Service): void {
    const targets = targetNodes(service, this.#nodes.lister.list(), this.#slicesOf(service));
    const made = this.#made.get(key);
    if (made !== undefined && sameValue(made.spec, service.spec)) {
      if (!sameValue(made.nodes, targets)) {
        this.#route(key, service, targets);
        this.#recorder.event(service, 'Normal', 'UpdatedLoadBalancer', 'Updated load balancer with new hosts');
      }
      return;
    }
    this.#recorder.event(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
    const kept = this.#withFinalizer(service);
    if (kept === undefined) return;
    const wanted = [kept.spec.loadBalancerIP, ...(kept.status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip)];
    const address = this.#pool.take(
      key,
      wanted.filter((each) => each !== undefined),
    );
    if (address === undefined) {
      const problem = 'Error syncing load balancer: failed to ensure load balancer: no address is left in the pool';
      this.#recorder.event(service, 'Warning', 'SyncLoadBalancerFailed', problem);
      // Some other Service may give one back.
      this.#controller.queue.addRateLimited(key);
      return;
    }
    this.#route(key, service, targets);
    this.#report(kept, [{ ip: address, ipMode: 'VIP' }]);
    this.#recorder.event(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  }

  #slicesOf({ metadata }: Service): readonly EndpointSlice[] {
    return this.#slices.lister
      .list(metadata.namespace)
      .filter(({ metadata: { labels } }) => labels?.[SERVICE_NAME] === metadata.name);
  }

  #route(key: string, service: Service, targets: readonly string[]): void {
    this.#made.set(key, { spec: service.spec, nodes: targets });
    const address = this.#pool.of(key);
    if (address === undefined) return;
    const [first] = targets;
    if (first === undefined) this.#network.withdraw(address);
    else this.#network.route(address, first);
  }

  #delete(key: string, service: Service): void {
    const had = this.#made.has(key) || hasFinalizer(service);
    if (!had) return;
    this.#recorder.event(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
    this.#dismantle(key);
    // In this order, so that the next look finds nothing left to do.
    const released = this.#withoutFinalizer(service);
    if (released !== undefined && released.metadata.deletionTimestamp === undefined) this.#report(released, []);
    this.#recorder.event(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
  }

  #dismantle(key: string): void {
    const address = this.#pool.of(key);
    if (address !== undefined) this.#network.withdraw(address);
    this.#pool.release(key);
    this.#made.delete(key);
  }

  /** A Service may not go before its balancer has. Undefined when it has gone already. */
  #withFinalizer(service: Service): Service | undefined {
    if (hasFinalizer(service)) return service;
    const finalizers = [...(service.metadata.finalizers ?? []), FINALIZER];
    return unlessGone(() => this.#client.update({ ...service, metadata: { ...service.metadata, finalizers } }));
  }

  #withoutFinalizer(service: Service): Service | undefined {
    if (!hasFinalizer(service)) return service;
    const finalizers = service.metadata.finalizers!.filter((each) => each !== FINALIZER);
    return unlessGone(() => this.#client.update({ ...service, metadata: { ...service.metadata, finalizers } }));
  }

  #report(service: Service, ingress: readonly { readonly ip: string; readonly ipMode: string }[]): void {
    if (sameValue(service.status?.loadBalancer?.ingress ?? [], ingress)) return;
    const loadBalancer = ingress.length === 0 ? {} : { ingress: [...ingress] };
    unlessGone(() => this.#client.updateStatus({ ...service, status: { ...service.status, loadBalancer } }));
  }
}

function wantsBalancer({ spec }: Service): boolean {
  return spec.type === 'LoadBalancer' && spec.loadBalancerClass === undefined;
}

function hasFinalizer({ metadata }: Service): boolean {
  return metadata.finalizers?.includes(FINALIZER) ?? false;
}
