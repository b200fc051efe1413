import { StatusError } from '../../api/status-error.ts';
import { ConnectionError } from '../../client/transport.ts';
import { NODE } from '../../csi/spec.ts';
import { Errno } from '../../linux/errno.ts';
import { callGrpc, GrpcError } from '../../linux/grpc.ts';
import type { Task } from '../../sim/index.ts';
import { Turnstile } from '../concurrent.ts';
import { DraManager } from '../dra/dra-manager.ts';
import { type PluginHandler, type PluginInfo, PluginWatcher } from '../plugin-watcher/plugin-watcher.ts';
import type { PluginSurroundings } from '../plugins.ts';
import { mapDevice } from '../volumes/block-device.ts';
import { CSI_DIRECTORY } from '../volumes/tear-down.ts';
import type { CsiVolume, MountedVolume, Mounting, NodePlugins, VolumeContext, VolumeUsage } from '../volumes/volume.ts';
import { VolumeError } from '../volumes/volume.ts';
import type { Driver, Drivers } from './driver.ts';
import { mountCsiVolume, needsAttaching, needsExpansion } from './mount.ts';
import { publishDriver, withdrawDriver } from './node-registration.ts';
import { type Place, placeOf } from './place.ts';
import { unmapCsiVolume, unmountCsiVolume } from './unmount.ts';
import { VolumeStats } from './volume-stats.ts';

const CALL_MS = 10_000;
const SUPPORTED = /^v?1\./;

export function createNodePlugins(surroundings: PluginSurroundings): NodePlugins {
  return new CsiPlugins(surroundings);
}

/** The storage drivers of a node, and what they have mounted. After `pkg/volume/csi`. */
class CsiPlugins implements NodePlugins, PluginHandler, Drivers {
  readonly dynamicResources: DraManager;
  readonly #around: PluginSurroundings;
  readonly #drivers = new Map<string, Driver>();
  /** What this kubelet has mounted itself. What an earlier one has mounted is mounted again, which changes nothing. */
  readonly #mounted = new Map<string, Place>();
  /** Attached volumes that are, or are about to be, mounted, by directory. */
  readonly #inUse = new Map<string, string>();
  /** One operation on a volume at a time. */
  readonly #turnstiles = new Map<string, Turnstile>();
  readonly #watcher: PluginWatcher;
  readonly #stats: VolumeStats;

  constructor(surroundings: PluginSurroundings) {
    this.#around = surroundings;
    this.#stats = new VolumeStats(surroundings, this, this.#mounted);
    this.dynamicResources = new DraManager(surroundings);
    const handlers = { CSIPlugin: this, DRAPlugin: this.dynamicResources };
    this.#watcher = new PluginWatcher({ ...surroundings, handlers });
  }

  stop(): void {
    this.#watcher.stop();
    this.#stats.stop();
    this.dynamicResources.stop();
  }

  *register({ name, endpoint, supported_versions }: PluginInfo): Task<string | undefined> {
    if (!supported_versions.some((version) => SUPPORTED.test(version))) {
      return `no supported version of CSI among ${supported_versions.join(', ')}`;
    }
    const { root, client, nodeName, sim } = this.#around;
    const call = { caller: 'kubelet', timeoutMs: CALL_MS };
    try {
      const info = yield* callGrpc(root, `unix:${endpoint}`, NODE, 'NodeGetInfo', {}, call);
      const { capabilities } = yield* callGrpc(root, `unix:${endpoint}`, NODE, 'NodeGetCapabilities', {}, call);
      const can = capabilities.flatMap(({ rpc }) => (rpc === undefined ? [] : [rpc.type]));
      const topology = info.accessible_topology?.segments ?? {};
      sim.trace.during({ component: `kubelet/${nodeName}`, key: name }, () =>
        publishDriver(client, nodeName, {
          name,
          nodeId: info.node_id,
          maxVolumes: info.max_volumes_per_node,
          topology,
        }),
      );
      this.#drivers.set(name, { name, endpoint, can });
      return undefined;
    } catch (error) {
      return `error updating CSINode object with CSI driver node info: ${reason(error)}`;
    }
  }

  deregister({ name }: PluginInfo): void {
    this.#drivers.delete(name);
    const { client, nodeName, sim } = this.#around;
    try {
      sim.trace.during({ component: `kubelet/${nodeName}`, key: name }, () => withdrawDriver(client, nodeName, name));
    } catch (error) {
      // The next registration says what is true then.
      reason(error);
    }
  }

  find(name: string): Driver | undefined {
    return this.#drivers.get(name);
  }

  usageOf(path: string): VolumeUsage | undefined {
    return this.#stats.of(path);
  }

  volumesInUse(): readonly string[] {
    return [...new Set(this.#inUse.values())].sort();
  }

  setUp(context: VolumeContext, volume: CsiVolume): Mounting {
    const place = placeOf(volume, this.#around.nodeName);
    if (this.#mounted.has(place.directory) && !needsExpansion(context, volume)) {
      return { hostPath: place.isBlock ? place.directory : place.target, readOnly: volume.readOnly };
    }
    return this.#inTurn(place.uniqueName, this.#mount(context, volume, place));
  }

  *#mount(context: VolumeContext, volume: CsiVolume, place: Place): Task<MountedVolume> {
    try {
      const attached = needsAttaching(this.#around, volume, place);
      if (attached && !this.#inUse.has(place.directory)) {
        this.#inUse.set(place.directory, place.uniqueName);
        this.#around.changed();
      }
      yield* mountCsiVolume({ ...this.#around, ...context, drivers: this }, volume, place, attached);
      const { pod, readOnly } = volume;
      const mounted = place.isBlock
        ? mapDevice(context, { pod, plugin: CSI_DIRECTORY, name: place.name, device: place.target, readOnly })
        : { hostPath: place.target, readOnly };
      this.#mounted.set(place.directory, place);
      this.#stats.begin();
      return mounted;
    } catch (error) {
      if (error instanceof VolumeError) throw error;
      throw new VolumeError(reason(error), undefined, place.name);
    }
  }

  *tearDown(directory: string): Task<void> {
    const { root } = this.#around;
    const uniqueName = this.#mounted.get(directory)?.uniqueName ?? directory;
    const isBlock = directory.includes('/volumeDevices/');
    const undo = isBlock ? unmapCsiVolume(root, this, directory) : unmountCsiVolume(root, this, directory);
    yield* this.#inTurn(uniqueName, undo);
    this.#mounted.delete(directory);
    if (this.#inUse.delete(directory)) this.#around.changed();
  }

  *#inTurn<T>(volume: string, task: Task<T>): Task<T> {
    let turnstile = this.#turnstiles.get(volume);
    if (turnstile === undefined) {
      turnstile = new Turnstile();
      this.#turnstiles.set(volume, turnstile);
    }
    return yield* turnstile.pass(task);
  }
}

/** What is worth telling of an expected failure; others are thrown. */
function reason(error: unknown): string {
  if (error instanceof GrpcError) return error.description;
  if (error instanceof StatusError || error instanceof ConnectionError || error instanceof Errno) return error.message;
  throw error;
}
