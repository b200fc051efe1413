import { expect, test } from 'vitest';
import { changeItems, mapValues, sameValue, withDefaults, withField, withoutField } from './copy-on-write.ts';

interface Thing {
  name: string;
  size?: number;
  parts?: number[];
}

test('no change gives the same object back', () => {
  const thing: Thing = { name: 'a', size: 1, parts: [1] };
  expect(withDefaults(thing, { size: 2 })).toBe(thing);
  expect(withField(thing, 'size', 1)).toBe(thing);
  expect(changeItems(thing, 'parts', (part: number) => part)).toBe(thing);
  const map = { a: 1 };
  expect(mapValues(map, (value) => value)).toBe(map);
});

test('a change copies and leaves the original alone', () => {
  const thing: Thing = Object.freeze({ name: 'a', parts: Object.freeze([1, 2]) as number[] });
  expect(withDefaults(thing, { size: 2 })).toEqual({ name: 'a', size: 2, parts: [1, 2] });
  expect(changeItems(thing, 'parts', (part: number) => part + 1)).toEqual({ name: 'a', parts: [2, 3] });
  expect(withoutField(thing, 'parts')).toEqual({ name: 'a' });
  expect(thing).toEqual({ name: 'a', parts: [1, 2] });
});

test('keys that mean something to JavaScript are data', () => {
  const map = JSON.parse('{"__proto__": "1000m", "constructor": "2"}') as Record<string, string>;
  const changed = mapValues(map, (value) => `${value}!`);
  expect(Object.getPrototypeOf(changed)).toBe(Object.prototype);
  expect(JSON.stringify(changed)).toBe('{"__proto__":"1000m!","constructor":"2!"}');
});

test('an absent list equals an empty one; an absent map does not equal an empty object', () => {
  expect(sameValue({ a: [] }, {})).toBe(true);
  expect(sameValue({}, { a: [] })).toBe(true);
  expect(sameValue({ emptyDir: {} }, {})).toBe(false);
  expect(sameValue({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBe(true);
  expect(sameValue({ a: [1] }, { a: [2] })).toBe(false);
  expect(sameValue([], {})).toBe(false);
});
