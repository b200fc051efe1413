import { expect, test } from 'vitest';
import { KINDS } from '../../api/kind-list.ts';
import type { KubeObject } from '../../api/object.ts';
import { compareObjects } from './compare.ts';
import { CreationFields } from './creation-fields.ts';

function kindOf(name: string) {
  return KINDS.find(({ kind }) => kind === name)!;
}

function pod(labels: object, container: object, spec: object = {}): KubeObject {
  const metadata = { name: 'a', namespace: 'default', labels };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { containers: [{ name: 'web', image: 'nginx', ...container }], ...spec },
  } as unknown as KubeObject;
}

const PODS = [
  pod({ app: 'a' }, { resources: { requests: { cpu: '1' } }, ports: [{ containerPort: 80, protocol: 'TCP' }] }),
  pod({ app: 'b' }, { resources: { requests: { cpu: '2' } }, ports: [{ containerPort: 80, protocol: 'TCP' }] }),
  pod({ app: 'a', constructor: 'x' }, { ports: [{ containerPort: 80 }, { containerPort: 81 }], env: [] }),
  pod({}, { resources: {}, command: ['a', 'b'], securityContext: {} }, { volumes: [{ name: 'v', emptyDir: {} }] }),
  pod(JSON.parse('{"__proto__":"1"}'), { env: [{ value: 'nameless' }, { name: 'A', value: null }] }, { bogus: 1 }),
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } } as KubeObject,
  pod(
    { app: 'a' },
    { ports: [{ containerPort: 80 }, { containerPort: 80, name: 'twice' }] },
    { status: { phase: 'x' } },
  ),
];

test('a creator owns what compares as new between nothing and the object, whatever was created before', () => {
  const fields = new CreationFields();
  for (const object of [...PODS, ...PODS.toReversed()]) {
    const owned = fields.of(kindOf('Pod'), object, 'status');
    const compared = compareObjects(kindOf('Pod'), {}, object, 'status').changed;
    expect(JSON.stringify(owned)).toBe(JSON.stringify(compared));
  }
});

test('structs that Go cannot leave out, empty ones and custom fields compare alike', () => {
  const template = { metadata: {}, spec: { containers: [] } };
  const objects = [
    {
      kind: 'Deployment',
      metadata: { name: 'd', finalizers: ['a/b', 'c/d'] },
      spec: { template, strategy: {} },
      status: {},
    },
    {
      kind: 'Deployment',
      metadata: {},
      spec: { replicas: 1, template: { ...template, metadata: { labels: { a: 'b' } } } },
    },
    { kind: 'ConfigMap', metadata: { name: 'c', annotations: null }, data: { a: '1' }, binaryData: {} },
    {
      kind: 'CustomResourceDefinition',
      metadata: {},
      spec: {
        names: {},
        versions: [{ name: 'v1', schema: { openAPIV3Schema: { type: 'object', properties: { a: {} } } } }],
      },
    },
  ];
  const fields = new CreationFields();
  for (const object of [...objects, ...objects] as unknown as KubeObject[]) {
    const kind = kindOf(object.kind);
    expect(JSON.stringify(fields.of(kind, object, ''))).toBe(JSON.stringify(compareObjects(kind, {}, object).changed));
  }
});

test('objects with the same fields share one tree, and others what they have in common', () => {
  const fields = new CreationFields();
  const [first, second, third] = PODS.map((object) => fields.of(kindOf('Pod'), object, 'status'));
  expect(second).toBe(first);
  expect(third).not.toBe(second);
  expect(fields.of(kindOf('Pod'), pod({ other: 'a' }, {}), 'status')['f:spec']).toBe(
    fields.of(kindOf('Pod'), pod({ app: 'a' }, {}), 'status')['f:spec'],
  );
});
