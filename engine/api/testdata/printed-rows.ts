const CREATED = '"creationTimestamp":"2026-01-01T00:00:00Z"';

/** Objects and the cells of their rows, wide ones included, as the real printers of 1.36 print them a day later. */
export const PRINTED_ROWS: readonly (readonly [
  kind: string,
  manifest: string,
  cells: readonly (string | number | boolean)[],
])[] = [
  [
    'PodTemplate',
    `{"metadata":{"name":"t",${CREATED}},"template":{"metadata":{"labels":{"b":"2","a":"1"}},"spec":{"containers":[{"name":"c","image":"nginx"},{"name":"d","image":"redis"}]}}}`,
    ['t', 'c,d', 'nginx,redis', 'a=1,b=2'],
  ],
  [
    'ReplicationController',
    `{"metadata":{"name":"rc",${CREATED}},"spec":{"replicas":3,"template":{"metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}},"status":{"replicas":2,"readyReplicas":1}}`,
    ['rc', 3, 2, 1, '24h', 'c', 'nginx', 'app=x'],
  ],
  [
    'CSIDriver',
    `{"metadata":{"name":"csi.example.com",${CREATED}},"spec":{"attachRequired":false,"tokenRequests":[{"audience":"a"},{"audience":"b"}],"volumeLifecycleModes":["Persistent","Ephemeral"]}}`,
    ['csi.example.com', false, false, false, 'a,b', false, 'Persistent,Ephemeral', '24h'],
  ],
  [
    'CSIDriver',
    `{"metadata":{"name":"csi.example.com",${CREATED}},"spec":{}}`,
    ['csi.example.com', true, false, false, '<unset>', false, 'Persistent', '24h'],
  ],
  ['CSINode', `{"metadata":{"name":"n",${CREATED}},"spec":{"drivers":[{"name":"d","nodeID":"1"}]}}`, ['n', 1, '24h']],
  [
    'CSIStorageCapacity',
    `{"metadata":{"name":"c",${CREATED}},"storageClassName":"fast","capacity":"10Gi"}`,
    ['c', 'fast', '10Gi'],
  ],
  [
    'VolumeAttachment',
    `{"metadata":{"name":"va",${CREATED}},"spec":{"attacher":"csi.example.com","nodeName":"n","source":{"persistentVolumeName":"pv"}},"status":{"attached":true}}`,
    ['va', 'csi.example.com', 'pv', 'n', true, '24h'],
  ],
  [
    'VolumeAttributesClass',
    `{"metadata":{"name":"gold",${CREATED}},"driverName":"csi.example.com","parameters":{"iops":"5"}}`,
    ['gold', 'csi.example.com', '24h'],
  ],
  [
    'IPAddress',
    `{"metadata":{"name":"10.96.0.1",${CREATED}},"spec":{"parentRef":{"resource":"services","namespace":"default","name":"kubernetes"}}}`,
    ['10.96.0.1', 'services/default/kubernetes'],
  ],
  [
    'ServiceCIDR',
    `{"metadata":{"name":"kubernetes",${CREATED}},"spec":{"cidrs":["10.96.0.0/12","fd00::/108"]}}`,
    ['kubernetes', '10.96.0.0/12,fd00::/108', '24h'],
  ],
  ['RuntimeClass', `{"metadata":{"name":"gvisor",${CREATED}},"handler":"runsc"}`, ['gvisor', 'runsc', '24h']],
  [
    'CertificateSigningRequest',
    `{"metadata":{"name":"me",${CREATED}},"spec":{"request":"","signerName":"kubernetes.io/kube-apiserver-client","usages":["client auth"],"username":"jane","expirationSeconds":3600},"status":{"certificate":"QQ==","conditions":[{"type":"Approved","status":"True"}]}}`,
    ['me', '24h', 'kubernetes.io/kube-apiserver-client', 'jane', '60m', 'Approved,Issued'],
  ],
  [
    'CertificateSigningRequest',
    `{"metadata":{"name":"me",${CREATED}},"spec":{"request":"","signerName":"example.com/x","usages":[],"username":"jane"}}`,
    ['me', '24h', 'example.com/x', 'jane', '<none>', 'Pending'],
  ],
  [
    'FlowSchema',
    `{"metadata":{"name":"fs",${CREATED}},"spec":{"priorityLevelConfiguration":{"name":"system"},"distinguisherMethod":{"type":"ByUser"}},"status":{"conditions":[{"type":"Dangling","status":"False"}]}}`,
    ['fs', 'system', 1000, 'ByUser', '24h', 'False'],
  ],
  [
    'PriorityLevelConfiguration',
    `{"metadata":{"name":"system",${CREATED}},"spec":{"type":"Limited","limited":{"limitResponse":{"type":"Queue","queuing":{"handSize":6}}}}}`,
    ['system', 'Limited', 30, 64, 6, 50, '24h'],
  ],
  [
    'PriorityLevelConfiguration',
    `{"metadata":{"name":"exempt",${CREATED}},"spec":{"type":"Exempt"}}`,
    ['exempt', 'Exempt', '<none>', '<none>', '<none>', '<none>', '24h'],
  ],
  [
    'APIService',
    `{"metadata":{"name":"v1.apps",${CREATED}},"spec":{"group":"apps","version":"v1","groupPriorityMinimum":17800,"versionPriority":15},"status":{"conditions":[{"type":"Available","status":"True","reason":"Local"}]}}`,
    ['v1.apps', 'Local', 'True', '24h'],
  ],
  [
    'APIService',
    `{"metadata":{"name":"v1beta1.metrics.k8s.io",${CREATED}},"spec":{"group":"metrics.k8s.io","version":"v1beta1","groupPriorityMinimum":100,"versionPriority":100,"service":{"namespace":"kube-system","name":"metrics-server"}},"status":{"conditions":[{"type":"Available","status":"False","reason":"MissingEndpoints"}]}}`,
    ['v1beta1.metrics.k8s.io', 'kube-system/metrics-server', 'False (MissingEndpoints)', '24h'],
  ],
  [
    'ValidatingAdmissionPolicy',
    `{"metadata":{"name":"p",${CREATED}},"spec":{"paramKind":{"apiVersion":"v1","kind":"ConfigMap"},"validations":[{"expression":"true"}]}}`,
    ['p', 1, 'v1/ConfigMap', '24h'],
  ],
  [
    'ValidatingAdmissionPolicyBinding',
    `{"metadata":{"name":"b",${CREATED}},"spec":{"policyName":"p","paramRef":{"name":"c","namespace":"ns"},"validationActions":["Deny"]}}`,
    ['b', 'p', 'ns/c', '24h'],
  ],
  [
    'MutatingAdmissionPolicyBinding',
    `{"metadata":{"name":"b",${CREATED}},"spec":{"policyName":"p"}}`,
    ['b', 'p', '<unset>', '24h'],
  ],
  [
    'MutatingWebhookConfiguration',
    `{"metadata":{"name":"m",${CREATED}},"webhooks":[{"name":"a.b.c"},{"name":"d.e.f"}]}`,
    ['m', 2, '24h'],
  ],
  ['ResourceClaim', `{"metadata":{"name":"c",${CREATED}},"spec":{}}`, ['c', 'pending', '24h']],
  [
    'ResourceClaim',
    `{"metadata":{"name":"c",${CREATED}},"spec":{},"status":{"allocation":{},"reservedFor":[{"resource":"pods","name":"p","uid":"1"}]}}`,
    ['c', 'allocated,reserved', '24h'],
  ],
  [
    'ResourceSlice',
    `{"metadata":{"name":"s",${CREATED}},"spec":{"driver":"gpu.example.com","nodeName":"n","pool":{"name":"n","generation":1,"resourceSliceCount":1}}}`,
    ['s', 'n', 'gpu.example.com', 'n', '24h'],
  ],
];
