import type { KubeObject } from '../api/object.ts';
import type { Resource } from '../api/resources.ts';
import type { Simulation } from '../sim/index.ts';
import type { Client } from './client.ts';
import { Informer } from './informer.ts';

/** One informer for each resource, shared by all controllers of a process. */
export class SharedInformers {
  readonly #sim: Simulation;
  readonly #client: Client;
  readonly #name: string;
  readonly #informers = new Map<string, Informer<never>>();
  #started = false;

  /** @param name the process, e.g. `kube-controller-manager`. */
  constructor(sim: Simulation, client: Client, name: string) {
    this.#sim = sim;
    this.#client = client;
    this.#name = name;
  }

  /** The informer of a resource; one asked for after `start` starts at once. */
  for<T extends KubeObject>(resource: Resource<T>): Informer<T> {
    const id = idOf(resource);
    let informer = this.#informers.get(id) as unknown as Informer<T> | undefined;
    if (informer === undefined) {
      const name = `${this.#name} ${resource.plural}`;
      informer = new Informer<T>(this.#sim, this.#client.resource(resource), { name });
      this.#informers.set(id, informer as unknown as Informer<never>);
      if (this.#started) informer.start();
    }
    return informer;
  }

  /** Stops following a resource that is served no more. */
  drop(resource: Resource): void {
    const id = idOf(resource);
    this.#informers.get(id)?.stop();
    this.#informers.delete(id);
  }

  start(): void {
    this.#started = true;
    for (const informer of this.#informers.values()) informer.start();
  }

  stop(): void {
    this.#started = false;
    for (const informer of this.#informers.values()) informer.stop();
  }
}

function idOf({ plural, version, group }: Resource): string {
  return `${plural}.${version}.${group}`;
}
