import { expect, test } from 'vitest';
import { withoutTypeNames } from './type-literals.ts';

test.each([
  ['Object{spec: Object.spec{replicas: 3}}', '{"spec": {"replicas": 3}}'],
  ['Object{}', '{}'],
  [
    '[JSONPatch{op: "add", path: "/a{b: c}", value: {"x": has(object.y) ? 1 : 2}}]',
    '[{"op": "add", "path": "/a{b: c}", "value": {"x": has(object.y) ? 1 : 2}}]',
  ],
  ['Object{a: x.all(y, y > 0) ? 1 : 2, b: {"c": 1}}', '{"a": x.all(y, y > 0) ? 1 : 2, "b": {"c": 1}}'],
  ['object.spec.replicas <= 5', 'object.spec.replicas <= 5'],
])('%s', (expression, expected) => {
  expect(withoutTypeNames(expression)).toBe(expected);
});
