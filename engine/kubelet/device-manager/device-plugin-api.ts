// The device plugin API as data, in the proto's own names.
// https://github.com/kubernetes/kubelet/blob/master/pkg/apis/deviceplugin/v1beta1/api.proto

export const DEVICE_PLUGIN_VERSION = 'v1beta1';
/** Where plugins put their sockets, and where the kubelet's own is. */
export const DEVICE_PLUGIN_DIRECTORY = '/var/lib/kubelet/device-plugins';
export const KUBELET_SOCKET = `${DEVICE_PLUGIN_DIRECTORY}/kubelet.sock`;

export const HEALTHY = 'Healthy';
export const UNHEALTHY = 'Unhealthy';

export const DEVICE_PLUGIN_MESSAGES = {
  Empty: {},
  DevicePluginOptions: { pre_start_required: [1, 'bool'], get_preferred_allocation_available: [2, 'bool'] },
  RegisterRequest: {
    version: [1, 'string'],
    endpoint: [2, 'string'],
    resource_name: [3, 'string'],
    options: [4, 'DevicePluginOptions'],
  },
  ListAndWatchResponse: { devices: [1, 'repeated Device'] },
  TopologyInfo: { nodes: [1, 'repeated NUMANode'] },
  NUMANode: { ID: [1, 'int64'] },
  Device: { ID: [1, 'string'], health: [2, 'string'], topology: [3, 'TopologyInfo'] },
  PreStartContainerRequest: { devices_ids: [1, 'repeated string'] },
  PreStartContainerResponse: {},
  PreferredAllocationRequest: { container_requests: [1, 'repeated ContainerPreferredAllocationRequest'] },
  ContainerPreferredAllocationRequest: {
    available_deviceIDs: [1, 'repeated string'],
    must_include_deviceIDs: [2, 'repeated string'],
    allocation_size: [3, 'int32'],
  },
  PreferredAllocationResponse: { container_responses: [1, 'repeated ContainerPreferredAllocationResponse'] },
  ContainerPreferredAllocationResponse: { deviceIDs: [1, 'repeated string'] },
  AllocateRequest: { container_requests: [1, 'repeated ContainerAllocateRequest'] },
  ContainerAllocateRequest: { devices_ids: [1, 'repeated string'] },
  AllocateResponse: { container_responses: [1, 'repeated ContainerAllocateResponse'] },
  ContainerAllocateResponse: {
    envs: [1, 'map<string, string>'],
    mounts: [2, 'repeated Mount'],
    devices: [3, 'repeated DeviceSpec'],
    annotations: [4, 'map<string, string>'],
    cdi_devices: [5, 'repeated CDIDevice'],
  },
  Mount: { container_path: [1, 'string'], host_path: [2, 'string'], read_only: [3, 'bool'] },
  DeviceSpec: { container_path: [1, 'string'], host_path: [2, 'string'], permissions: [3, 'string'] },
  CDIDevice: { name: [1, 'string'] },
} as const;

/** Served by the kubelet. */
export const REGISTRATION = {
  name: 'v1beta1.Registration',
  messages: DEVICE_PLUGIN_MESSAGES,
  methods: { Register: ['RegisterRequest', 'Empty'] },
} as const;

/** Served by a plugin. */
export const DEVICE_PLUGIN = {
  name: 'v1beta1.DevicePlugin',
  messages: DEVICE_PLUGIN_MESSAGES,
  methods: {
    GetDevicePluginOptions: ['Empty', 'DevicePluginOptions'],
    ListAndWatch: ['Empty', 'stream ListAndWatchResponse'],
    GetPreferredAllocation: ['PreferredAllocationRequest', 'PreferredAllocationResponse'],
    Allocate: ['AllocateRequest', 'AllocateResponse'],
    PreStartContainer: ['PreStartContainerRequest', 'PreStartContainerResponse'],
  },
} as const;
