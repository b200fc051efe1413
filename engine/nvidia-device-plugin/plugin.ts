import { DEVICE_PLUGIN, type DEVICE_PLUGIN_MESSAGES } from '../kubelet/device-manager/device-plugin-api.ts';
import { GrpcError, implement } from '../linux/grpc.ts';
import type { GpuStatus } from '../linux/nvidia.ts';
import type { MessageInput } from '../linux/protobuf.ts';
import type { Task } from '../sim/index.ts';
import type { PluginConfig } from './config.ts';

type AllocateResponse = MessageInput<typeof DEVICE_PLUGIN_MESSAGES, 'ContainerAllocateResponse'>;

export const CDI_KIND = 'k8s.device-plugin.nvidia.com/gpu';
/** Between a GPU and the number of its replica. */
const REPLICA = '::';

interface Surroundings {
  readonly config: PluginConfig;
  readonly gpus: readonly GpuStatus[];
  /** Those that have failed, by UUID. */
  readonly failed: ReadonlySet<string>;
  /** Waits until another has failed. */
  nextFailure(): Task<void>;
}

export function resourceName({ replicas, renameByDefault }: PluginConfig): string {
  return replicas > 1 && renameByDefault ? 'nvidia.com/gpu.shared' : 'nvidia.com/gpu';
}

/** What the kubelet asks of the plugin. After `internal/plugin/server.go` of k8s-device-plugin. */
export function nvidiaPlugin({ config, gpus, failed, nextFailure }: Surroundings) {
  const devices = () =>
    gpus.flatMap(({ uuid, numaNode }) => {
      const health = failed.has(uuid) ? 'Unhealthy' : 'Healthy';
      return replicasOf(uuid, config.replicas).map((ID) => ({ ID, health, topology: { nodes: [{ ID: numaNode }] } }));
    });
  return implement(DEVICE_PLUGIN, {
    GetDevicePluginOptions: () => ({ get_preferred_allocation_available: true }),
    *ListAndWatch(_, call) {
      for (;;) {
        yield* call.send({ devices: devices() });
        yield* nextFailure();
      }
    },
    GetPreferredAllocation: ({ container_requests: requests }) => ({
      container_responses: requests.map((request) => ({
        deviceIDs: prefer(gpus, request.available_deviceIDs, request.must_include_deviceIDs, request.allocation_size),
      })),
    }),
    Allocate: ({ container_requests: requests }) => ({
      container_responses: requests.map(({ devices_ids: ids }) => {
        requireKnown(config, ids, devices());
        return allocate(config, gpus, ids);
      }),
    }),
  });
}

function replicasOf(uuid: string, replicas: number): readonly string[] {
  return replicas === 1 ? [uuid] : Array.from({ length: replicas }, (_, index) => `${uuid}${REPLICA}${index}`);
}

function uuidOf(id: string): string {
  return id.split(REPLICA)[0]!;
}

/**
 * Replicas are spread, so that each GPU is shared by as few as possible; whole GPUs are taken from one socket, where
 * that goes, since they reach each other faster.
 */
function prefer(
  gpus: readonly GpuStatus[],
  available: readonly string[],
  mustInclude: readonly string[],
  size: number,
): readonly string[] {
  const chosen = [...mustInclude];
  const numa = new Map(gpus.map(({ uuid, numaNode }) => [uuid, numaNode]));
  const left = (): readonly string[] => available.filter((id) => !chosen.includes(id));
  const count = (ids: readonly string[], same: (id: string) => boolean): number => ids.filter(same).length;
  while (chosen.length < size && left().length > 0) {
    const shared = left().some((id) => id.includes(REPLICA));
    const worth = (id: string): number => {
      if (shared) return count(left(), (other) => uuidOf(other) === uuidOf(id));
      const near = (other: string): boolean => numa.get(other) === numa.get(id);
      // First those near to what is there already, then the socket that just suffices.
      const room = count(left(), near);
      return count(chosen, near) * 1000 + (room >= size ? 100 - room : 0);
    };
    chosen.push(left().reduce((best, id) => (worth(id) > worth(best) ? id : best)));
  }
  return chosen;
}

function requireKnown(config: PluginConfig, ids: readonly string[], known: readonly { readonly ID: string }[]): void {
  const resource = resourceName(config);
  const refuse = (why: string): never => {
    throw new GrpcError('Unknown', `invalid allocation request for "${resource}": ${why}`);
  };
  if (config.failRequestsGreaterThanOne && config.replicas > 1 && ids.length > 1) {
    refuse(`request for '${resource}: ${ids.length}' too large: maximum request size for shared resources is 1`);
  }
  const unknown = ids.find((id) => !known.some(({ ID }) => ID === id));
  if (unknown !== undefined) refuse(`unknown device: ${unknown}`);
}

function allocate(config: PluginConfig, gpus: readonly GpuStatus[], ids: readonly string[]): AllocateResponse {
  const uuids = [...new Set(ids.map(uuidOf))];
  const indices = uuids.map((uuid) => gpus.find((gpu) => gpu.uuid === uuid)!.index);
  const names = config.deviceIDStrategy === 'uuid' ? uuids : indices.map(String);
  const cdiNames = uuids.map((uuid) => `${CDI_KIND}=${uuid}`);
  const answer: AllocateResponse = config.passDeviceSpecs ? { devices: deviceSpecs(indices) } : {};
  switch (config.deviceListStrategy) {
    case 'envvar':
      return { ...answer, envs: { NVIDIA_VISIBLE_DEVICES: names.join(',') } };
    case 'volume-mounts':
      return {
        ...answer,
        envs: { NVIDIA_VISIBLE_DEVICES: '/var/run/nvidia-container-devices' },
        mounts: names.map((name) => ({
          host_path: '/dev/null',
          container_path: `/var/run/nvidia-container-devices/${name}`,
        })),
      };
    case 'cdi-cri':
      return { ...answer, cdi_devices: cdiNames.map((name) => ({ name })) };
    case 'cdi-annotations':
      return { ...answer, annotations: { 'cdi.k8s.io/nvidia-device-plugin': cdiNames.join(',') } };
  }
}

function deviceSpecs(indices: readonly number[]) {
  const paths = [
    'nvidiactl',
    'nvidia-uvm',
    'nvidia-uvm-tools',
    'nvidia-modeset',
    ...indices.map((at) => `nvidia${at}`),
  ];
  return paths.map((name) => ({ container_path: `/dev/${name}`, host_path: `/dev/${name}`, permissions: 'rw' }));
}
