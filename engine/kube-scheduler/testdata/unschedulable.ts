/** Pods that fit nowhere on three nodes of 16 CPUs, and what Kubernetes 1.20.2 said about them. */
export const UNSCHEDULABLE: readonly {
  readonly scenario: string;
  readonly objects: readonly unknown[];
  readonly message: string;
}[] = [
  one('extended-resource', { resources: { limits: { 'example.com/gpu': '1' } } }, {}, '3 Insufficient example.com/gpu'),
  one('nodeselector', {}, { nodeSelector: { no: 'where' } }, "3 node(s) didn't match Pod's node affinity"),
  one('insufficient-cpu', { resources: { requests: { cpu: '1000' } } }, {}, '3 Insufficient cpu'),
  one(
    'insufficient-memory-and-cpu',
    { resources: { requests: { cpu: '1000', memory: '1000Ti' } } },
    {},
    '3 Insufficient cpu, 3 Insufficient memory',
  ),
  one(
    'topology-spread',
    {},
    {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { a: 'b' } },
        },
      ],
    },
    "3 node(s) didn't match pod topology spread constraints (missing required label)",
  ),
  one(
    'affinity',
    {},
    {
      affinity: {
        nodeAffinity: required({
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] }],
        }),
      },
    },
    "3 node(s) didn't match Pod's node affinity",
  ),
  one(
    'pod-affinity',
    {},
    { affinity: { podAffinity: required([byHost({ no: 'such' })]) } },
    "3 node(s) didn't match pod affinity rules, 3 node(s) didn't match pod affinity/anti-affinity",
  ),
  one('pvc-missing', {}, { volumes: [claimed('nope')] }, '3 persistentvolumeclaim "nope" not found'),
  withClaim('pvc-unbound-noclass', {}),
  withClaim('pvc-missing-class', { storageClassName: 'no-such-class' }),
  one('tainted', {}, {}, "3 node(s) had taint {k: v}, that the pod didn't tolerate"),
  one('cordoned', {}, {}, '3 node(s) were unschedulable'),
  four(
    'hostport',
    { ports: [{ containerPort: 80, hostPort: 8088 }] },
    {},
    "3 node(s) didn't have free ports for the requested pod ports",
  ),
  four(
    'pod-antiaffinity',
    {},
    { affinity: { podAntiAffinity: required([byHost({ app: 'x' })]) } },
    "3 node(s) didn't match pod affinity/anti-affinity, 3 node(s) didn't match pod anti-affinity rules",
  ),
];

function required(terms: unknown): object {
  return { requiredDuringSchedulingIgnoredDuringExecution: terms };
}

function byHost(matchLabels: object): object {
  return { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels } };
}

function claimed(claimName: string): object {
  return { name: 'v', persistentVolumeClaim: { claimName } };
}

function sentence(reasons: string): string {
  return `0/3 nodes are available: ${reasons}.`;
}

function podOf(container: object, spec: object) {
  return { containers: [{ name: 'c', image: 'nginx', ...container }], ...spec };
}

function one(scenario: string, container: object, spec: object, reasons: string) {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: podOf(container, spec) };
  return { scenario, objects: [pod], message: sentence(reasons) };
}

function withClaim(scenario: string, rest: object) {
  const { objects, message } = one(
    scenario,
    {},
    { volumes: [claimed('c')] },
    '3 pod has unbound immediate PersistentVolumeClaims',
  );
  const spec = { ...rest, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'c' }, spec };
  return { scenario, objects: [claim, ...objects], message };
}

/** One replica more than there are nodes. */
function four(scenario: string, container: object, spec: object, reasons: string) {
  const labels = { app: 'x' };
  const template = { metadata: { labels }, spec: podOf(container, spec) };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: { replicas: 4, selector: { matchLabels: labels }, template },
  };
  return { scenario, objects: [deployment], message: sentence(reasons) };
}
