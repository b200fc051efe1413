// The Container Storage Interface as data: what the kubelet and the sidecars say to a driver on its socket.
// https://github.com/container-storage-interface/spec/blob/master/csi.proto

const MESSAGES = {
  Empty: {},
  BoolValue: { value: [1, 'bool'] },
  Int64Value: { value: [1, 'int64'] },
  Timestamp: { seconds: [1, 'int64'], nanos: [2, 'int32'] },
  Topology: { segments: [1, 'map<string, string>'] },
  TopologyRequirement: { requisite: [1, 'repeated Topology'], preferred: [2, 'repeated Topology'] },
  CapacityRange: { required_bytes: [1, 'int64'], limit_bytes: [2, 'int64'] },
  BlockVolume: {},
  MountVolume: { fs_type: [1, 'string'], mount_flags: [2, 'repeated string'] },
  AccessMode: { mode: [1, 'Mode'] },
  Mode: [
    'UNKNOWN',
    'SINGLE_NODE_WRITER',
    'SINGLE_NODE_READER_ONLY',
    'MULTI_NODE_READER_ONLY',
    'MULTI_NODE_SINGLE_WRITER',
    'MULTI_NODE_MULTI_WRITER',
    'SINGLE_NODE_SINGLE_WRITER',
    'SINGLE_NODE_MULTI_WRITER',
  ],
  VolumeCapability: { block: [1, 'BlockVolume'], mount: [2, 'MountVolume'], access_mode: [3, 'AccessMode'] },

  GetPluginInfoResponse: {
    name: [1, 'string'],
    vendor_version: [2, 'string'],
    manifest: [3, 'map<string, string>'],
  },
  GetPluginCapabilitiesResponse: { capabilities: [1, 'repeated PluginCapability'] },
  PluginCapability: { service: [1, 'PluginService'], volume_expansion: [2, 'PluginExpansion'] },
  PluginService: { type: [1, 'PluginServiceType'] },
  PluginServiceType: ['UNKNOWN', 'CONTROLLER_SERVICE', 'VOLUME_ACCESSIBILITY_CONSTRAINTS'],
  PluginExpansion: { type: [1, 'PluginExpansionType'] },
  PluginExpansionType: ['UNKNOWN', 'ONLINE', 'OFFLINE'],
  ProbeResponse: { ready: [1, 'BoolValue'] },

  CreateVolumeRequest: {
    name: [1, 'string'],
    capacity_range: [2, 'CapacityRange'],
    volume_capabilities: [3, 'repeated VolumeCapability'],
    parameters: [4, 'map<string, string>'],
    volume_content_source: [6, 'VolumeContentSource'],
    accessibility_requirements: [7, 'TopologyRequirement'],
    mutable_parameters: [8, 'map<string, string>'],
  },
  VolumeContentSource: { snapshot: [1, 'SnapshotSource'], volume: [2, 'VolumeSource'] },
  SnapshotSource: { snapshot_id: [1, 'string'] },
  VolumeSource: { volume_id: [1, 'string'] },
  CreateVolumeResponse: { volume: [1, 'Volume'] },
  Volume: {
    capacity_bytes: [1, 'int64'],
    volume_id: [2, 'string'],
    volume_context: [3, 'map<string, string>'],
    content_source: [4, 'VolumeContentSource'],
    accessible_topology: [5, 'repeated Topology'],
  },
  DeleteVolumeRequest: { volume_id: [1, 'string'] },
  ControllerPublishVolumeRequest: {
    volume_id: [1, 'string'],
    node_id: [2, 'string'],
    volume_capability: [3, 'VolumeCapability'],
    readonly: [4, 'bool'],
    volume_context: [6, 'map<string, string>'],
  },
  ControllerPublishVolumeResponse: { publish_context: [1, 'map<string, string>'] },
  ControllerUnpublishVolumeRequest: { volume_id: [1, 'string'], node_id: [2, 'string'] },
  GetCapacityRequest: {
    volume_capabilities: [1, 'repeated VolumeCapability'],
    parameters: [2, 'map<string, string>'],
    accessible_topology: [3, 'Topology'],
  },
  GetCapacityResponse: { available_capacity: [1, 'int64'], maximum_volume_size: [2, 'Int64Value'] },
  ControllerGetCapabilitiesResponse: { capabilities: [1, 'repeated ControllerCapability'] },
  ControllerCapability: { rpc: [1, 'ControllerRpc'] },
  ControllerRpc: { type: [1, 'ControllerRpcType'] },
  ControllerRpcType: [
    'UNKNOWN',
    'CREATE_DELETE_VOLUME',
    'PUBLISH_UNPUBLISH_VOLUME',
    'LIST_VOLUMES',
    'GET_CAPACITY',
    'CREATE_DELETE_SNAPSHOT',
    'LIST_SNAPSHOTS',
    'CLONE_VOLUME',
    'PUBLISH_READONLY',
    'EXPAND_VOLUME',
    'LIST_VOLUMES_PUBLISHED_NODES',
    'VOLUME_CONDITION',
    'GET_VOLUME',
    'SINGLE_NODE_MULTI_WRITER',
    'MODIFY_VOLUME',
  ],
  CreateSnapshotRequest: {
    source_volume_id: [1, 'string'],
    name: [2, 'string'],
    parameters: [4, 'map<string, string>'],
  },
  CreateSnapshotResponse: { snapshot: [1, 'Snapshot'] },
  Snapshot: {
    size_bytes: [1, 'int64'],
    snapshot_id: [2, 'string'],
    source_volume_id: [3, 'string'],
    creation_time: [4, 'Timestamp'],
    ready_to_use: [5, 'bool'],
  },
  DeleteSnapshotRequest: { snapshot_id: [1, 'string'] },
  ListSnapshotsRequest: {
    max_entries: [1, 'int32'],
    starting_token: [2, 'string'],
    source_volume_id: [3, 'string'],
    snapshot_id: [4, 'string'],
  },
  ListSnapshotsResponse: { entries: [1, 'repeated SnapshotEntry'], next_token: [2, 'string'] },
  SnapshotEntry: { snapshot: [1, 'Snapshot'] },
  ControllerModifyVolumeRequest: { volume_id: [1, 'string'], mutable_parameters: [3, 'map<string, string>'] },
  ControllerExpandVolumeRequest: {
    volume_id: [1, 'string'],
    capacity_range: [2, 'CapacityRange'],
    volume_capability: [4, 'VolumeCapability'],
  },
  ControllerExpandVolumeResponse: { capacity_bytes: [1, 'int64'], node_expansion_required: [2, 'bool'] },

  NodeStageVolumeRequest: {
    volume_id: [1, 'string'],
    publish_context: [2, 'map<string, string>'],
    staging_target_path: [3, 'string'],
    volume_capability: [4, 'VolumeCapability'],
    volume_context: [6, 'map<string, string>'],
  },
  NodeUnstageVolumeRequest: { volume_id: [1, 'string'], staging_target_path: [2, 'string'] },
  NodePublishVolumeRequest: {
    volume_id: [1, 'string'],
    publish_context: [2, 'map<string, string>'],
    staging_target_path: [3, 'string'],
    target_path: [4, 'string'],
    volume_capability: [5, 'VolumeCapability'],
    readonly: [6, 'bool'],
    volume_context: [8, 'map<string, string>'],
  },
  NodeUnpublishVolumeRequest: { volume_id: [1, 'string'], target_path: [2, 'string'] },
  NodeGetVolumeStatsRequest: { volume_id: [1, 'string'], volume_path: [2, 'string'] },
  NodeGetVolumeStatsResponse: { usage: [1, 'repeated VolumeUsage'] },
  VolumeUsage: { available: [1, 'int64'], total: [2, 'int64'], used: [3, 'int64'], unit: [4, 'Unit'] },
  Unit: ['UNKNOWN', 'BYTES', 'INODES'],
  NodeExpandVolumeRequest: {
    volume_id: [1, 'string'],
    volume_path: [2, 'string'],
    capacity_range: [3, 'CapacityRange'],
    staging_target_path: [4, 'string'],
  },
  NodeExpandVolumeResponse: { capacity_bytes: [1, 'int64'] },
  NodeGetCapabilitiesResponse: { capabilities: [1, 'repeated NodeCapability'] },
  NodeCapability: { rpc: [1, 'NodeRpc'] },
  NodeRpc: { type: [1, 'NodeRpcType'] },
  NodeRpcType: ['UNKNOWN', 'STAGE_UNSTAGE_VOLUME', 'GET_VOLUME_STATS', 'EXPAND_VOLUME'],
  NodeGetInfoResponse: {
    node_id: [1, 'string'],
    max_volumes_per_node: [2, 'int64'],
    accessible_topology: [3, 'Topology'],
  },
} as const;

export const IDENTITY = {
  name: 'csi.v1.Identity',
  messages: MESSAGES,
  methods: {
    GetPluginInfo: ['Empty', 'GetPluginInfoResponse'],
    GetPluginCapabilities: ['Empty', 'GetPluginCapabilitiesResponse'],
    Probe: ['Empty', 'ProbeResponse'],
  },
} as const;

export const CONTROLLER = {
  name: 'csi.v1.Controller',
  messages: MESSAGES,
  methods: {
    CreateVolume: ['CreateVolumeRequest', 'CreateVolumeResponse'],
    DeleteVolume: ['DeleteVolumeRequest', 'Empty'],
    ControllerPublishVolume: ['ControllerPublishVolumeRequest', 'ControllerPublishVolumeResponse'],
    ControllerUnpublishVolume: ['ControllerUnpublishVolumeRequest', 'Empty'],
    GetCapacity: ['GetCapacityRequest', 'GetCapacityResponse'],
    ControllerGetCapabilities: ['Empty', 'ControllerGetCapabilitiesResponse'],
    ControllerExpandVolume: ['ControllerExpandVolumeRequest', 'ControllerExpandVolumeResponse'],
    CreateSnapshot: ['CreateSnapshotRequest', 'CreateSnapshotResponse'],
    DeleteSnapshot: ['DeleteSnapshotRequest', 'Empty'],
    ListSnapshots: ['ListSnapshotsRequest', 'ListSnapshotsResponse'],
    ControllerModifyVolume: ['ControllerModifyVolumeRequest', 'Empty'],
  },
} as const;

export const NODE = {
  name: 'csi.v1.Node',
  messages: MESSAGES,
  methods: {
    NodeStageVolume: ['NodeStageVolumeRequest', 'Empty'],
    NodeUnstageVolume: ['NodeUnstageVolumeRequest', 'Empty'],
    NodePublishVolume: ['NodePublishVolumeRequest', 'Empty'],
    NodeUnpublishVolume: ['NodeUnpublishVolumeRequest', 'Empty'],
    NodeGetVolumeStats: ['NodeGetVolumeStatsRequest', 'NodeGetVolumeStatsResponse'],
    NodeExpandVolume: ['NodeExpandVolumeRequest', 'NodeExpandVolumeResponse'],
    NodeGetCapabilities: ['Empty', 'NodeGetCapabilitiesResponse'],
    NodeGetInfo: ['Empty', 'NodeGetInfoResponse'],
  },
} as const;

type AccessMode = (typeof MESSAGES)['Mode'][number];

const MODES: Readonly<Record<string, AccessMode>> = {
  ReadWriteOnce: 'SINGLE_NODE_WRITER',
  ReadOnlyMany: 'MULTI_NODE_READER_ONLY',
  ReadWriteMany: 'MULTI_NODE_MULTI_WRITER',
  ReadWriteOncePod: 'SINGLE_NODE_SINGLE_WRITER',
};

/** What a driver is told of how a volume will be used, as the claim has it. */
export function volumeCapability(
  accessModes: readonly string[] = [],
  volumeMode = 'Filesystem',
  mount: { readonly fs_type?: string; readonly mount_flags?: readonly string[] } = {},
) {
  const strongest = ['ReadWriteMany', 'ReadWriteOnce', 'ReadWriteOncePod', 'ReadOnlyMany'].find((mode) =>
    accessModes.includes(mode),
  );
  return {
    ...(volumeMode === 'Block' ? { block: {} } : { mount }),
    access_mode: { mode: MODES[strongest ?? ''] ?? 'SINGLE_NODE_WRITER' },
  } as const;
}
