import type { Node } from '../../api/kinds.ts';
import { nodes } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { ControllerContext } from '../controller-context.ts';
import { CidrSet } from './cidr-set.ts';

/** `--cluster-cidr` and `--node-cidr-mask-size`, as kubeadm sets them up for the usual network add-ons. */
const CLUSTER_CIDR = '10.244.0.0/16';
const NODE_MASK_SIZE = 24;

/** Gives each node a range of Pod addresses (`spec.podCIDR`). After `pkg/controller/nodeipam/ipam/range_allocator.go`. */
export class NodeIpamController {
  readonly #client: ResourceClient<Node>;
  readonly #nodes: Informer<Node>;
  readonly #recorder: EventRecorder;
  readonly #cidrs = new CidrSet(CLUSTER_CIDR, NODE_MASK_SIZE);
  /** Given but perhaps not yet seen in the cache. */
  readonly #given = new Map<string, string>();
  readonly #controller: Controller;

  constructor({ sim, client, informers, recorder }: ControllerContext) {
    this.#client = client.resource(nodes);
    this.#nodes = informers.for(nodes);
    this.#recorder = recorder('cidrAllocator');
    this.#controller = new Controller(sim, {
      name: 'node-ipam-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#nodes],
    });
    this.#nodes.addHandlers({
      add: (node) => this.#observe(node),
      update: (_, node) => this.#observe(node),
      delete: (node) => {
        const cidr = node.spec?.podCIDR ?? this.#given.get(node.metadata.name);
        if (cidr !== undefined) this.#cidrs.release(cidr);
        this.#given.delete(node.metadata.name);
      },
    });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #observe(node: Node): void {
    // Whatever a node has already counts before anything is handed out.
    if (node.spec?.podCIDR !== undefined) this.#cidrs.occupy(node.spec.podCIDR);
    else this.#controller.enqueue(node);
  }

  #reconcile(name: string): void {
    const node = this.#nodes.lister.get(name);
    if (node === undefined || node.spec?.podCIDR !== undefined) return;
    const podCIDR = this.#given.get(name) ?? this.#cidrs.allocate();
    if (podCIDR === undefined) {
      this.#recorder.event(node, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`);
      return;
    }
    this.#given.set(name, podCIDR);
    this.#client.patch(name, undefined, 'strategic-merge', { spec: { podCIDR, podCIDRs: [podCIDR] } });
  }
}
