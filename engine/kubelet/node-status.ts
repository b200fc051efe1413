import { sameValue } from '../api/copy-on-write.ts';
import { isReady } from '../api/core/ready.ts';
import type { Node, NodeCondition, NodeStatus, Taint } from '../api/kinds.ts';
import { numericValue } from '../api/quantity.ts';
import { StatusError } from '../api/status-error.ts';
import { timestamp } from '../api/timestamp.ts';
import type { ResourceClient } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import { ConnectionError } from '../client/transport.ts';
import { CriError, type ImageService, type RuntimeService } from '../containerd/cri.ts';
import { hash32, type Simulation, type Timer } from '../sim/index.ts';
import type { Devices } from './devices.ts';
import type { Pressure } from './eviction/signals.ts';
import type { KubeletJournal } from './journal.ts';
import { nodeConditions, PRESSURE_TYPES, pressureEvent } from './node-conditions.ts';
import type { NodeResources } from './node-resources.ts';

export interface NodeDescription {
  readonly nodeName: string;
  readonly nodeAddress: string;
  readonly resources: NodeResources;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly kubeletVersion: string;
  readonly kernelVersion?: string;
  readonly osImage?: string;
}

interface NodeStatusDependencies {
  readonly sim: Simulation;
  readonly nodes: ResourceClient<Node>;
  readonly recorder: EventRecorder;
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  /** What must not be detached from the node. */
  readonly volumesInUse?: () => readonly string[];
  readonly hasPressure: (type: Pressure) => boolean;
  readonly shuttingDown: () => boolean;
  readonly devices: Devices;
  readonly journal: KubeletJournal | undefined;
}

type NodeInfo = NonNullable<NodeStatus['nodeInfo']>;
type Image = ReturnType<ImageService['listImages']>[number];

const DAEMON_ENDPOINTS = { kubeletEndpoint: { Port: 10250 } };

const UPDATE_MS = 10_000;
/** Until the node is ready for the first time it is looked at more often. */
const FAST_UPDATE_MS = 500;
/** An unchanged status is written anew after this long. */
const REPORT_MS = 300_000;
const MAX_IMAGES = 50;
/** How long it waits at most between attempts to register. */
const REGISTER_BACKOFF_MS = 7_000;

/**
 * Registers the node and keeps its status. The status is written when it changes, else every five minutes; that the
 * node lives is told by its Lease. https://kubernetes.io/docs/concepts/architecture/nodes/#node-heartbeats
 */
export class NodeStatusUpdater {
  readonly #deps: NodeStatusDependencies;
  readonly #node: NodeDescription;
  readonly #component: string;
  /** What does not change while the machine runs, worked out once: it is compared every ten seconds. */
  readonly #own: Required<Pick<NodeStatus, 'capacity' | 'allocatable'>>;
  readonly #addresses: NonNullable<NodeStatus['addresses']>;
  #nodeInfo: NodeInfo | undefined;
  #images: { readonly listed: readonly Image[]; readonly told: NodeStatus['images'] } = { listed: [], told: [] };
  readonly #ids: Pick<NodeInfo, 'bootID' | 'machineID' | 'systemUUID'>;
  #timer: Timer | undefined;
  #current: Node | undefined;
  #writtenMs = Number.NEGATIVE_INFINITY;
  #complainedMs = Number.NEGATIVE_INFINITY;
  #everReady = false;
  #wasReady: boolean | undefined;
  #wasUnschedulable = false;
  readonly #pressures = new Set<Pressure>();
  /** Amounts that an earlier machine of this name had are not this one's. */
  #forgetExtended = false;

  constructor(deps: NodeStatusDependencies, node: NodeDescription) {
    this.#deps = deps;
    this.#node = node;
    this.#component = `kubelet/${node.nodeName}`;
    this.#own = node.resources.status;
    this.#addresses = [
      { type: 'InternalIP', address: node.nodeAddress },
      { type: 'Hostname', address: node.nodeName },
    ];
    const uuid = (of: string): string => uuidFrom(`${deps.sim.seed}/${node.nodeName}/${of}`);
    this.#ids = { bootID: uuid('boot'), machineID: uuid('machine').replaceAll('-', ''), systemUUID: uuid('system') };
  }

  /** The Node as the server has it; undefined before it could be registered. */
  get current(): Node | undefined {
    return this.#current;
  }

  start(): void {
    this.#forgetExtended = this.#deps.devices.mayBeRecreated;
    this.#event('Starting', 'Starting kubelet.');
    for (const type of PRESSURE_TYPES) this.#tellPressure(type);
    this.#event('NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
    this.#tick();
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** Looks now, because something has changed. */
  refresh(): void {
    this.#timer?.cancel();
    this.#tick();
  }

  /** Why Pods cannot be run; undefined when they can. */
  notReady(): string | undefined {
    try {
      const { networkReady, message } = this.#deps.runtime.status();
      return networkReady ? undefined : `container runtime network not ready: ${message}`;
    } catch (error) {
      if (error instanceof CriError) return 'container runtime is down';
      throw error;
    }
  }

  #problems(): string | undefined {
    const problems = [this.notReady(), this.#deps.shuttingDown() ? 'node is shutting down' : undefined];
    const found = problems.filter((problem) => problem !== undefined);
    return found.length > 1 ? `[${found.join(', ')}]` : found[0];
  }

  /** What Pods may request in all: thousandths of a CPU, or whole units. */
  allocatable(resource: string): number {
    return this.#node.resources.allocatable(resource) ?? this.#extendedAllocatable(resource);
  }

  /** What the node does not have at all may be something of the cluster's, which is none of the kubelet's business. */
  #extendedAllocatable(resource: string): number {
    const own = this.#deps.devices.resources().allocatable.get(resource);
    const amount = own ?? this.#current?.status?.allocatable?.[resource];
    if (amount !== undefined) return numericValue(amount);
    return resource.includes('/') ? Number.POSITIVE_INFINITY : 0;
  }

  #tick(): void {
    const { sim } = this.#deps;
    sim.trace.during({ component: this.#component, key: this.#node.nodeName }, () => this.#update());
    this.#timer = sim.schedule(this.#everReady ? UPDATE_MS : FAST_UPDATE_MS, `${this.#component} status`, () =>
      this.#tick(),
    );
  }

  #update(): void {
    try {
      const node = this.#deps.nodes.get(this.#node.nodeName);
      this.#writeStatus(node);
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) this.#register();
      else if (error instanceof ConnectionError) this.#complain(error);
      else if (!(error instanceof StatusError)) throw error;
    }
  }

  #complain(error: ConnectionError): void {
    const { journal } = this.#deps;
    const { nodeName } = this.#node;
    if (journal === undefined) return;
    if (this.#current === undefined) {
      // The real one tries again ever more rarely.
      if (this.#deps.sim.nowMs < this.#complainedMs + REGISTER_BACKOFF_MS) return;
      this.#complainedMs = this.#deps.sim.nowMs;
      const why = journal.unanswered('Post', '/api/v1/nodes', error);
      journal.failed(
        'kubelet_node_status.go:106',
        'Unable to register node with API server',
        why,
        `node="${nodeName}"`,
      );
      return;
    }
    const why = journal.unanswered('Get', `/api/v1/nodes/${nodeName}?resourceVersion=0&timeout=10s`, error);
    const message = `error getting node "${nodeName}": ${why}`;
    journal.failed('kubelet_node_status.go:548', 'Error updating node status, will retry', message);
  }

  #register(): void {
    const { nodeName, labels, taints } = this.#node;
    try {
      const node = this.#deps.nodes.create({
        apiVersion: 'v1',
        kind: 'Node',
        metadata: {
          name: nodeName,
          labels: {
            'beta.kubernetes.io/arch': 'amd64',
            'beta.kubernetes.io/os': 'linux',
            'kubernetes.io/arch': 'amd64',
            'kubernetes.io/hostname': nodeName,
            'kubernetes.io/os': 'linux',
            ...labels,
          },
        },
        spec: taints === undefined || taints.length === 0 ? {} : { taints: [...taints] },
        status: this.#status({}),
      });
      this.#writtenMs = Number.NEGATIVE_INFINITY;
      this.#writeStatus(node);
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
    }
  }

  #writeStatus(node: Node): void {
    const { sim, nodes } = this.#deps;
    const previous = node.status ?? {};
    const status = this.#status(previous);
    const due = sim.nowMs - this.#writtenMs >= REPORT_MS;
    this.#current = node;
    if (due || !sameButForHeartbeats(previous, status)) {
      this.#current = nodes.updateStatus({ ...node, status });
      this.#writtenMs = sim.nowMs;
    }
    this.#forgetExtended = false;
    for (const type of PRESSURE_TYPES) {
      if (this.#deps.hasPressure(type) !== this.#pressures.has(type)) this.#tellPressure(type);
    }
    this.#tellReadiness(status);
    this.#tellSchedulability(node);
  }

  #tellPressure(type: Pressure): void {
    const under = this.#deps.hasPressure(type);
    if (under) this.#pressures.add(type);
    else this.#pressures.delete(type);
    this.#statusEvent(pressureEvent(type, under));
  }

  #tellReadiness(status: NodeStatus): void {
    const ready = isReady({ status });
    if (ready !== this.#wasReady && (ready || this.#wasReady !== undefined)) {
      this.#statusEvent(ready ? 'NodeReady' : 'NodeNotReady');
    }
    this.#wasReady = ready;
    this.#everReady ||= ready;
  }

  /** Somebody has cordoned the node, or uncordoned it. */
  #tellSchedulability({ spec }: Node): void {
    const unschedulable = spec.unschedulable === true;
    if (unschedulable === this.#wasUnschedulable) return;
    this.#wasUnschedulable = unschedulable;
    this.#statusEvent(unschedulable ? 'NodeNotSchedulable' : 'NodeSchedulable');
  }

  #status(previous: NodeStatus): NodeStatus {
    return {
      ...previous,
      addresses: this.#addresses,
      ...this.#resources(previous),
      conditions: nodeConditions(
        previous.conditions ?? [],
        this.#problems(),
        this.#deps.hasPressure,
        timestamp(this.#deps.sim.wallMs),
      ),
      daemonEndpoints: DAEMON_ENDPOINTS,
      images: this.#imagesTold(),
      nodeInfo: this.#info(),
      volumesInUse: this.#volumesInUse(),
    };
  }

  /**
   * With the extended resources that plugins offer, and those that somebody has written into the Node's capacity.
   * https://kubernetes.io/docs/tasks/administer-cluster/extended-resource-node/
   */
  #resources(previous: NodeStatus): Pick<NodeStatus, 'capacity' | 'allocatable'> {
    const { capacity, allocatable } = this.#own;
    const devices = this.#deps.devices.resources();
    const offered = devices.capacity.size + devices.allocatable.size + devices.removed.length;
    if (offered === 0 && !Object.keys(previous.capacity ?? {}).some((name) => name.includes('/'))) return this.#own;
    const extended = new Map(
      Object.entries(previous.capacity ?? {})
        .filter(([name]) => name.includes('/'))
        .map(([name, amount]) => [name, this.#forgetExtended ? '0' : String(amount)] as const),
    );
    for (const name of devices.removed) extended.set(name, '0');
    for (const [name, amount] of devices.capacity) extended.set(name, String(amount));
    const given = [...devices.allocatable].map(([name, amount]) => [name, String(amount)] as const);
    return {
      capacity: { ...capacity, ...Object.fromEntries(extended) },
      allocatable: { ...allocatable, ...Object.fromEntries([...extended, ...given]) },
    };
  }

  #imagesTold(): NodeStatus['images'] {
    try {
      const listed = this.#deps.images.listImages();
      const isKnown =
        listed.length === this.#images.listed.length &&
        listed.every((image, index) => sameValue(image, this.#images.listed[index]));
      if (!isKnown) this.#images = { listed, told: largestImages(listed) };
      return this.#images.told;
    } catch (error) {
      if (error instanceof CriError) return [];
      throw error;
    }
  }

  /** Absent when there are none. */
  #volumesInUse(): string[] | undefined {
    const names = this.#deps.volumesInUse?.() ?? [];
    return names.length === 0 ? undefined : [...names];
  }

  #info(): NodeInfo {
    const containerRuntimeVersion = this.#runtimeVersion();
    if (this.#nodeInfo?.containerRuntimeVersion === containerRuntimeVersion) return this.#nodeInfo;
    const {
      kubeletVersion,
      kernelVersion = '6.12.57+deb13-amd64',
      osImage = 'Debian GNU/Linux 13 (trixie)',
    } = this.#node;
    this.#nodeInfo = {
      architecture: 'amd64',
      ...this.#ids,
      containerRuntimeVersion,
      kernelVersion,
      kubeProxyVersion: '',
      kubeletVersion,
      operatingSystem: 'linux',
      osImage,
    };
    return this.#nodeInfo;
  }

  #runtimeVersion(): string {
    try {
      const { runtimeName, runtimeVersion } = this.#deps.runtime.version();
      return `${runtimeName}://${runtimeVersion.replace(/^v/, '')}`;
    } catch (error) {
      if (error instanceof CriError) return 'containerd://Unknown';
      throw error;
    }
  }

  #statusEvent(reason: string): void {
    this.#event(reason, `Node ${this.#node.nodeName} status is now: ${reason}`);
  }

  /** The kubelet names its node by name, also where a uid belongs. */
  #event(reason: string, message: string): void {
    const { nodeName } = this.#node;
    this.#deps.recorder.eventAbout({ kind: 'Node', name: nodeName, uid: nodeName }, 'Normal', reason, message);
  }
}

/** The largest are told of. */
function largestImages(images: readonly Image[]): NonNullable<NodeStatus['images']> {
  return images
    .toSorted((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, MAX_IMAGES)
    .map(({ repoDigests, repoTags, sizeBytes }) => ({ names: [...repoDigests, ...repoTags], sizeBytes }));
}

function sameButForHeartbeats(before: NodeStatus, after: NodeStatus): boolean {
  const { conditions: past = [], ...rest } = before;
  const { conditions = [], ...others } = after;
  return (
    past.length === conditions.length &&
    past.every((one, at) => sameCondition(one, conditions[at]!)) &&
    sameValue(rest, others)
  );
}

function sameCondition(before: NodeCondition, after: NodeCondition): boolean {
  return (
    before.type === after.type &&
    before.status === after.status &&
    before.reason === after.reason &&
    before.message === after.message &&
    before.lastTransitionTime === after.lastTransitionTime
  );
}

/** A UUID that a name always gets. */
function uuidFrom(name: string): string {
  const hex = [1, 2, 3, 4].map((basis) => hash32(name, basis).toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
