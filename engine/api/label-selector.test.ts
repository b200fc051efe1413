import { expect, test } from 'vitest';
import { labelSelectorOf, parseLabelSelector } from './label-selector.ts';

const web = { app: 'web', tier: 'front', size: '5' };

test.each([
  ['', true],
  ['app=web', true],
  ['app==web,tier!=back', true],
  ['app=db', false],
  ['tier in (back, front)', true],
  ['tier notin (back,front)', false],
  ['missing notin (a)', true],
  ['app', true],
  ['!app', false],
  ['!missing', true],
  ['missing!=x', true],
  ['size>4,size<6', true],
  ['size>5', false],
  ['in=web', false],
  ['app=', false],
])('%s', (text, selected) => {
  expect(parseLabelSelector(text).matches(web)).toBe(selected);
});

test.each([
  ['a in b', "unable to parse requirement: found 'b' expected: '('"],
  ['a=b=c', "found '=', expected: ',' or 'end of string'"],
  ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['!', "unable to parse requirement: found '', expected: identifier"],
  ['a notin', "unable to parse requirement: found '' expected: '('"],
  ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  [
    'a>b',
    `unable to parse requirement: values[0]: Invalid value: "b": for 'Gt', 'Lt' operators, the value must be an integer`,
  ],
  [',', "found ',', expected: !, identifier, or 'end of string'"],
  ['a=b c', "found 'c', expected: ',' or 'end of string'"],
])('%s is refused in the words of the real parser', (text, message) => {
  expect(() => parseLabelSelector(text)).toThrow(new Error(message));
});

test('a selector in an object: absent selects nothing, empty everything', () => {
  expect(labelSelectorOf(undefined).matches(web)).toBe(false);
  expect(labelSelectorOf({}).matches(undefined)).toBe(true);
  const selector = labelSelectorOf({
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'In', values: ['front', 'edge'] },
      { key: 'canary', operator: 'DoesNotExist' },
    ],
  });
  expect(selector.matches(web)).toBe(true);
  expect(selector.matches({ ...web, canary: '' })).toBe(false);
  expect(selector.toString()).toBe('app=web,!canary,tier in (edge,front)');
});
