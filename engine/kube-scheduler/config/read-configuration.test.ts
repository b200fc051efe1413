import { expect, test } from 'vitest';
import { readConfiguration } from './read-configuration.ts';

const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';

function names(text: string, point: 'filter' | 'score' = 'score') {
  return readConfiguration(HEAD + text).profiles[0]!.points[point];
}

test('nothing said, everything is as usual', () => {
  expect(readConfiguration(HEAD)).toMatchObject({
    podInitialBackoffSeconds: 1,
    podMaxBackoffSeconds: 10,
    profiles: [{ schedulerName: 'default-scheduler', percentageOfNodesToScore: 0 }],
  });
  expect(names('').find(({ name }) => name === 'TaintToleration')).toEqual({ name: 'TaintToleration', weight: 3 });
});

test('plugins are switched off, all at once with a star, and weighed anew', () => {
  const text = `
profiles:
- plugins:
    score:
      disabled: [{name: "*"}]
      enabled: [{name: NodeResourcesFit, weight: 5}, {name: Mine}]
`;
  expect(names(text)).toEqual([
    { name: 'NodeResourcesFit', weight: 5 },
    { name: 'Mine', weight: 1 },
  ]);
  expect(names(text, 'filter').map(({ name }) => name)).toContain('TaintToleration');
});

test('multiPoint: what is named again keeps its place, what is new comes last', () => {
  const text = `
profiles:
- plugins:
    multiPoint:
      enabled: [{name: NodeAffinity, weight: 7}, {name: Mine, weight: 2}]
      disabled: [{name: ImageLocality}]
`;
  const plugins = names(text);
  expect(plugins.find(({ name }) => name === 'NodeAffinity')?.weight).toBe(7);
  expect(plugins.at(-1)).toEqual({ name: 'Mine', weight: 2 });
  expect(plugins.map(({ name }) => name)).not.toContain('ImageLocality');
});

test('profiles have names and shares of nodes of their own', () => {
  const { profiles } = readConfiguration(
    `${HEAD}percentageOfNodesToScore: 30\nprofiles:\n- schedulerName: a\n- schedulerName: b\n  percentageOfNodesToScore: 70\n`,
  );
  expect(
    profiles.map(({ schedulerName, percentageOfNodesToScore }) => [schedulerName, percentageOfNodesToScore]),
  ).toEqual([
    ['a', 30],
    ['b', 70],
  ]);
});

test('extenders have five seconds, and take any certificate over HTTPS unless they say whom to believe', () => {
  const { extenders, profiles } = readConfiguration(`${HEAD}extenders:
- urlPrefix: https://a
  enableHTTPS: true
  managedResources: [{name: example.com/a, ignoredByScheduler: true}, {name: example.com/b}]
- urlPrefix: https://b
  enableHTTPS: true
  httpTimeout: 100ms
  tlsConfig: {caFile: /ca.crt, serverName: b.example.com}
profiles:
- pluginConfig: [{name: NodeResourcesFit, args: {ignoredResources: [example.com/c]}}]
`);
  expect(extenders).toMatchObject([
    { httpTimeoutMs: 5000, tls: { insecure: true }, ignorable: false, nodeCacheCapable: false, filterVerb: '' },
    { httpTimeoutMs: 100, tls: { insecure: false, caFile: '/ca.crt', serverName: 'b.example.com' } },
  ]);
  // What extenders answer for takes the place of what was there.
  expect(profiles[0]!.pluginConfig.get('NodeResourcesFit')).toEqual({ ignoredResources: ['example.com/a'] });
});

const fit = (args: string) => `profiles:\n- pluginConfig:\n  - name: NodeResourcesFit\n    args: ${args}\n`;
const config = (plugin: string, args: string) => `profiles:\n- pluginConfig:\n  - name: ${plugin}\n    args: ${args}\n`;
const ARGS = 'profiles[0].pluginConfig[0].args';

test.each([
  ['parallelism: 0', 'parallelism: Invalid value: 0: should be an integer value greater than zero'],
  ['percentageOfNodesToScore: 101', 'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]'],
  ['podInitialBackoffSeconds: 0', 'podInitialBackoffSeconds: Invalid value: 0: must be greater than 0'],
  [
    'podMaxBackoffSeconds: 1\npodInitialBackoffSeconds: 2',
    'podMaxBackoffSeconds: Invalid value: 1: must be greater than or equal to PodInitialBackoffSeconds',
  ],
  ['profiles: []', 'profiles: Required value'],
  [
    'profiles: [{schedulerName: a}, {schedulerName: a}]',
    'profiles[1].schedulerName: Duplicate value: "profiles[0].schedulerName"',
  ],
  ['profiles: [{schedulerName: ""}]', 'profiles[0].schedulerName: Required value'],
  [
    'leaderElection: {resourceLock: endpoints}',
    'leaderElection.resourceLock: Invalid value: "endpoints": resourceLock value must be "leases"',
  ],
  ['nope: 1', 'strict decoding error: unknown field "nope"'],
  ['profiles: [{plugins: {nope: {}}}]', 'strict decoding error: unknown field "profiles[0].plugins.nope"'],
  [
    'parallelism: many',
    'json: cannot unmarshal string into Go struct field KubeSchedulerConfiguration.parallelism of type int32',
  ],
  [
    'extenders: [{urlPrefix: "http://127.0.0.1", prioritizeVerb: p}]',
    'extenders[0].weight: Invalid value: 0: must have a positive weight applied to it',
  ],
  [
    'extenders: [{bindVerb: b}, {bindVerb: c}]',
    'extenders: Invalid value: "found 2 extenders implementing bind": only one extender can implement bind',
  ],
  [
    'extenders: [{managedResources: [{name: cpu}]}]',
    'extenders[0].managedResources[0].name: Invalid value: "cpu": is an invalid extended resource name',
  ],
  [
    'extenders: [{managedResources: [{name: example.com/a}]}, {managedResources: [{name: example.com/a}]}]',
    'extenders[1].managedResources[0].name: Invalid value: "example.com/a": duplicate extender managed resource name',
  ],
  [
    'extenders: [{tlsConfig: {certFile: /tls.crt, keyFile: /tls.key}}]',
    'extenders[0].tlsConfig: Forbidden: client certificates are not supported here',
  ],
  ['extenders: [{httpTimeout: "5"}]', 'time: missing unit in duration "5"'],
  ['extenders: [{httpTimeout: soon}]', 'time: invalid duration "soon"'],
  ['extenders: [{filterverb: f}]', 'strict decoding error: unknown field "extenders[0].filterverb"'],
  [
    fit('{scoringStrategy: {type: Best}}'),
    `${ARGS}.scoringStrategy.type: Unsupported value: "Best": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"`,
  ],
  [
    fit('{scoringStrategy: {type: LeastAllocated, resources: [{name: cpu, weight: 101}]}}'),
    `${ARGS}.scoringStrategy.resources[0].weight: Invalid value: 101: resource weight of cpu not in valid range (0, 100]`,
  ],
  [
    fit('{scoringStrategy: {type: RequestedToCapacityRatio}}'),
    `${ARGS}.scoringStrategy.requestedToCapacityRatio: Required value: must be specified when type is RequestedToCapacityRatio`,
  ],
  [
    fit('{ignoredResourceGroups: [a/b]}'),
    `${ARGS}.ignoredResourceGroups[0]: Invalid value: "a/b": resource group name can't contain '/'`,
  ],
  [
    config('InterPodAffinity', '{hardPodAffinityWeight: 101}'),
    `${ARGS}.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]`,
  ],
  [
    config('DefaultPreemption', '{minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0}'),
    `[${ARGS}.minCandidateNodesPercentage: Invalid value: 0: cannot be zero at the same time as minCandidateNodesAbsolute, ` +
      `${ARGS}.minCandidateNodesAbsolute: Invalid value: 0: cannot be zero at the same time as minCandidateNodesPercentage]`,
  ],
  [
    config(
      'PodTopologySpread',
      '{defaultConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]}',
    ),
    `${ARGS}.defaultingType: Invalid value: "System": when .defaultConstraints are not empty`,
  ],
  [
    config('VolumeBinding', '{bindTimeoutSeconds: -1}'),
    `${ARGS}.bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a negative value`,
  ],
  [config('NodeAffinity', '{nope: 1}'), `decoding .${ARGS}: strict decoding error: unknown field "nope"`],
])('%s', (text, message) => {
  expect(() => readConfiguration(HEAD + text)).toThrow(message);
});

test.each([
  [
    'kind: KubeSchedulerConfiguration\napiVersion: kubescheduler.config.k8s.io/v1beta3',
    /no kind "KubeSchedulerConfiguration" is registered for version "kubescheduler.config.k8s.io\/v1beta3"/,
  ],
  ['', /Kind/],
  ['[1, 2]', /Kind/],
  ['a: [', /error converting YAML to JSON/],
  [`${HEAD}__proto__: {profiles: []}`, /unknown field "__proto__"/],
  [`${HEAD}profiles: ${'['.repeat(20_000)}`, /error converting YAML|cannot unmarshal/],
])('what is no configuration at all is refused: %#', (text, message) => {
  expect(() => readConfiguration(text)).toThrow(message);
});
