import { expect, test } from 'vitest';
import { checkStructure, schemaFields } from './structural.ts';

const POD = 'io.k8s.api.core.v1.Pod';
const DEPLOYMENT = 'io.k8s.api.apps.v1.Deployment';

function typeErrors(schema: string, object: unknown): readonly string[] {
  return checkStructure(schema, object).typeErrors;
}

function pod(spec: object): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec };
}

test('a good object comes back as it is', () => {
  const object = pod({ containers: [{ name: 'c', image: 'x', resources: { limits: { cpu: 1, memory: '1Gi' } } }] });
  const structure = checkStructure(POD, object);
  expect(structure).toEqual({ unknownFields: [], typeErrors: [], object });
  expect(structure.object).toBe(object);
});

test('unknown fields are named with their path and dropped', () => {
  const { unknownFields, object } = checkStructure(DEPLOYMENT, {
    spec: { foo: 1, template: { spec: { containers: [{ name: 'c', imagee: 'x' }] } } },
    'a.b': 1,
  });
  expect(unknownFields).toEqual(['spec.foo', 'spec.template.spec.containers[0].imagee', 'a.b']);
  expect(object).toEqual({ spec: { template: { spec: { containers: [{ name: 'c' }] } } } });
});

test('claim templates are claims', () => {
  const claim = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], storageclass: 'fast' } };
  const { unknownFields } = checkStructure('io.k8s.api.apps.v1.StatefulSet', {
    spec: { volumeClaimTemplates: [claim] },
  });
  expect(unknownFields).toEqual(['spec.volumeClaimTemplates[0].spec.storageclass']);
});

test('null is absent', () => {
  const given = { metadata: { creationTimestamp: null, labels: { a: null } }, spec: null };
  expect(checkStructure(POD, given)).toEqual({
    unknownFields: [],
    typeErrors: [],
    object: { metadata: { labels: { a: '' } } },
  });
});

test.each([
  [
    { spec: { replicas: '3' } },
    'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    { spec: { replicas: 1.5 } },
    'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
  ],
  [
    { spec: { paused: 'yes' } },
    'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.paused of type bool',
  ],
  [{ spec: [] }, 'json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec'],
  [
    { spec: { template: { spec: { containers: [{ env: [{ name: 'A', value: 1 }] }] } } } },
    'json: cannot unmarshal number into Go struct field EnvVar.spec.template.spec.containers.env.value of type string',
  ],
  [
    { spec: { template: { spec: { imagePullSecrets: ['x'] } } } },
    'json: cannot unmarshal string into Go struct field PodSpec.spec.template.spec.imagePullSecrets of type v1.LocalObjectReference',
  ],
  [
    { metadata: { labels: { a: 1 } } },
    'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
  ],
  [
    { metadata: { creationTimestamp: 'now' } },
    'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"',
  ],
  [
    { spec: { strategy: { rollingUpdate: { maxSurge: true } } } },
    'json: cannot unmarshal bool into Go value of type int32',
  ],
  ['text', 'json: cannot unmarshal string into Go value of type v1.Deployment'],
])('%j is of the wrong type', (object, sentence) => {
  expect(typeErrors(DEPLOYMENT, object)).toEqual([sentence]);
});

test('containers as a map', () => {
  expect(typeErrors(POD, pod({ containers: { a: 1 } }))).toEqual([
    'json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container',
  ]);
});

test('amounts that are none, bytes that are none', () => {
  expect(typeErrors(POD, pod({ overhead: { cpu: '1GB' } }))).toEqual([
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  ]);
  expect(typeErrors('io.k8s.api.core.v1.ConfigMap', { binaryData: { a: 'AA==', b: 'no!' } })).toEqual([
    'illegal base64 data at input byte 2',
  ]);
});

test('keys that mean something to JavaScript are data', () => {
  const object = JSON.parse('{"__proto__":{"x":1},"constructor":2,"metadata":{"labels":{"__proto__":"x","a":null}}}');
  const structure = checkStructure(POD, object);
  expect(structure.unknownFields).toEqual(['__proto__', 'constructor']);
  expect(JSON.stringify(structure.object)).toBe('{"metadata":{"labels":{"__proto__":"x","a":""}}}');
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test('a hostile object is reported in bounded space', () => {
  const fields = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`x${index}`, 1]));
  expect(checkStructure(POD, pod(fields)).unknownFields).toHaveLength(100);
  const [sentence] = checkStructure(POD, pod({ ['x'.repeat(1_000_000)]: 1 })).unknownFields;
  expect(sentence!.length).toBeLessThan(1100);
});

test('fields for an editor', () => {
  const fields = schemaFields(POD, ['spec', 'containers'])!;
  expect(fields.find(({ name }) => name === 'name')).toMatchObject({ required: true, schema: { type: 'string' } });
  expect(fields.find(({ name }) => name === 'imagePullPolicy')).toMatchObject({
    required: false,
    values: ['Always', 'IfNotPresent', 'Never'],
  });
  expect(schemaFields(POD, ['spec', 'nodeName'])).toBeUndefined();
  expect(schemaFields(POD, ['spec', 'nope', 'x'])).toBeUndefined();
});
