import { expect, test } from 'vitest';
import { manifestFields, manifestFlaws, manifestKinds } from './manifest-help.ts';

const POD = { apiVersion: 'v1', kind: 'Pod' };

test('the fields of a container, with their types', () => {
  const fields = manifestFields(POD, ['spec', 'containers']);
  expect(fields).toContainEqual({ name: 'image', type: 'string', required: false });
  expect(fields).toContainEqual({ name: 'name', type: 'string', required: true });
  expect(fields.find(({ name }) => name === 'ports')?.type).toBe('[]ContainerPort');
  expect(manifestFields(POD, ['spec', 'nodeName'])).toEqual([]);
  expect(manifestFields({ apiVersion: 'v1', kind: 'Nothing' }, [])).toEqual([]);
});

test('every kind that is served is offered', () => {
  expect(manifestKinds()).toContainEqual({ apiVersion: 'apps/v1', kind: 'Deployment' });
});

test('what is misspelt and what has the wrong type', () => {
  const flaws = manifestFlaws(POD, { ...POD, spec: { containers: [{ name: 'a', imagee: 'x' }], hostname: 7 } });
  expect(flaws?.unknownFields).toEqual(['spec.containers[0].imagee']);
  expect(flaws?.typeErrors).toHaveLength(1);
  expect(manifestFlaws({ apiVersion: 'example.com/v1', kind: 'Boat' }, {})).toBeUndefined();
});
