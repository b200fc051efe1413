import { someCidrHolds } from '../../api/ip-block.ts';
import type { IPAddress, ServiceCIDR } from '../../api/kinds.ts';
import { ipAddresses, serviceCIDRs } from '../../api/resources.ts';
import { timestamp } from '../../api/timestamp.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { finalizerStep, withFinalizer } from '../protection-finalizer.ts';

const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';
/** Until every API server has heard that it gives out nothing more. */
const GRACE_MS = 10_000;

const READY = { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' } as const;
const IN_USE = {
  status: 'False',
  reason: 'Terminating',
  message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR',
} as const;

/** Lets a ServiceCIDR that is being deleted go only when no Service has an address of it alone. After `pkg/controller/servicecidrs`. */
export class ServiceCidrController {
  readonly #sim: Simulation;
  readonly #client: ResourceClient<ServiceCIDR>;
  readonly #cidrs: Informer<ServiceCIDR>;
  readonly #addresses: Informer<IPAddress>;
  readonly #controller: Controller;

  constructor({ sim, client, informers }: ControllerContext) {
    this.#sim = sim;
    this.#client = client.resource(serviceCIDRs);
    this.#cidrs = informers.for(serviceCIDRs);
    this.#addresses = informers.for(ipAddresses);
    this.#controller = new Controller(sim, {
      name: 'service-cidr-controller',
      reconcile: (name) => this.#reconcile(name),
      informers: [this.#cidrs, this.#addresses],
    });
    // Another range may hold what kept a first one, and an address that goes may have kept it.
    const lookAtLeaving = (): void => {
      for (const cidr of this.#cidrs.lister.list()) if (isLeaving(cidr)) this.#controller.enqueue(cidr);
    };
    this.#controller.watch(this.#cidrs);
    this.#cidrs.addHandlers({ add: lookAtLeaving, delete: lookAtLeaving });
    this.#addresses.addHandlers({ add: lookAtLeaving, delete: lookAtLeaving });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(name: string): void {
    const cidr = this.#cidrs.lister.get(name);
    if (cidr === undefined) return;
    const isUsed = isLeaving(cidr) && this.#isNeeded(cidr);
    const step = finalizerStep(cidr, FINALIZER, () => isUsed);
    const waitMs = Date.parse(cidr.metadata.deletionTimestamp ?? '') + GRACE_MS - this.#sim.wallMs;
    if (step === 'remove' && waitMs > 0) this.#controller.queue.addAfter(name, waitMs);
    else if (step !== undefined) unlessGone(() => this.#client.update(withFinalizer(cidr, FINALIZER, step)));
    else if (isUsed) this.#tell(cidr, IN_USE);
    else if (!isLeaving(cidr)) this.#tell(cidr, READY);
  }

  /** Whether there is an address that no other range holds. */
  #isNeeded({ metadata, spec }: ServiceCIDR): boolean {
    const others = this.#cidrs.lister.list().filter((other) => other.metadata.name !== metadata.name);
    const elsewhere = others.flatMap((other) => other.spec?.cidrs ?? []);
    return this.#addresses.lister
      .list()
      .some((address) => isOfService(address) && holds(spec?.cidrs, address) && !holds(elsewhere, address));
  }

  #tell(cidr: ServiceCIDR, said: typeof READY | typeof IN_USE): void {
    const conditions = cidr.status?.conditions ?? [];
    const { status, reason, message } = conditions.find(({ type }) => type === 'Ready') ?? {};
    if (status === said.status && reason === said.reason && message === said.message) return;
    const ready = { ...said, type: 'Ready', lastTransitionTime: timestamp(this.#sim.wallMs) };
    const others = conditions.filter(({ type }) => type !== 'Ready');
    unlessGone(() => this.#client.updateStatus({ ...cidr, status: { conditions: [...others, ready] } }));
  }
}

function isLeaving({ metadata }: ServiceCIDR): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function isOfService({ metadata }: IPAddress): boolean {
  return metadata.labels?.['ipaddress.kubernetes.io/managed-by'] === 'ipallocator.k8s.io';
}

function holds(cidrs: readonly string[] = [], { metadata }: IPAddress): boolean {
  return !metadata.name.includes(':') && someCidrHolds(cidrs, metadata.name);
}
