import { expect, test } from 'vitest';
import type { Pod, Volume } from '../../api/kinds.ts';
import type { NodeFixture } from '../../kubelet/testing/node-fixture.ts';
import { output, podOf, sh, startNode } from '../testing/pod-runner.ts';

const VALUE = 'value-1';
const MERGE = { 'content-type': 'application/merge-patch+json' };

/** A node with a ConfigMap and a Secret that both hold `data-1: value-1`. */
function startStocked(): NodeFixture {
  const node = startNode();
  node.configMap('source', { 'data-1': VALUE, 'data-2': 'value-2' });
  node.secret('source', { 'data-1': btoa(VALUE), 'data-2': btoa('value-2') });
  return node;
}

type Items = { readonly key: string; readonly path: string; readonly mode?: number }[];

interface Options {
  readonly items?: Items;
  readonly defaultMode?: number;
}

type Source = (options: Options) => Omit<Volume, 'name'>;

const configMap: Source = ({ items, defaultMode }) => ({ configMap: { name: 'source', items, defaultMode } });
const secret: Source = ({ items, defaultMode }) => ({ secret: { secretName: 'source', items, defaultMode } });
const projectedConfigMap: Source = ({ items, defaultMode }) => ({
  projected: { sources: [{ configMap: { name: 'source', items } }], defaultMode },
});
const projectedSecret: Source = ({ items, defaultMode }) => ({
  projected: { sources: [{ secret: { name: 'source', items } }], defaultMode },
});

/** What a script prints with the volume at /v. */
function show(source: Omit<Volume, 'name'>, script: string, spec: Partial<Pod['spec']> = {}): string {
  const volumes = [{ name: 'v', ...source }];
  const volumeMounts = [{ name: 'v', mountPath: '/v' }];
  return output(startStocked(), podOf({ ...sh(script), volumeMounts }, { volumes, ...spec }));
}

const READ = 'cat /v/data-1';
const MODE = 'stat -L -c %a /v/data-1';
const MAPPED: Items = [{ key: 'data-1', path: 'path/to/data-1' }];
const MAPPED_0400: Items = [{ key: 'data-1', path: 'path/to/data-1', mode: 0o400 }];
const READ_MAPPED = 'cat /v/path/to/data-1';
const MODE_MAPPED = 'stat -L -c %a /v/path/to/data-1';
const USER = { securityContext: { runAsUser: 1000 } };
const GROUP = { securityContext: { runAsUser: 1000, fsGroup: 1001 } };

const CASES: readonly (readonly [string, Source, Options, string, string, Partial<Pod['spec']>?])[] = [
  ['ConfigMap Volume, without mapping', configMap, {}, READ, VALUE],
  ['ConfigMap Volume, without mapping, volume mode set', configMap, { defaultMode: 0o400 }, MODE, '400\n'],
  ['ConfigMap Volume, without mapping, non-root user', configMap, {}, READ, VALUE, USER],
  ['ConfigMap Volume, with mapping', configMap, { items: MAPPED }, READ_MAPPED, VALUE],
  ['ConfigMap Volume, with mapping, volume mode set', configMap, { items: MAPPED_0400 }, MODE_MAPPED, '400\n'],
  ['ConfigMap Volume, with mapping, non-root user', configMap, { items: MAPPED }, READ_MAPPED, VALUE, USER],
  ['Projected Volume, ConfigMap, volume mode default', projectedConfigMap, {}, MODE, '644\n'],
  ['Projected Volume, ConfigMap, non-root user', projectedConfigMap, {}, READ, VALUE, USER],
  ['Projected Volume, ConfigMap, volume mode 0400', projectedConfigMap, { defaultMode: 0o400 }, MODE, '400\n'],
  ['Projected Volume, ConfigMap, mapped', projectedConfigMap, { items: MAPPED }, READ_MAPPED, VALUE],
  [
    'Projected Volume, ConfigMap, mapped, volume mode 0400',
    projectedConfigMap,
    { items: MAPPED_0400 },
    MODE_MAPPED,
    '400\n',
  ],
  [
    'Projected Volume, ConfigMap, mapped, non-root user',
    projectedConfigMap,
    { items: MAPPED },
    READ_MAPPED,
    VALUE,
    USER,
  ],
  ['Projected Volume, Secrets, volume mode default', projectedSecret, {}, MODE, '644\n'],
  ['Projected Volume, Secrets, volume mode 0400', projectedSecret, { defaultMode: 0o400 }, MODE, '400\n'],
  ['Project Volume, Secrets, non-root, custom fsGroup', projectedSecret, { defaultMode: 0o440 }, READ, VALUE, GROUP],
  ['Projected Volume, Secrets, mapped', projectedSecret, { items: MAPPED }, READ_MAPPED, VALUE],
  [
    'Projected Volume, Secrets, mapped, volume mode 0400',
    projectedSecret,
    { items: MAPPED_0400 },
    MODE_MAPPED,
    '400\n',
  ],
  ['Secrets Volume, default', secret, {}, READ, VALUE],
  ['Secrets Volume, volume mode 0400', secret, { defaultMode: 0o400 }, MODE, '400\n'],
  ['Secrets Volume, volume mode 0440, fsGroup 1001 and uid 1000', secret, { defaultMode: 0o440 }, READ, VALUE, GROUP],
  ['Secrets Volume, mapping', secret, { items: MAPPED }, READ_MAPPED, VALUE],
  ['Secrets Volume, mapping, volume mode 0400', secret, { items: MAPPED_0400 }, MODE_MAPPED, '400\n'],
];

// Not as `$title`, which cuts long texts and puts them in quotes: the ledger goes by the titles.
test.each(CASES.map(([title, ...rest]) => [title, rest] as const))('%s', (_, rest) => {
  const [source, options, script, expected, spec] = rest;
  expect(show(source(options), script, spec)).toBe(expected);
});

/** The same volume twice in one Pod. */
function showTwice(source: Source): string {
  const volumes = [
    { name: 'a', ...source({}) },
    { name: 'b', ...source({}) },
  ];
  const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }));
  return output(startStocked(), podOf({ ...sh('cat /a/data-1 /b/data-1'), volumeMounts }, { volumes }));
}

test.each([
  ['ConfigMap Volume, multiple volume maps', configMap],
  ['Projected Volume, ConfigMap, multiple volume paths', projectedConfigMap],
  ['Projected Volume, Secrets, mapped, multiple paths', projectedSecret],
  ['Secrets Volume, mapping multiple volume paths', secret],
] as const)('%s', (_, source) => {
  expect(showTwice(source)).toBe(VALUE + VALUE);
});

test('Secrets Volume, volume mode default, secret with same name in different namespace', () => {
  const other = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } };
  const node = startStocked();
  node.client.request({ method: 'POST', path: '/api/v1/namespaces', body: other });
  const theirs = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'source' }, data: { 'data-1': btoa('theirs') } };
  node.client.request({ method: 'POST', path: '/api/v1/namespaces/other/secrets', body: theirs });
  const volumes = [{ name: 'v', ...secret({}) }];
  const spec = podOf({ ...sh(READ), volumeMounts: [{ name: 'v', mountPath: '/v' }] }, { volumes });
  expect(output(node, spec)).toBe(VALUE);
});

test('ConfigMap Volume, text data, binary data', () => {
  const node = startNode();
  const binaryData = { 'dump.bin': btoa('\xde\xca\xfe\xba\xd0\xfe\xff') };
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'source' },
    data: { 'data-1': VALUE },
    binaryData,
  };
  node.client.request({ method: 'POST', path: '/api/v1/namespaces/default/configmaps', body });
  const volumes = [{ name: 'v', ...configMap({}) }];
  const script = sh(`${READ}; echo; od -An -tx1 /v/dump.bin`);
  const text = output(node, podOf({ ...script, volumeMounts: [{ name: 'v', mountPath: '/v' }] }, { volumes }));
  expect(text.replace(/\s+/g, ' ').trim()).toBe(`${VALUE} de ca fe ba d0 fe ff`);
});

/** A Pod that goes on, with the volume at /v; what a file in it says comes to be so. */
function follow(source: Omit<Volume, 'name'>, node: NodeFixture, metadata: Partial<Pod['metadata']> = {}) {
  const volumes = [{ name: 'v', ...source }];
  const volumeMounts = [{ name: 'v', mountPath: '/v' }];
  node.run('pod', podOf({ ...sh('sleep 36000'), volumeMounts }, { volumes }), metadata);
  node.untilPhase('pod', 'Running');
  const read = (path: string) => node.execute('pod', 'main', ['cat', `/v/${path}`]);
  return {
    read,
    becomes: (path: string, text: string) => {
      for (let waited = 0; waited < 120_000 && read(path) !== text; waited += 5000) node.sim.runFor(5000);
      expect(read(path)).toBe(text);
    },
  };
}

test.each([
  ['ConfigMap Volume, update', configMap],
  ['Projected Volume, ConfigMap, update', projectedConfigMap],
] as const)('%s', (_, source) => {
  const node = startStocked();
  const { read, becomes } = follow(source({}), node);
  expect(read('data-1')).toBe(VALUE);
  node.configMap('source', { 'data-1': 'value-2' });
  becomes('data-1', 'value-2');
});

const missing = "cat: can't open '/v/changed/data-1': No such file or directory\n";

function createUpdateDelete(kind: 'configMap' | 'secret', projected: boolean): void {
  const node = startStocked();
  const path = `/api/v1/namespaces/default/${kind === 'secret' ? 'secrets' : 'configmaps'}`;
  const reference = (name: string) => ({ name, optional: true, items: [{ key: 'data-1', path: 'changed/data-1' }] });
  const plain = (name: string) =>
    kind === 'secret'
      ? { secret: { ...reference(''), name: undefined, secretName: name } }
      : { configMap: reference(name) };
  const source = projected ? { projected: { sources: [{ [kind]: reference('later') }] } } : plain('later');
  const { read, becomes } = follow(source as Omit<Volume, 'name'>, node);
  expect(read('changed/data-1')).toBe(missing);
  const encode = (text: string) => (kind === 'secret' ? btoa(text) : text);
  const object = { apiVersion: 'v1', metadata: { name: 'later' }, data: { 'data-1': encode('one') } };
  node.client.request({ method: 'POST', path, body: { ...object, kind: kind === 'secret' ? 'Secret' : 'ConfigMap' } });
  becomes('changed/data-1', 'one');
  const body = { data: { 'data-1': encode('two') } };
  node.client.request({ method: 'PATCH', path: `${path}/later`, headers: MERGE, body });
  becomes('changed/data-1', 'two');
  node.client.request({ method: 'DELETE', path: `${path}/later` });
  becomes('changed/data-1', missing);
}

test.each([
  ['ConfigMap Volume, create, update and delete', 'configMap', false],
  ['Projected Volume, ConfigMap, create, update and delete', 'configMap', true],
  ['Secrets Volume, create, update and delete', 'secret', false],
  ['Projected Volume, Secrets, create, update delete', 'secret', true],
] as const)('%s', (_, kind, projected) => {
  createUpdateDelete(kind, projected);
});

type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;

const downward = (items: DownwardItems, defaultMode?: number) => ({ downwardAPI: { items, defaultMode } });
const projectedDownward = (items: DownwardItems, defaultMode?: number) => ({
  projected: { sources: [{ downwardAPI: { items } }], defaultMode },
});
const field = (fieldPath: string, mode?: number): DownwardItems => [{ path: 'it', fieldRef: { fieldPath }, mode }];
const resource = (name: string): DownwardItems => [
  { path: 'it', resourceFieldRef: { containerName: 'main', resource: name } },
];
const limits = { requests: { cpu: '250m', memory: '32Mi' }, limits: { cpu: '1250m', memory: '64Mi' } };

function showDownward(source: Omit<Volume, 'name'>, script: string, resources?: object): string {
  const volumes = [{ name: 'v', ...source }];
  const container = { ...sh(script), volumeMounts: [{ name: 'v', mountPath: '/v' }], ...(resources && { resources }) };
  return output(startNode(), podOf(container, { volumes }));
}

for (const [prefix, of, words] of [
  [
    'DownwardAPI volume',
    downward,
    { defaults: 'default node allocatable', modes: ['volume mode 0400', 'file mode 0400'] },
  ],
  [
    'Projected Volume, DownwardAPI',
    projectedDownward,
    { defaults: 'node allocatable', modes: ['volume mode 0400 (DefaultMode)', 'volume mode 0400 (item)'] },
  ],
] as const) {
  test.each([
    ['CPU limits', 'limits.cpu', '2'],
    ['CPU request', 'requests.cpu', '1'],
    ['memory limits', 'limits.memory', '67108864'],
    ['memory request', 'requests.memory', '33554432'],
  ])(`${prefix}, %s`, (_, name, expected) => {
    expect(showDownward(of(resource(name)), 'cat /v/it', limits)).toBe(expected);
  });

  test.each([`${prefix}, CPU limit, ${words.defaults}`])('%s', () => {
    expect(showDownward(of(resource('limits.cpu')), 'cat /v/it')).toBe('2');
  });

  test.each([`${prefix}, memory limit, ${words.defaults}`])('%s', () => {
    expect(showDownward(of(resource('limits.memory')), 'cat /v/it')).toBe(String((2048 - 100) * 1024 * 1024));
  });

  test.each([`${prefix}, pod name`])('%s', () => {
    expect(showDownward(of(field('metadata.name')), 'cat /v/it')).toBe('pod');
  });

  test.each([`${prefix}, ${words.modes[0]}`])('%s', () => {
    expect(showDownward(of(field('metadata.name'), 0o400), 'stat -L -c %a /v/it')).toBe('400\n');
  });

  test.each([`${prefix}, ${words.modes[1]}`])('%s', () => {
    expect(showDownward(of(field('metadata.name', 0o400)), 'stat -L -c %a /v/it')).toBe('400\n');
  });
}

test.each([
  ['DownwardAPI volume, update label', downward, 'labels'],
  ['DownwardAPI volume, update annotations', downward, 'annotations'],
  ['Projected Volume, DownwardAPI, update labels', projectedDownward, 'labels'],
  ['Projected Volume, DownwardAPI, update annotation', projectedDownward, 'annotations'],
] as const)('%s', (_, of, map) => {
  const node = startNode();
  const { becomes } = follow(of([{ path: 'it', fieldRef: { fieldPath: `metadata.${map}['key1']` } }]), node, {
    [map]: { key1: 'value1' },
  });
  becomes('it', 'value1');
  const body = { metadata: { [map]: { key1: 'value3' } } };
  node.client.request({ method: 'PATCH', path: '/api/v1/namespaces/default/pods/pod', headers: MERGE, body });
  becomes('it', 'value3');
});

test('Projected Volume, multiple projections', () => {
  const sources = [
    { configMap: { name: 'source', items: [{ key: 'data-1', path: 'config' }] } },
    { secret: { name: 'source', items: [{ key: 'data-2', path: 'secret' }] } },
    { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
  ];
  expect(show({ projected: { sources } }, 'cat /v/config /v/secret /v/name')).toBe('value-1value-2pod');
});
