import { expect, test } from 'vitest';
import { escapeFieldValue, parseFieldSelector } from './field-selector.ts';

const fields = { 'spec.nodeName': 'node-1', 'status.phase': 'Running', odd: 'a,b=c' };

test.each([
  ['', true],
  ['spec.nodeName=node-1', true],
  ['spec.nodeName==node-1,status.phase!=Failed', true],
  ['status.phase!=Running', false],
  ['missing=', true],
  [String.raw`odd=a\,b\=c`, true],
])('%s', (text, selected) => {
  expect(parseFieldSelector(text).matches(fields)).toBe(selected);
});

test.each([
  ['foo', "invalid selector: 'foo'; can't understand 'foo'"],
  ['a==b,c', "invalid selector: 'a==b,c'; can't understand 'c'"],
  ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
])('%s is refused in the words of the real parser', (text, message) => {
  expect(() => parseFieldSelector(text)).toThrow(new Error(message));
});

test('an escaped value is read back as it was', () => {
  const value = String.raw`a,b=c\d`;
  const { requirements } = parseFieldSelector(`metadata.name=${escapeFieldValue(value)}`);
  expect(requirements).toEqual([{ field: 'metadata.name', operator: '=', value }]);
});
