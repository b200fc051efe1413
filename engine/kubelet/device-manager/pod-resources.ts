import type { Pod } from '../../api/kinds.ts';
import { GrpcError, implement } from '../../linux/grpc.ts';
import { HEALTHY } from './device-plugin-api.ts';
import type { Device } from './endpoint.ts';
import type { Allocation } from './pod-devices.ts';

/**
 * Tells monitoring agents on the node which container has which devices.
 * https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/#monitoring-device-plugin-resources
 */
export const POD_RESOURCES = {
  name: 'v1.PodResourcesLister',
  messages: {
    AllocatableResourcesRequest: {},
    AllocatableResourcesResponse: {
      devices: [1, 'repeated ContainerDevices'],
      cpu_ids: [2, 'repeated int64'],
      memory: [3, 'repeated ContainerMemory'],
    },
    ListPodResourcesRequest: {},
    ListPodResourcesResponse: { pod_resources: [1, 'repeated PodResources'] },
    GetPodResourcesRequest: { pod_name: [1, 'string'], pod_namespace: [2, 'string'] },
    GetPodResourcesResponse: { pod_resources: [1, 'PodResources'] },
    PodResources: { name: [1, 'string'], namespace: [2, 'string'], containers: [3, 'repeated ContainerResources'] },
    ContainerResources: {
      name: [1, 'string'],
      devices: [2, 'repeated ContainerDevices'],
      cpu_ids: [3, 'repeated int64'],
      memory: [4, 'repeated ContainerMemory'],
    },
    ContainerMemory: { memory_type: [1, 'string'], size: [2, 'uint64'], topology: [3, 'TopologyInfo'] },
    ContainerDevices: {
      resource_name: [1, 'string'],
      device_ids: [2, 'repeated string'],
      topology: [3, 'TopologyInfo'],
    },
    TopologyInfo: { nodes: [1, 'repeated NUMANode'] },
    NUMANode: { ID: [1, 'int64'] },
  },
  methods: {
    List: ['ListPodResourcesRequest', 'ListPodResourcesResponse'],
    GetAllocatableResources: ['AllocatableResourcesRequest', 'AllocatableResourcesResponse'],
    Get: ['GetPodResourcesRequest', 'GetPodResourcesResponse'],
  },
} as const;

interface Known {
  pods(): readonly Pod[];
  allocations(podUid: string, container: string): readonly Allocation[];
  devices(): ReadonlyMap<string, ReadonlyMap<string, Device>>;
}

export function podResources(known: Known) {
  const ofPod = ({ metadata, spec }: Pod) => ({
    name: metadata.name,
    namespace: metadata.namespace ?? 'default',
    containers: [...(spec.initContainers ?? []), ...spec.containers].map(({ name }) => ({
      name,
      devices: known.allocations(metadata.uid, name).flatMap(devicesOf),
    })),
  });
  return implement(POD_RESOURCES, {
    List: () => ({ pod_resources: known.pods().map(ofPod) }),
    GetAllocatableResources: () => ({ devices: [...known.devices()].flatMap(allocatable) }),
    Get: ({ pod_name: name, pod_namespace: namespace }) => {
      const pod = known.pods().find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
      if (pod === undefined) throw new GrpcError('Unknown', `pod ${name} in namespace ${namespace} not found`);
      return { pod_resources: ofPod(pod) };
    },
  });
}

/** Devices that are near to different NUMA nodes are listed apart. */
function devicesOf({ resource, devicesPerNuma }: Allocation) {
  return Object.entries(devicesPerNuma).map(([node, devices]) => ({
    resource_name: resource,
    device_ids: devices,
    ...(node === '-1' ? {} : { topology: { nodes: [{ ID: Number(node) }] } }),
  }));
}

function allocatable([resource, devices]: readonly [string, ReadonlyMap<string, Device>]) {
  return [...devices.values()]
    .filter(({ health }) => health === HEALTHY)
    .map(({ ID, topology }) => ({
      resource_name: resource,
      device_ids: [ID],
      ...(topology === undefined ? {} : { topology }),
    }));
}
