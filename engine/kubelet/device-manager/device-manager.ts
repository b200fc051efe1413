import { isExtendedResourceName } from '../../api/core/extended-resource.ts';
import type { Container, Pod } from '../../api/kinds.ts';
import { GrpcError, implement, serveGrpc } from '../../linux/grpc.ts';
import { runTask, type Task, type TaskHandle } from '../../sim/index.ts';
import type { Rejection } from '../admission.ts';
import { Turnstile } from '../concurrent.ts';
import {
  DeviceError,
  type DeviceManager,
  type DeviceResources,
  type DeviceRunOptions,
  type DeviceSockets,
  type DeviceSurroundings,
  NO_DEVICES,
} from '../devices.ts';
import { isRestartable } from '../pod-format.ts';
import { amount } from '../quantities.ts';
import { type Checkpoint, CorruptCheckpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { chooseDevices } from './choose-devices.ts';
import {
  DEVICE_PLUGIN_DIRECTORY,
  DEVICE_PLUGIN_VERSION,
  HEALTHY,
  REGISTRATION,
  UNHEALTHY,
} from './device-plugin-api.ts';
import { type Device, Endpoint } from './endpoint.ts';
import { type DevicesPerNuma, PodDevices } from './pod-devices.ts';
import { podResources } from './pod-resources.ts';
import { hintsFor, mergeHints, type TopologyPolicy, topologyPolicy } from './topology.ts';

/** How long the devices of a plugin that is gone still count as the node's. */
const STOP_GRACE_MS = 300_000;

export function createDeviceManager(surroundings: DeviceSurroundings): DeviceManager {
  return new Manager(surroundings);
}

/**
 * Takes registrations of device plugins, follows what devices they have, gives devices to containers and remembers which.
 * After `pkg/kubelet/cm/devicemanager/manager.go`.
 * https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/
 */
class Manager implements DeviceManager {
  readonly #around: DeviceSurroundings;
  readonly #policy: TopologyPolicy;
  readonly #endpoints = new Map<string, Endpoint>();
  /** What each resource's plugin has told last. */
  readonly #devices = new Map<string, ReadonlyMap<string, Device>>();
  readonly #podDevices = new PodDevices();
  /** One Pod after the other. (The real kubelet admits nothing else while a plugin thinks about it.) */
  readonly #turnstile = new Turnstile();
  readonly #tasks = new Set<TaskHandle>();

  constructor(around: DeviceSurroundings) {
    this.#around = around;
    this.#policy = topologyPolicy(around.root);
    this.#restore();
  }

  start({ registration, podResources: lister }: DeviceSockets): void {
    const { root } = this.#around;
    const registrations = implement(REGISTRATION, { Register: (request) => this.#register(request) });
    this.#run(serveGrpc(root, registration, [registrations]));
    const resources = podResources({
      pods: () => this.#around.activePods(),
      allocations: (uid, container) => this.#podDevices.ofContainer(uid, container),
      devices: () => this.#devices,
    });
    this.#run(serveGrpc(root, lister, [resources]));
  }

  stop(): void {
    for (const task of this.#tasks) task.cancel();
    for (const endpoint of this.#endpoints.values()) endpoint.stop(this.#around.sim.nowMs);
  }

  resources(): DeviceResources {
    const capacity = new Map<string, number>();
    const allocatable = new Map<string, number>();
    const removed: string[] = [];
    for (const [resource, devices] of this.#devices) {
      if (this.#isGone(resource)) {
        removed.push(resource);
        continue;
      }
      capacity.set(resource, devices.size);
      allocatable.set(resource, this.#healthy(resource)!.size);
    }
    for (const resource of removed) {
      this.#devices.delete(resource);
      this.#endpoints.delete(resource);
    }
    if (removed.length > 0) this.#save();
    return { capacity, allocatable, removed };
  }

  #isGone(resource: string): boolean {
    const stoppedAtMs = this.#endpoints.get(resource)?.stoppedAtMs;
    return stoppedAtMs !== undefined && this.#around.sim.nowMs - stoppedAtMs >= STOP_GRACE_MS;
  }

  #healthy(resource: string): ReadonlySet<string> | undefined {
    const devices = this.#devices.get(resource);
    if (devices === undefined) return undefined;
    return new Set([...devices.values()].filter(({ health }) => health === HEALTHY).map(({ ID }) => ID));
  }

  *#register({
    version,
    resource_name: resource,
    endpoint: socket,
  }: {
    readonly version: string;
    readonly resource_name: string;
    readonly endpoint: string;
  }): Task<object> {
    if (version !== DEVICE_PLUGIN_VERSION) {
      const message = `requested API version "${version}" is not supported by kubelet. Supported version is ["${DEVICE_PLUGIN_VERSION}"]`;
      throw new GrpcError('Unknown', message);
    }
    if (!isExtendedResourceName(resource)) throw new GrpcError('Unknown', `the ResourceName "${resource}" is invalid`);
    const endpoint = new Endpoint(resource, `${DEVICE_PLUGIN_DIRECTORY}/${socket}`);
    try {
      yield* endpoint.connect(this.#around.root);
    } catch (error) {
      endpoint.stop(this.#around.sim.nowMs);
      throw error;
    }
    // The newer one counts: most likely the plugin has been started again.
    this.#endpoints.get(resource)?.stop(this.#around.sim.nowMs);
    this.#endpoints.set(resource, endpoint);
    this.#run(this.#follow(endpoint));
    return {};
  }

  *#follow(endpoint: Endpoint): Task<void> {
    const { resource } = endpoint;
    const { sim } = this.#around;
    try {
      yield* endpoint.listen((devices) => {
        if (this.#endpoints.get(resource) !== endpoint) return;
        this.#devices.set(resource, new Map(devices.map((device) => [device.ID, device])));
        this.#save();
        this.#around.changed();
      });
    } finally {
      endpoint.stop(sim.nowMs);
    }
    if (this.#endpoints.get(resource) !== endpoint) return;
    // Whatever it has said last, its devices cannot be given.
    const lost = [...(this.#devices.get(resource)?.values() ?? [])].map((device) => ({ ...device, health: UNHEALTHY }));
    this.#devices.set(resource, new Map(lost.map((device) => [device.ID, device])));
    this.#around.changed();
    const expiry = function* (this: Manager): Task<void> {
      yield* this.#around.root.sleep(STOP_GRACE_MS);
      this.#around.changed();
    };
    this.#run(expiry.call(this));
  }

  *allocate(pod: Pod, early: boolean): Task<Rejection | undefined> {
    if (!containersOf(pod).some((container) => this.#wanted(container).length > 0)) return undefined;
    try {
      yield* this.#turnstile.pass(this.#allocatePod(pod, early));
      return undefined;
    } catch (error) {
      if (error instanceof TopologyError) return { reason: 'TopologyAffinityError', message: error.message };
      if (!(error instanceof DeviceError)) throw error;
      const message = `Allocate failed due to ${error.message}, which is unexpected`;
      return { reason: 'UnexpectedAdmissionError', message };
    }
  }

  /**
   * Init containers come first: what they have had is used again by those that come after, unless they go on running.
   * https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
   */
  *#allocatePod(pod: Pod, early: boolean): Task<void> {
    const reusable = new Map<string, Set<string>>();
    const init = new Set(pod.spec.initContainers);
    for (const container of containersOf(pod)) {
      yield* this.#allocateContainer(pod, container, reusable, early);
      const ends = init.has(container) && !isRestartable(container);
      for (const { resource, devicesPerNuma } of this.#podDevices.ofContainer(pod.metadata.uid, container.name)) {
        const devices = reusable.get(resource) ?? new Set();
        for (const device of Object.values(devicesPerNuma).flat()) {
          if (ends) devices.add(device);
          else devices.delete(device);
        }
        reusable.set(resource, devices);
      }
    }
  }

  *#allocateContainer(
    pod: Pod,
    container: Container,
    reusable: ReadonlyMap<string, ReadonlySet<string>>,
    early: boolean,
  ): Task<void> {
    const { uid } = pod.metadata;
    // After a restart of the kubelet alone, what runs has what it needs.
    if (early && this.#around.isRunning(uid, container.name)) return;
    this.#release();
    const affinity = this.#affinity(uid, container, reusable);
    for (const { resource, required } of this.#wanted(container)) {
      const endpoint = this.#endpoints.get(resource);
      const devices = yield* chooseDevices({
        resource,
        podUid: uid,
        container: container.name,
        required,
        held: this.#podDevices.devices(uid, container.name, resource),
        reusable: reusable.get(resource) ?? new Set(),
        healthy: this.#healthy(resource),
        inUse: this.#podDevices.inUse().get(resource) ?? new Set(),
        ...(affinity !== undefined && {
          isNear: (device) => this.#nodesOf(resource, device).some((node) => affinity.has(node)),
        }),
        *preferred(available, mustInclude, size) {
          return endpoint === undefined ? [] : yield* endpoint.preferred(available, mustInclude, size);
        },
      });
      if (devices.size === 0) continue;
      if (endpoint === undefined) throw new DeviceError(`unknown Device Plugin ${resource}`);
      const response = yield* endpoint.allocate([...devices]);
      const devicesPerNuma = this.#perNuma(resource, devices);
      this.#podDevices.insert({ podUid: uid, container: container.name, resource, devicesPerNuma, response });
      this.#save();
    }
  }

  /** The NUMA nodes that the topology policy wants a container's devices from. @throws TopologyError */
  #affinity(
    uid: string,
    container: Container,
    reusable: ReadonlyMap<string, ReadonlySet<string>>,
  ): ReadonlySet<number> | undefined {
    if (this.#policy === 'none') return undefined;
    const hints = this.#wanted(container)
      .filter(({ resource }) => this.#podDevices.devices(uid, container.name, resource) === undefined)
      .map(({ resource, required }) => {
        const used = this.#podDevices.inUse().get(resource);
        const lent = reusable.get(resource);
        const free = [...(this.#healthy(resource) ?? [])].filter((each) => !used?.has(each) || lent?.has(each));
        const all = [...(this.#devices.get(resource)?.keys() ?? [])];
        const nodes = new Map(all.map((device) => [device, this.#nodesOf(resource, device)]));
        return hintsFor(nodes, new Set(free), required);
      });
    const { affinity, admit } = mergeHints(this.#policy, hints);
    if (!admit) throw new TopologyError('Resources cannot be allocated with Topology locality');
    return affinity.nodes;
  }

  #nodesOf(resource: string, device: string): readonly number[] {
    return (this.#devices.get(resource)?.get(device)?.topology?.nodes ?? []).map(({ ID }) => ID);
  }

  #perNuma(resource: string, devices: ReadonlySet<string>): DevicesPerNuma {
    const perNuma: Record<string, string[]> = {};
    for (const device of devices) {
      const nodes = this.#nodesOf(resource, device);
      for (const node of nodes.length === 0 ? ['-1'] : nodes.map(String)) {
        perNuma[node] ??= [];
        perNuma[node].push(device);
      }
    }
    return perNuma;
  }

  /** Takes devices back from Pods that have ended. */
  #release(): void {
    if (!this.#around.sourcesReady()) return;
    const active = new Set(this.#around.activePods().map(({ metadata }) => metadata.uid));
    for (const uid of this.#podDevices.pods) if (!active.has(uid)) this.#podDevices.forget(uid);
  }

  /** What a container wants of plugins. Extended resources are never overcommitted: limits are requests. */
  #wanted({ resources }: Container): readonly { readonly resource: string; readonly required: number }[] {
    return Object.keys(resources?.limits ?? {})
      .filter((resource) => this.#devices.has(resource) || this.#podDevices.inUse().has(resource))
      .map((resource) => ({
        resource,
        required: amount(resources?.limits as Readonly<Record<string, unknown>>, resource) ?? 0,
      }));
  }

  *runOptions(pod: Pod, container: Container): Task<DeviceRunOptions> {
    const { uid } = pod.metadata;
    if (this.#wanted(container).length === 0) return NO_DEVICES;
    let missing = false;
    for (const { resource, required } of this.#wanted(container)) {
      if (required === 0) continue;
      yield* this.#preStart(uid, container.name, resource);
      // A race while the node restarts.
      if (this.#podDevices.devices(uid, container.name, resource) === undefined) missing = true;
    }
    if (missing) {
      const problem = yield* this.allocate(pod, false);
      if (problem !== undefined) throw new DeviceError(problem.message);
    }
    return this.#podDevices.runOptions(uid, container.name);
  }

  *#preStart(uid: string, container: string, resource: string): Task<void> {
    const endpoint = this.#endpoints.get(resource);
    if (endpoint === undefined) {
      throw new DeviceError(`endpoint not found in cache for a registered resource: ${resource}`);
    }
    if (!endpoint.preStartRequired) return;
    const devices = this.#podDevices.devices(uid, container, resource);
    if (devices === undefined) {
      throw new DeviceError(
        `no devices found allocated in local cache for pod ${uid}, container ${container}, resource ${resource}`,
      );
    }
    yield* endpoint.preStart([...devices]);
  }

  #restore(): void {
    const { sim, root, nodeName } = this.#around;
    let checkpoint: Checkpoint | undefined;
    try {
      checkpoint = readCheckpoint(root);
    } catch (error) {
      if (!(error instanceof CorruptCheckpoint)) throw error;
      const text = 'Continue after failing to read checkpoint file. Device allocation info may NOT be up-to-date';
      sim.record('kubelet.device-plugins', nodeName, `${text}: ${error.message}`);
    }
    for (const allocation of checkpoint?.allocations ?? []) this.#podDevices.insert(allocation);
    for (const resource of checkpoint?.registered.keys() ?? []) {
      // Nothing of it can be given until its plugin has come back.
      this.#devices.set(resource, new Map());
      this.#endpoints.set(resource, Endpoint.stopped(resource, sim.nowMs));
    }
  }

  #save(): void {
    const registered = [...this.#devices.keys()].map((resource) => [resource, [...this.#healthy(resource)!]] as const);
    writeCheckpoint(this.#around.root, { allocations: this.#podDevices.all, registered: new Map(registered) });
  }

  #run(task: Task<void>): void {
    const handle = runTask(this.#around.sim, `kubelet/${this.#around.nodeName} devices`, task, () => {
      this.#tasks.delete(handle);
    });
    this.#tasks.add(handle);
  }
}

/** What a container wants is not to be had near together. */
class TopologyError extends Error {
  override readonly name = 'TopologyError';
}

function containersOf({ spec }: Pod): readonly Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}
