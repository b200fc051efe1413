import { serviceKeys } from '../api/discovery/slice-service.ts';
import type { EndpointSlice, Namespace, Secret, Service } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { endpointSlices, namespaces, type Resource, secrets, services } from '../api/resources.ts';
import type { Client } from '../client/client.ts';
import { Informer } from '../client/informer.ts';
import type { Simulation } from '../sim/index.ts';
import {
  type Gateway,
  type GatewayClass,
  gatewayClasses,
  gateways,
  type HttpRoute,
  httpRoutes,
  type ReferenceGrant,
  referenceGrants,
} from './kinds.ts';

/** What the configuration is made of, by what it is made from; a plain view, so that it can be tried without a cluster. */
export interface ClusterView {
  gatewayClasses(): readonly GatewayClass[];
  gateways(): readonly Gateway[];
  routes(): readonly HttpRoute[];
  grants(): readonly ReferenceGrant[];
  namespace(name: string): Namespace | undefined;
  service(namespace: string, name: string): Service | undefined;
  slices(namespace: string, service: string): readonly EndpointSlice[];
  secret(namespace: string, name: string): Secret | undefined;
}

/** The cluster as the controller sees it. */
export class WatchedGateways implements ClusterView {
  readonly #classes: Informer<GatewayClass>;
  readonly #gateways: Informer<Gateway>;
  readonly #routes: Informer<HttpRoute>;
  readonly #grants: Informer<ReferenceGrant>;
  readonly #namespaces: Informer<Namespace>;
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #secrets: Informer<Secret>;

  constructor(sim: Simulation, client: Client, name: string) {
    const informer = <T extends KubeObject>(resource: Resource<T>) =>
      new Informer<T>(sim, client.resource<T>(resource), { name: `${name} ${resource.plural}` });
    this.#classes = informer(gatewayClasses);
    this.#gateways = informer(gateways);
    this.#routes = informer(httpRoutes);
    this.#grants = informer(referenceGrants);
    this.#namespaces = informer<Namespace>(namespaces);
    this.#services = informer<Service>(services);
    this.#slices = informer<EndpointSlice>(endpointSlices);
    this.#secrets = informer<Secret>(secrets);
    this.#slices.addIndex('service', serviceKeys);
  }

  get hasSynced(): boolean {
    return this.#all().every(({ hasSynced }) => hasSynced);
  }

  /** @param listener told of whatever may change the configuration or a status, but not of statuses that it writes itself */
  start(listener: () => void): void {
    const own = this.#all().slice(0, 3);
    for (const informer of this.#all()) {
      informer.addHandlers({
        add: listener,
        delete: listener,
        update: (before, now) => {
          if (!own.includes(informer) || before.metadata.generation !== now.metadata.generation) listener();
        },
      });
      informer.start();
    }
  }

  stop(): void {
    for (const informer of this.#all()) informer.stop();
  }

  gatewayClasses(): readonly GatewayClass[] {
    return this.#classes.lister.list();
  }

  gateways(): readonly Gateway[] {
    return this.#gateways.lister.list();
  }

  routes(): readonly HttpRoute[] {
    return this.#routes.lister.list();
  }

  grants(): readonly ReferenceGrant[] {
    return this.#grants.lister.list();
  }

  namespace(name: string): Namespace | undefined {
    return this.#namespaces.lister.get(name);
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#services.lister.get(name, namespace);
  }

  slices(namespace: string, service: string): readonly EndpointSlice[] {
    return this.#slices.lister.byIndex('service', `${namespace}/${service}`);
  }

  secret(namespace: string, name: string): Secret | undefined {
    return this.#secrets.lister.get(name, namespace);
  }

  #all(): readonly Informer<KubeObject>[] {
    return [
      this.#classes,
      this.#gateways,
      this.#routes,
      this.#grants,
      this.#namespaces,
      this.#services,
      this.#slices,
      this.#secrets,
    ] as unknown as readonly Informer<KubeObject>[];
  }
}

export function nameOf({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}

/** The oldest first, and of one age by name: who comes first has what two ask for. */
export function byAge(one: KubeObject, other: KubeObject): number {
  const [first = '', second = ''] = [one, other].map(({ metadata }) => metadata.creationTimestamp ?? '');
  if (first !== second) return first < second ? -1 : 1;
  const [name, otherName] = [nameOf(one), nameOf(other)];
  return name < otherName ? -1 : name > otherName ? 1 : 0;
}

/** Whether what is in one namespace may name something in another: https://gateway-api.sigs.k8s.io/api-types/referencegrant/ */
export function isGranted(
  view: Pick<ClusterView, 'grants'>,
  from: { readonly kind: string; readonly group: string; readonly namespace: string },
  to: { readonly kind: string; readonly group: string; readonly namespace: string; readonly name: string },
): boolean {
  if (from.namespace === to.namespace) return true;
  return view
    .grants()
    .some(
      ({ metadata, spec }) =>
        metadata.namespace === to.namespace &&
        spec.from.some(
          ({ group, kind, namespace }) => group === from.group && kind === from.kind && namespace === from.namespace,
        ) &&
        spec.to.some(
          ({ group, kind, name }) => group === to.group && kind === to.kind && (name ?? to.name) === to.name,
        ),
    );
}
