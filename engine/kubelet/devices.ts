import type { Container, Pod } from '../api/kinds.ts';
import type { ContainerDevice, ContainerMount } from '../containerd/cri.ts';
import { makeDirectories } from '../linux/directory-tree.ts';
import { Errno } from '../linux/errno.ts';
import type { Process } from '../linux/syscalls.ts';
import { runTask, type Simulation, type Task, type TaskHandle } from '../sim/index.ts';
import type { Rejection } from './admission.ts';
import { DEVICE_PLUGIN_DIRECTORY, KUBELET_SOCKET } from './device-manager/device-plugin-api.ts';

/** Resources that device plugins offer, in whole devices. */
export interface DeviceResources {
  readonly capacity: ReadonlyMap<string, number>;
  readonly allocatable: ReadonlyMap<string, number>;
  /** Those whose plugin has been gone for too long. */
  readonly removed: readonly string[];
}

/** What a container is started with because of its devices. */
export interface DeviceRunOptions {
  readonly envs: Readonly<Record<string, string>>;
  readonly mounts: readonly ContainerMount[];
  readonly devices: readonly ContainerDevice[];
  readonly annotations: Readonly<Record<string, string>>;
  /** Names of the Container Device Interface: `nvidia.com/gpu=0`. */
  readonly cdiDevices: readonly string[];
}

/** The kubelet's side of the device plugin protocol. It speaks to plugins; this port is what the kubelet asks of it. */
export interface DeviceManager {
  /** Serves what connects to the listening sockets of the kubelet. */
  start(sockets: DeviceSockets): void;
  stop(): void;
  resources(): DeviceResources;
  /**
   * Gives devices to the containers of a Pod. Returns why the Pod cannot be let in, when that cannot be done.
   * @param early the kubelet does not know of all its Pods yet
   */
  allocate(pod: Pod, early: boolean): Task<Rejection | undefined>;
  /** @throws DeviceError */
  runOptions(pod: Pod, container: Container): Task<DeviceRunOptions>;
}

/** Descriptors of the kubelet's listening sockets. */
export interface DeviceSockets {
  readonly registration: number;
  readonly podResources: number;
}

/** What the device manager has to know of the rest of its kubelet. */
interface KubeletView {
  /** All Pods of the node that have not ended. */
  activePods(): readonly Pod[];
  /** Whether every source of Pods has been heard. */
  sourcesReady(): boolean;
  isRunning(podUid: string, container: string): boolean;
  /** What `resources` says is different now. */
  changed(): void;
}

export interface DeviceSurroundings extends KubeletView {
  readonly sim: Simulation;
  readonly root: Process;
  readonly nodeName: string;
}

export type CreateDeviceManager = (surroundings: DeviceSurroundings) => DeviceManager;

/** Why a container with devices cannot be started. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
}

export const CHECKPOINT = `${DEVICE_PLUGIN_DIRECTORY}/kubelet_internal_checkpoint`;
const POD_RESOURCES_DIRECTORY = '/var/lib/kubelet/pod-resources';
export const POD_RESOURCES_SOCKET = `${POD_RESOURCES_DIRECTORY}/kubelet.sock`;

const NOTHING: DeviceResources = { capacity: new Map(), allocatable: new Map(), removed: [] };
/** Of a container that asks for none. */
export const NO_DEVICES: DeviceRunOptions = { envs: {}, mounts: [], devices: [], annotations: {}, cdiDevices: [] };
/** As the real kubelet tries again to listen. */
const RETRY_MS = 1000;

interface DevicesOptions {
  readonly sim: Simulation;
  /** Absent on a hollow node, which has no sockets. */
  readonly root?: Process;
  readonly nodeName: string;
  readonly createDeviceManager?: CreateDeviceManager;
}

/**
 * The kubelet's sockets for device plugins, and the device manager behind them. Nodes without plugins are many, so the
 * manager begins to work (and its code need not be there) only when somebody connects, or has connected in an earlier
 * life of this kubelet. https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/
 */
export class Devices {
  readonly #surroundings: DeviceSurroundings | undefined;
  readonly #create: CreateDeviceManager | undefined;
  #manager: DeviceManager | undefined;
  #sockets: DeviceSockets | undefined;
  #task: TaskHandle | undefined;
  #mayBeRecreated = false;

  constructor({ sim, root, nodeName, createDeviceManager }: DevicesOptions, kubelet: KubeletView) {
    this.#surroundings = root && { sim, root, nodeName, ...kubelet };
    this.#create = createDeviceManager;
  }

  start(): void {
    const { sim, root, nodeName } = this.#surroundings ?? {};
    if (sim === undefined || root === undefined || this.#create === undefined) return;
    this.#mayBeRecreated = !root.access(CHECKPOINT, 'exists');
    this.#task = runTask(sim, `kubelet/${nodeName} device plugins`, this.#listen(sim, root));
    if (!this.#mayBeRecreated) this.#begin();
  }

  stop(): void {
    this.#task?.cancel();
    this.#manager?.stop();
    this.#manager = undefined;
    const { registration, podResources } = this.#sockets ?? {};
    for (const fd of [registration, podResources]) if (fd !== undefined) this.#close(fd);
  }

  /**
   * Whether amounts of extended resources that the server still shows are to be forgotten: without a checkpoint this is
   * another machine under the old name, as far as the kubelet can tell.
   */
  get mayBeRecreated(): boolean {
    return this.#mayBeRecreated;
  }

  resources(): DeviceResources {
    return this.#manager?.resources() ?? NOTHING;
  }

  /** Gives a Pod its devices. `early`: the kubelet may not know of all its Pods yet. */
  *allocate(pod: Pod, early: boolean): Task<Rejection | undefined> {
    return this.#manager === undefined ? undefined : yield* this.#manager.allocate(pod, early);
  }

  /** @throws DeviceError */
  *runOptions(pod: Pod, container: Container): Task<DeviceRunOptions> {
    return this.#manager === undefined ? NO_DEVICES : yield* this.#manager.runOptions(pod, container);
  }

  *#listen(sim: Simulation, root: Process): Task<void> {
    while (this.#sockets === undefined) {
      try {
        wipe(root);
        makeDirectories(root, POD_RESOURCES_DIRECTORY, 0o750);
        const registration = root.listenUnix(KUBELET_SOCKET);
        if (root.access(POD_RESOURCES_SOCKET, 'exists')) root.unlink(POD_RESOURCES_SOCKET);
        this.#sockets = { registration, podResources: root.listenUnix(POD_RESOURCES_SOCKET) };
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        sim.record('kubelet.device-plugins', root.hostname, `failed to listen to socket: ${error.message}`);
        yield* root.sleep(RETRY_MS);
      }
    }
    if (this.#manager === undefined) yield* root.poll(Object.values(this.#sockets) as number[]);
    this.#begin().start(this.#sockets);
  }

  #begin(): DeviceManager {
    this.#manager ??= this.#create!(this.#surroundings!);
    return this.#manager;
  }

  #close(fd: number): void {
    try {
      this.#surroundings!.root.close(fd);
    } catch (error) {
      // The machine is off: everything is closed.
      if (!(error instanceof Errno)) throw error;
    }
  }
}

/** Sockets of an earlier life of the kubelet go, so that plugins see that they have to register anew. */
function wipe(root: Process): void {
  makeDirectories(root, DEVICE_PLUGIN_DIRECTORY, 0o750);
  for (const { name, type } of root.readdir(DEVICE_PLUGIN_DIRECTORY)) {
    const path = `${DEVICE_PLUGIN_DIRECTORY}/${name}`;
    if (type !== 'directory' && path !== CHECKPOINT) root.unlink(path);
  }
}
