// What a kubelet says to a driver of Dynamic Resource Allocation, as data.
// https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/kubelet/pkg/apis/dra/v1/api.proto

export const DRA_PLUGIN = {
  name: 'k8s.io.kubelet.pkg.apis.dra.v1.DRAPlugin',
  messages: {
    Claim: { namespace: [1, 'string'], uid: [2, 'string'], name: [3, 'string'] },
    Device: {
      request_names: [1, 'repeated string'],
      pool_name: [2, 'string'],
      device_name: [3, 'string'],
      cdi_device_ids: [4, 'repeated string'],
    },
    NodePrepareResourcesRequest: { claims: [1, 'repeated Claim'] },
    NodePrepareResourcesResponse: { claims: [1, 'map<string, NodePrepareResourceResponse>'] },
    NodePrepareResourceResponse: { devices: [1, 'repeated Device'], error: [2, 'string'] },
    NodeUnprepareResourcesRequest: { claims: [1, 'repeated Claim'] },
    NodeUnprepareResourcesResponse: { claims: [1, 'map<string, NodeUnprepareResourceResponse>'] },
    NodeUnprepareResourceResponse: { error: [1, 'string'] },
  },
  methods: {
    NodePrepareResources: ['NodePrepareResourcesRequest', 'NodePrepareResourcesResponse'],
    NodeUnprepareResources: ['NodeUnprepareResourcesRequest', 'NodeUnprepareResourcesResponse'],
  },
} as const;

/** As drivers name the version when they register. */
export const DRA_VERSION = 'v1.DRAPlugin';
