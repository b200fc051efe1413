import { expect, test } from 'vitest';
import { covers, intersection, specificity } from './hostnames.ts';
import type { HttpRoute, RouteMatch } from './kinds.ts';
import { byPrecedence, candidatesOf, pathNodes } from './matching.ts';

// Rules → the order in which they are tried. https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule

function route(name: string, matches: readonly RouteMatch[], created = '2026-01-01T00:00:00Z'): HttpRoute {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name, namespace: 'default', creationTimestamp: created },
    spec: { rules: matches.map((match) => ({ matches: [match] })) },
  } as unknown as HttpRoute;
}

const NONE: ReadonlySet<number> = new Set();
const prefix = (value: string, more: RouteMatch = {}): RouteMatch => ({ path: { type: 'PathPrefix', value }, ...more });
const exact = (value: string): RouteMatch => ({ path: { type: 'Exact', value } });

test.each<[name: string, first: RouteMatch, second: RouteMatch]>([
  ['an exact path before a longer prefix', exact('/a'), prefix('/a/much/longer')],
  ['a longer prefix before a method', prefix('/aa'), prefix('/a', { method: 'GET' })],
  ['a method before headers', prefix('/a', { method: 'GET' }), prefix('/a', { headers: [{ name: 'A', value: '1' }] })],
  [
    'more headers before fewer',
    prefix('/a', {
      headers: [
        { name: 'A', value: '1' },
        { name: 'B', value: '1' },
      ],
    }),
    prefix('/a', { headers: [{ name: 'A', value: '1' }] }),
  ],
  [
    'headers before parameters',
    prefix('/a', { headers: [{ name: 'A', value: '1' }] }),
    prefix('/a', {
      queryParams: [
        { name: 'a', value: '1' },
        { name: 'b', value: '2' },
      ],
    }),
  ],
  ['a parameter before nothing', prefix('/a', { queryParams: [{ name: 'a', value: '1' }] }), prefix('/a')],
])('%s', (_, first, second) => {
  const [one, other] = candidatesOf(route('r', [second, first]), undefined, NONE).sort(byPrecedence);
  expect([one!.match, other!.match]).toEqual([first, second]);
});

test('of what is alike the older route comes first, then the name, then the earlier rule; a name before every name', () => {
  const all = [
    ...candidatesOf(route('young', [prefix('/')], '2026-02-01T00:00:00Z'), undefined, NONE),
    ...candidatesOf(route('b', [prefix('/')]), undefined, NONE),
    ...candidatesOf(route('a', [prefix('/'), prefix('/')]), undefined, NONE),
    ...candidatesOf(route('late', [prefix('/')], '2026-03-01T00:00:00Z'), 'a.example', NONE),
  ].sort(byPrecedence);
  expect(all.map(({ route: { metadata }, ruleIndex }) => `${metadata.name} ${ruleIndex}`)).toEqual([
    'late 0',
    'a 0',
    'a 1',
    'b 0',
    'young 0',
  ]);
});

test('a place of the tree knows the less particular rules above it, as far as they can get a turn', () => {
  const candidates = candidatesOf(
    route('r', [prefix('/'), prefix('/a/', { method: 'GET' }), exact('/a/b'), prefix('/a/b', { method: 'PUT' })]),
    undefined,
    NONE,
  );
  const shown = pathNodes(candidates).map(
    ({ exact: isExact, path, candidates: tried }) =>
      `${isExact ? '= ' : ''}${path}: ${tried.map((each) => each.ruleIndex).join(' ')}`,
  );
  expect(shown).toEqual(['/: 0', '= /a: 1 0', '/a/: 1 0', '= /a/b: 2', '/a/b/: 3 1 0']);
});

test('rules that are left out are not tried', () => {
  expect(
    candidatesOf(route('r', [prefix('/'), prefix('/a')]), undefined, new Set([1])).map(({ ruleIndex }) => ruleIndex),
  ).toEqual([0]);
});

test.each([
  [undefined, 'a.example', 'a.example'],
  ['a.example', undefined, 'a.example'],
  ['*.example', 'a.example', 'a.example'],
  ['*.example', '*.b.example', '*.b.example'],
  ['a.example', '*.example', 'a.example'],
  ['*.example', 'example', 'none'],
  ['a.example', 'b.example', 'none'],
  ['*.one', '*.two', 'none'],
])('%s and %s have in common: %s', (one, other, expected) => {
  expect(intersection(one, other)).toBe(expected);
});

test('a name says more than a wildcard, and a long one more than a short one', () => {
  const names = ['*.example', '*.long.example', 'a.b', 'a.long.example'];
  expect(names.toReversed().sort((one, other) => specificity(one) - specificity(other))).toEqual(names);
  expect(specificity(undefined)).toBeLessThan(specificity('*.e'));
  expect(covers('*.example', '*.example')).toBe(true);
});
