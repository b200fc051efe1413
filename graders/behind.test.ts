import type { KubeObject } from '@drydock/engine';
import { expect, test } from 'vitest';
import { selectorOf } from './behind.ts';

const having = (kind: string, selector?: object) =>
  ({ apiVersion: 'v1', kind, metadata: { name: 'a' }, spec: { selector } }) as unknown as KubeObject;

test('a selector is told as one writes it after -l, expressions too; who has none looks for none', () => {
  expect(selectorOf(having('Service', { app: 'a', tier: 'b' }))).toBe('app=a,tier=b');
  const matchExpressions = [
    { key: 'tier', operator: 'In', values: ['b', 'c'] },
    { key: 'old', operator: 'DoesNotExist' },
  ];
  expect(selectorOf(having('Deployment', { matchLabels: { app: 'a' }, matchExpressions }))).toBe(
    'app=a,!old,tier in (b,c)',
  );
  for (const object of [having('Service'), having('Deployment', {}), having('PersistentVolumeClaim', { a: 'b' })])
    expect(selectorOf(object)).toBeUndefined();
});
