// The priority levels and flow schemas of a fresh cluster, after k8s.io/apiserver pkg/apis/flowcontrol/bootstrap/default.go.
// https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#defaults

function queued(name: string, shares: number, lendablePercent: number, queues: number, handSize: number): object {
  const queuing = { queues, handSize, queueLengthLimit: 50 };
  const limitResponse = { type: 'Queue', queuing };
  const limited = { nominalConcurrencyShares: shares, lendablePercent, limitResponse };
  return { metadata: { name }, spec: { type: 'Limited', limited } };
}

export const PRIORITY_LEVELS: readonly object[] = [
  { metadata: { name: 'exempt' }, spec: { type: 'Exempt' } },
  {
    metadata: { name: 'catch-all' },
    spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } },
  },
  queued('system', 30, 33, 64, 6),
  queued('node-high', 40, 25, 64, 6),
  queued('leader-election', 10, 0, 16, 4),
  queued('workload-high', 40, 50, 128, 6),
  queued('workload-low', 100, 90, 128, 6),
  queued('global-default', 20, 50, 128, 6),
];

const group = (name: string) => ({ kind: 'Group', group: { name } });
const user = (name: string) => ({ kind: 'User', user: { name } });
const serviceAccount = (name: string) => ({
  kind: 'ServiceAccount',
  serviceAccount: { name, namespace: 'kube-system' },
});

const EVERYTHING = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }];
const EVERY_PATH = [{ verbs: ['*'], nonResourceURLs: ['*'] }];
const EVERYBODY = [group('system:unauthenticated'), group('system:authenticated')];
const ALL = { resourceRules: EVERYTHING, nonResourceRules: EVERY_PATH };
const LEADER_ELECTION = {
  resourceRules: [
    {
      verbs: ['get', 'create', 'update'],
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      namespaces: ['*'],
    },
  ],
};

function schema(
  name: string,
  level: string,
  matchingPrecedence: number,
  distinguisher: 'ByUser' | 'ByNamespace' | '',
  ...rules: readonly object[]
): object {
  const distinguisherMethod = distinguisher === '' ? {} : { distinguisherMethod: { type: distinguisher } };
  const spec = { priorityLevelConfiguration: { name: level }, matchingPrecedence, ...distinguisherMethod, rules };
  return { metadata: { name }, spec };
}

export const FLOW_SCHEMAS: readonly object[] = [
  schema('exempt', 'exempt', 1, '', { subjects: [group('system:masters')], ...ALL }),
  schema('probes', 'exempt', 2, '', {
    subjects: EVERYBODY,
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }],
  }),
  schema('system-leader-election', 'leader-election', 100, 'ByUser', {
    subjects: [user('system:kube-controller-manager'), user('system:kube-scheduler'), serviceAccount('*')],
    ...LEADER_ELECTION,
  }),
  schema('endpoint-controller', 'workload-high', 150, 'ByUser', {
    subjects: [
      user('system:kube-controller-manager'),
      serviceAccount('endpoint-controller'),
      serviceAccount('endpointslice-controller'),
      serviceAccount('endpointslicemirroring-controller'),
    ],
    resourceRules: [
      { verbs: ['get', 'create', 'update'], apiGroups: [''], resources: ['endpoints'], namespaces: ['*'] },
      {
        verbs: ['get', 'create', 'update'],
        apiGroups: ['discovery.k8s.io'],
        resources: ['endpointslices'],
        namespaces: ['*'],
      },
    ],
  }),
  schema('workload-leader-election', 'leader-election', 200, 'ByUser', {
    subjects: [serviceAccount('*')],
    ...LEADER_ELECTION,
  }),
  schema('system-node-high', 'node-high', 400, 'ByUser', {
    subjects: [group('system:nodes')],
    resourceRules: [
      {
        verbs: ['*'],
        apiGroups: [''],
        resources: ['nodes', 'nodes/status'],
        clusterScope: true,
        namespaces: ['*'],
      },
      { verbs: ['*'], apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] },
    ],
  }),
  schema('system-nodes', 'system', 500, 'ByUser', { subjects: [group('system:nodes')], ...ALL }),
  schema('kube-controller-manager', 'workload-high', 800, 'ByNamespace', {
    subjects: [user('system:kube-controller-manager')],
    ...ALL,
  }),
  schema('kube-scheduler', 'workload-high', 800, 'ByNamespace', { subjects: [user('system:kube-scheduler')], ...ALL }),
  schema('kube-system-service-accounts', 'workload-high', 900, 'ByNamespace', {
    subjects: [serviceAccount('*')],
    ...ALL,
  }),
  schema('service-accounts', 'workload-low', 9000, 'ByUser', {
    subjects: [group('system:serviceaccounts')],
    ...ALL,
  }),
  schema('global-default', 'global-default', 9900, 'ByUser', { subjects: EVERYBODY, ...ALL }),
  schema('catch-all', 'catch-all', 10_000, 'ByUser', { subjects: EVERYBODY, ...ALL }),
];
