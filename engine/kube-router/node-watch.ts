import type { Node } from '../api/kinds.ts';
import { nodes } from '../api/resources.ts';
import type { Client } from '../client/client.ts';
import { Informer } from '../client/informer.ts';
import type { Simulation } from '../sim/index.ts';

/** A node as others route to it. */
export interface NodeRoute {
  readonly name: string;
  readonly address: string;
  readonly podCidr: string | undefined;
}

/** Follows the Nodes: their addresses and the ranges of their Pods. */
export class NodeWatch {
  readonly #informer: Informer<Node>;
  readonly #changed: () => void;

  /** @param changed called for every change that may concern routes */
  constructor(sim: Simulation, client: Client, nodeName: string, changed: () => void) {
    this.#changed = changed;
    this.#informer = new Informer(sim, client.resource<Node>(nodes), { name: `kube-router/${nodeName} nodes` });
    this.#informer.addHandlers({
      add: changed,
      // A kubelet writes its status all the time.
      update: (previous, node) => {
        if (JSON.stringify(routeOf(previous)) !== JSON.stringify(routeOf(node))) changed();
      },
      delete: changed,
    });
  }

  start(): void {
    this.#informer.whenSynced(this.#changed);
    this.#informer.start();
  }

  stop(): void {
    this.#informer.stop();
  }

  get ready(): boolean {
    return this.#informer.hasSynced;
  }

  routes(): readonly NodeRoute[] {
    return this.#informer.lister.list().flatMap((node) => routeOf(node) ?? []);
  }
}

function routeOf({ metadata, spec, status }: Node): NodeRoute | undefined {
  const address = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  return address === undefined ? undefined : { name: metadata.name, address, podCidr: spec.podCIDR };
}
