import { expect, test } from 'vitest';
import { schemaAt } from './definitions.ts';
import { isAtomic, listMapKeys, patchMergeKey, retainsKeys } from './patch-keys.ts';

const POD = 'io.k8s.api.core.v1.Pod';
const DEPLOYMENT = 'io.k8s.api.apps.v1.Deployment';
const TEMPLATE = ['spec', 'template', 'spec'];

test('lists of objects merge by their key, in Pods and in templates', () => {
  expect(patchMergeKey(POD, ['spec', 'containers'])).toEqual({ mergeKey: 'name', strategy: 'merge' });
  expect(patchMergeKey(DEPLOYMENT, [...TEMPLATE, 'containers', 'ports'])?.mergeKey).toBe('containerPort');
  expect(patchMergeKey(DEPLOYMENT, [...TEMPLATE, 'initContainers', 'volumeMounts'])?.mergeKey).toBe('mountPath');
  expect(patchMergeKey(POD, ['status', 'conditions'])?.mergeKey).toBe('type');
  expect(patchMergeKey(POD, ['metadata', 'ownerReferences'])?.mergeKey).toBe('uid');
  expect(patchMergeKey('io.k8s.api.core.v1.Node', ['status', 'addresses'])?.mergeKey).toBe('type');
});

test('sets merge without a key; other lists are replaced', () => {
  expect(patchMergeKey(POD, ['metadata', 'finalizers'])).toEqual({ strategy: 'merge' });
  expect(patchMergeKey(POD, ['spec', 'tolerations'])).toBeUndefined();
  expect(patchMergeKey(POD, ['spec', 'containers', 'command'])).toBeUndefined();
});

test('a strategy keeps only the keys of its patch', () => {
  expect(patchMergeKey(DEPLOYMENT, ['spec', 'strategy'])).toEqual({ strategy: 'retainKeys' });
  expect(retainsKeys(POD, ['spec', 'volumes'])).toBe(true);
});

test('server-side apply', () => {
  expect(listMapKeys(POD, ['spec', 'containers', 'ports'])).toEqual(['containerPort', 'protocol']);
  expect(listMapKeys(POD, ['spec', 'topologySpreadConstraints'])).toEqual(['topologyKey', 'whenUnsatisfiable']);
  expect(listMapKeys(POD, ['metadata', 'finalizers'])).toEqual([]);
  expect(listMapKeys(POD, ['spec', 'tolerations'])).toBeUndefined();
  expect(isAtomic(DEPLOYMENT, ['spec', 'selector'])).toBe(true);
  expect(isAtomic(DEPLOYMENT, ['spec', 'template'])).toBe(false);
});

test('names from nowhere find nothing', () => {
  expect(patchMergeKey(POD, [])).toBeUndefined();
  expect(patchMergeKey(POD, ['__proto__', 'constructor'])).toBeUndefined();
  expect(listMapKeys('no.such.Kind', ['spec'])).toBeUndefined();
  expect(schemaAt(POD, ['metadata', 'labels', 'any'])).toEqual({ type: 'string' });
});
