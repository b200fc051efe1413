import type { NodeStatus } from '../api/kinds.ts';
import { canonicalQuantity, milliValue, numericValue, quantityOf, quantityOfMilli } from '../api/quantity.ts';
import { ConfigurationError, type KubeletConfiguration } from './configuration.ts';
import { DEFAULT_HARD } from './eviction/thresholds.ts';

/** What a machine has, as quantities. */
export interface NodeCapacity {
  readonly cpu: string;
  readonly memory: string;
  /** 110 unless told. */
  readonly pods?: number;
  /** `20Gi` unless told. */
  readonly ephemeralStorage?: string;
}

const SIGNALS: Readonly<Record<string, 'memory.available' | 'nodefs.available'>> = {
  memory: 'memory.available',
  'ephemeral-storage': 'nodefs.available',
};

const RESERVABLE = ['cpu', 'memory', 'ephemeral-storage'] as const;
type Reservable = (typeof RESERVABLE)[number];

/**
 * What a node has, and what of that Pods may have: not what is reserved for the system and the kubelet, nor what would
 * have Pods evicted. https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/#node-allocatable
 */
export class NodeResources {
  readonly #capacity: NodeCapacity;
  readonly #configuration: KubeletConfiguration;

  /** @throws ConfigurationError when more is reserved than there is */
  constructor(capacity: NodeCapacity, configuration: KubeletConfiguration) {
    this.#capacity = capacity;
    this.#configuration = configuration;
    const problems = RESERVABLE.filter((resource) => this.#reserved(resource) > this.#has(resource)).map(
      (resource) =>
        `Resource "${resource}" has a reservation of ${this.#text(resource, this.#reserved(resource))} but capacity of ${this.#text(resource, this.#has(resource))}. Expected capacity >= reservation.`,
    );
    if (problems.length > 0) {
      throw new ConfigurationError(`invalid Node Allocatable configuration. ${problems.join(' ')}`);
    }
  }

  /** What all Pods together may request: thousandths of a CPU, or whole units. Undefined for what is no machine's own. */
  allocatable(resource: string): number | undefined {
    if (resource === 'pods') return this.#pods;
    if (!isReservable(resource)) return undefined;
    return Math.max(0, Math.floor(this.forPods(resource) - this.#keptFromEviction(resource)));
  }

  /** What all Pods together are held to: they are evicted before they have all of it. */
  forPods(resource: Reservable): number {
    return this.#has(resource) - this.#reserved(resource);
  }

  /** As the Node's status has them. */
  get status(): Required<Pick<NodeStatus, 'capacity' | 'allocatable'>> {
    const { cpu, memory, ephemeralStorage = '20Gi' } = this.#capacity;
    const common = { 'hugepages-1Gi': '0', 'hugepages-2Mi': '0', pods: String(this.#pods) };
    const isWhole = this.#reserved('cpu') === 0;
    return {
      capacity: {
        cpu: canonicalQuantity(cpu),
        ...common,
        memory: quantityOf(numericValue(memory), 'BinarySI'),
        'ephemeral-storage': quantityOf(numericValue(ephemeralStorage), 'BinarySI'),
      },
      allocatable: {
        cpu: isWhole ? canonicalQuantity(cpu) : quantityOfMilli(this.allocatable('cpu')!),
        ...common,
        memory: quantityOf(this.allocatable('memory')!, 'BinarySI'),
        'ephemeral-storage': quantityOf(this.allocatable('ephemeral-storage')!),
      },
    };
  }

  get #pods(): number {
    return this.#configuration.maxPods ?? this.#capacity.pods ?? 110;
  }

  #has(resource: Reservable): number {
    const { cpu, memory, ephemeralStorage = '20Gi' } = this.#capacity;
    if (resource === 'cpu') return milliValue(cpu);
    return numericValue(resource === 'memory' ? memory : ephemeralStorage);
  }

  #reserved(resource: Reservable): number {
    const { systemReserved, kubeReserved } = this.#configuration;
    const amount = (text: string | undefined) =>
      text === undefined ? 0 : resource === 'cpu' ? milliValue(text) : numericValue(text);
    return amount(systemReserved[resource]) + amount(kubeReserved[resource]);
  }

  #keptFromEviction(resource: Reservable): number {
    const { hard = DEFAULT_HARD } = this.#configuration.eviction;
    const value = hard[SIGNALS[resource] as 'memory.available'];
    if (value === undefined) return 0;
    return value.endsWith('%') ? (this.#has(resource) * Number(value.slice(0, -1))) / 100 : numericValue(value);
  }

  #text(resource: Reservable, amount: number): string {
    return resource === 'cpu' ? quantityOfMilli(amount) : quantityOf(amount, 'BinarySI');
  }
}

function isReservable(resource: string): resource is Reservable {
  return (RESERVABLE as readonly string[]).includes(resource);
}
