import type { Lease, Node } from '../api/kinds.ts';
import { StatusError } from '../api/status-error.ts';
import { microTimestamp } from '../api/timestamp.ts';
import type { ResourceClient } from '../client/client.ts';
import { ConnectionError } from '../client/transport.ts';
import type { Simulation, Timer } from '../sim/index.ts';
import type { KubeletJournal } from './journal.ts';

const NAMESPACE = 'kube-node-lease';
const DURATION_SECONDS = 40;
/** A quarter of the duration. */
const RENEW_MS = 10_000;

interface LeaseDependencies {
  readonly sim: Simulation;
  readonly leases: ResourceClient<Lease>;
  readonly journal: KubeletJournal | undefined;
}

/** Says every ten seconds that the node lives. https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats */
export class NodeLease {
  readonly #sim: Simulation;
  readonly #leases: ResourceClient<Lease>;
  readonly #nodeName: string;
  readonly #node: () => Node | undefined;
  readonly #journal: KubeletJournal | undefined;
  #lease: Lease | undefined;
  #timer: Timer | undefined;

  constructor({ sim, leases, journal }: LeaseDependencies, nodeName: string, node: () => Node | undefined) {
    this.#sim = sim;
    this.#leases = leases;
    this.#journal = journal;
    this.#nodeName = nodeName;
    this.#node = node;
  }

  start(): void {
    const component = `kubelet/${this.#nodeName}`;
    this.#sim.trace.during({ component, key: `${NAMESPACE}/${this.#nodeName}` }, () => this.#renew());
    this.#timer = this.#sim.schedule(RENEW_MS, `${component} lease`, () => this.start());
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #renew(): void {
    try {
      this.#lease = this.#lease === undefined ? this.#find() : this.#update(this.#lease);
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      // Somebody else wrote or removed it, or nobody answers: look again next time.
      this.#lease = undefined;
      if (error instanceof ConnectionError) this.#complain(error);
    }
  }

  #complain(error: ConnectionError): void {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases/${this.#nodeName}?timeout=10s`;
    const why = this.#journal?.unanswered('Get', path, error);
    if (why !== undefined) {
      this.#journal?.failed('controller.go:145', 'Failed to ensure lease exists, will retry', why, 'interval="200ms"');
    }
  }

  #find(): Lease {
    try {
      return this.#update(this.#leases.get(this.#nodeName, NAMESPACE));
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) return this.#create();
      throw error;
    }
  }

  #update(lease: Lease): Lease {
    return this.#leases.update({ ...lease, spec: { ...lease.spec, ...this.#spec() } });
  }

  #create(): Lease {
    const node = this.#node();
    const owners =
      node === undefined
        ? undefined
        : [{ apiVersion: 'v1', kind: 'Node', name: this.#nodeName, uid: node.metadata.uid }];
    return this.#leases.create({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: this.#nodeName, namespace: NAMESPACE, ownerReferences: owners },
      spec: this.#spec(),
    });
  }

  #spec(): NonNullable<Lease['spec']> {
    return {
      holderIdentity: this.#nodeName,
      leaseDurationSeconds: DURATION_SECONDS,
      renewTime: microTimestamp(this.#sim.wallMs),
    };
  }
}
