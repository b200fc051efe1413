import { expect, test } from 'vitest';
import { readYamlText } from './yaml-text.ts';

const OPTIONS = { maxAliasCount: 100 };

test('a text that was read before gives the very value, which nobody can change', () => {
  const text = 'kind: Pod\nspec: {containers: [{name: a}]}\n';
  const value = readYamlText(text, OPTIONS) as { spec: { containers: { name: string }[] } };
  expect(value).toEqual({ kind: 'Pod', spec: { containers: [{ name: 'a' }] } });
  expect(readYamlText(text, OPTIONS)).toBe(value);
  expect(() => value.spec.containers.push({ name: 'b' })).toThrow(TypeError);
});

test('a text that cannot be read is refused each time, and one with aliases where none may be', () => {
  for (const _ of [1, 2]) expect(() => readYamlText('a: [', OPTIONS)).toThrow(/Flow sequence/);
  const shared = 'a: &x {b: 1}\nc: *x\n';
  expect(readYamlText(shared, OPTIONS)).toEqual({ a: { b: 1 }, c: { b: 1 } });
  expect(() => readYamlText(shared, { maxAliasCount: 0 })).toThrow(/Alias/);
});

test('keys that JavaScript knows are plain data, and a long text is read anew', () => {
  expect(Object.keys(readYamlText('__proto__: {a: 1}', OPTIONS) as object)).toEqual(['__proto__']);
  const long = `a: ${'x'.repeat(20_000)}`;
  expect(readYamlText(long, OPTIONS)).not.toBe(readYamlText(long, OPTIONS));
});
