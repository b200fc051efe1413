import type { Message } from '../../linux/protobuf.ts';
import type { DeviceRunOptions } from '../devices.ts';
import type { DEVICE_PLUGIN_MESSAGES } from './device-plugin-api.ts';

export type ContainerAllocateResponse = Message<typeof DEVICE_PLUGIN_MESSAGES, 'ContainerAllocateResponse'>;

/** Devices by the NUMA node that they are near to; `-1` for those that say nothing about that. */
export type DevicesPerNuma = Readonly<Record<string, readonly string[]>>;

/** The devices of one resource that a container has, and what the plugin wants done for them. */
export interface Allocation {
  readonly podUid: string;
  readonly container: string;
  readonly resource: string;
  readonly devicesPerNuma: DevicesPerNuma;
  readonly response: ContainerAllocateResponse;
}

/** Which container has which devices. After `pkg/kubelet/cm/devicemanager/pod_devices.go`. */
export class PodDevices {
  /** By Pod, in the order in which they were given. */
  readonly #byPod = new Map<string, Allocation[]>();

  insert(allocation: Allocation): void {
    const others = this.#byPod.get(allocation.podUid) ?? [];
    const kept = others.filter(
      (each) => each.container !== allocation.container || each.resource !== allocation.resource,
    );
    this.#byPod.set(allocation.podUid, [...kept, allocation]);
  }

  forget(podUid: string): void {
    this.#byPod.delete(podUid);
  }

  get pods(): readonly string[] {
    return [...this.#byPod.keys()];
  }

  get all(): readonly Allocation[] {
    return [...this.#byPod.values()].flat();
  }

  ofContainer(podUid: string, container: string): readonly Allocation[] {
    return (this.#byPod.get(podUid) ?? []).filter((each) => each.container === container);
  }

  /** The devices of one resource; undefined when the container has been given none. */
  devices(podUid: string, container: string, resource: string): ReadonlySet<string> | undefined {
    const found = this.ofContainer(podUid, container).find((each) => each.resource === resource);
    return found === undefined ? undefined : new Set(devicesOf(found));
  }

  /** All devices that somebody has, by resource. */
  inUse(): Map<string, Set<string>> {
    const used = new Map<string, Set<string>>();
    for (const allocation of this.all) {
      const devices = used.get(allocation.resource) ?? new Set();
      for (const id of devicesOf(allocation)) devices.add(id);
      used.set(allocation.resource, devices);
    }
    return used;
  }

  /** What a container is started with. Of what several plugins want in one place, the first one's counts. */
  runOptions(podUid: string, container: string): DeviceRunOptions {
    const envs: Record<string, string> = Object.create(null);
    const annotations: Record<string, string> = Object.create(null);
    const mounts = new Map<string, DeviceRunOptions['mounts'][number]>();
    const devices = new Map<string, DeviceRunOptions['devices'][number]>();
    const cdiDevices = new Set<string>();
    for (const { response } of this.ofContainer(podUid, container)) {
      for (const [name, value] of Object.entries(response.envs)) envs[name] ??= value;
      for (const [name, value] of Object.entries(response.annotations)) annotations[name] ??= value;
      for (const { container_path: containerPath, host_path: hostPath, read_only: readOnly } of response.mounts) {
        if (!mounts.has(containerPath)) mounts.set(containerPath, { containerPath, hostPath, readOnly });
      }
      for (const { container_path: containerPath, host_path: hostPath, permissions } of response.devices) {
        if (!devices.has(containerPath)) devices.set(containerPath, { containerPath, hostPath, permissions });
      }
      for (const { name } of response.cdi_devices) cdiDevices.add(name);
    }
    return {
      envs: { ...envs },
      annotations: { ...annotations },
      mounts: [...mounts.values()],
      devices: [...devices.values()],
      cdiDevices: [...cdiDevices],
    };
  }
}

function devicesOf({ devicesPerNuma }: Allocation): readonly string[] {
  // A device that is near to several nodes is in the list of each.
  return [...new Set(Object.values(devicesPerNuma).flat())];
}
