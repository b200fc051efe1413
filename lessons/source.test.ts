import { expect, test } from 'vitest';
import { sourceOf } from './source.ts';

test('a method of a controller, with its line and without its indent', () => {
  const { text, line } = sourceOf('kube-controller-manager/replicaset/replica-set-controller.ts', 'reconcile');
  expect(text).toMatch(/^#reconcile\(key: string\): void \{\n {2}const replicaSet/);
  expect(text).toMatch(/\n\}$/);
  expect(line).toBeGreaterThan(50);
});

test('a class comes with the comment before it', () => {
  const { text } = sourceOf('kube-controller-manager/replicaset/replica-set-controller.ts', 'ReplicaSetController');
  expect(text).toMatch(/^\/\*\*\n \* Keeps as many Pods/);
});

test('what is not there is refused with what is', () => {
  expect(() => sourceOf('nowhere.ts', 'x')).toThrow('there is no engine/nowhere.ts');
  expect(() => sourceOf('sim/journal.ts', 'x')).toThrow(/has no "x"; it has Journal, .*submit/);
});
