import { serviceKeys } from '../api/discovery/slice-service.ts';
import type { ConfigMap, EndpointSlice, Ingress, IngressClass, Secret, Service } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { configMaps, endpointSlices, ingressClasses, ingresses, secrets, services } from '../api/resources.ts';
import type { Client } from '../client/client.ts';
import { Informer } from '../client/informer.ts';
import type { Simulation } from '../sim/index.ts';

/** What the controller is told with its flags about whose Ingresses are its own. */
export interface ClassFlags {
  /** `k8s.io/ingress-nginx`: what IngressClasses name. */
  readonly controllerClass: string;
  /** `nginx`: what the annotation of old says. */
  readonly ingressClass: string;
  readonly watchWithoutClass: boolean;
}

/** The cluster as the controller sees it. */
export class WatchedCluster {
  readonly #ingresses: Informer<Ingress>;
  readonly #classes: Informer<IngressClass>;
  readonly #services: Informer<Service>;
  readonly #slices: Informer<EndpointSlice>;
  readonly #secrets: Informer<Secret>;
  readonly #configMaps: Informer<ConfigMap>;
  readonly #flags: ClassFlags;

  constructor(sim: Simulation, client: Client, flags: ClassFlags, name: string) {
    this.#flags = flags;
    const informer = <T extends KubeObject>(plural: string, resource: Parameters<typeof client.resource<T>>[0]) =>
      new Informer<T>(sim, client.resource<T>(resource), { name: `${name} ${plural}` });
    this.#ingresses = informer<Ingress>('ingresses', ingresses);
    this.#classes = informer<IngressClass>('ingressclasses', ingressClasses);
    this.#services = informer<Service>('services', services);
    this.#slices = informer<EndpointSlice>('endpointslices', endpointSlices);
    this.#secrets = informer<Secret>('secrets', secrets);
    this.#configMaps = informer<ConfigMap>('configmaps', configMaps);
    this.#slices.addIndex('service', serviceKeys);
  }

  get hasSynced(): boolean {
    return this.#all().every((informer) => informer.hasSynced);
  }

  /** Classes come first: without them no Ingress is anybody's. */
  start(): void {
    this.#classes.whenSynced(() => {
      for (const informer of this.#all()) if (informer !== this.#classes) informer.start();
    });
    this.#classes.start();
  }

  stop(): void {
    for (const informer of this.#all()) informer.stop();
  }

  /** Hears of everything that configurations are made of, and of Ingresses by themselves. */
  onChange(listener: () => void, onIngress: (ingress: Ingress, what: 'add' | 'update' | 'delete') => void): void {
    const handlers = { add: listener, update: listener, delete: listener };
    for (const informer of [this.#classes, this.#services, this.#slices, this.#secrets, this.#configMaps])
      (informer as Informer<KubeObject>).addHandlers(handlers);
    const heard = (what: 'add' | 'update' | 'delete') => (ingress: Ingress) => {
      onIngress(ingress, what);
      listener();
    };
    this.#ingresses.addHandlers({
      add: heard('add'),
      update: (before, ingress) => {
        // Whether its status changed is nobody's business but the writer's.
        if (before.spec === ingress.spec && before.metadata.annotations === ingress.metadata.annotations) return;
        onIngress(ingress, 'update');
        listener();
      },
      delete: heard('delete'),
    });
  }

  /** Those that are this controller's, the oldest first: of two that say the same, it counts. */
  ingresses(): readonly Ingress[] {
    return this.#ingresses.lister
      .list()
      .filter((ingress) => ingress.metadata.deletionTimestamp === undefined && this.classOf(ingress) !== undefined)
      .sort((a, b) => {
        const [first, second] = [a, b].map(({ metadata }) => metadata.creationTimestamp ?? '');
        if (first !== second) return first! < second! ? -1 : 1;
        return nameOf(a) < nameOf(b) ? -1 : 1;
      });
  }

  /**
   * The class by which an Ingress is this controller's; undefined: it is not. An Ingress without a class got the default
   * one, if there is any, when it was created. https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class
   */
  classOf({ metadata, spec }: Ingress): string | undefined {
    const annotation = metadata.annotations?.['kubernetes.io/ingress.class'];
    if (annotation !== undefined && annotation !== '')
      return annotation === this.#flags.ingressClass ? annotation : undefined;
    const name = spec?.ingressClassName;
    if (name === undefined || name === null) return this.#flags.watchWithoutClass ? '' : undefined;
    const found = this.#classes.lister.get(name);
    return found?.spec?.controller === this.#flags.controllerClass ? name : undefined;
  }

  service(namespace: string, name: string): Service | undefined {
    return this.#services.lister.get(name, namespace);
  }

  slices(namespace: string, service: string): readonly EndpointSlice[] {
    return this.#slices.lister.byIndex('service', `${namespace}/${service}`);
  }

  /** @param key `namespace/name` */
  secret(key: string): Secret | undefined {
    const [namespace = '', name = ''] = key.split('/');
    return this.#secrets.lister.get(name, namespace);
  }

  configMap(key: string): ConfigMap | undefined {
    const [namespace = '', name = ''] = key.split('/');
    return this.#configMaps.lister.get(name, namespace);
  }

  #all(): readonly Pick<Informer<Ingress>, 'hasSynced' | 'start' | 'stop'>[] {
    return [this.#ingresses, this.#classes, this.#services, this.#slices, this.#secrets, this.#configMaps];
  }
}

export function nameOf({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}
