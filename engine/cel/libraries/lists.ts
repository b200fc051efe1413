import type { Environment } from '@marcbachmann/cel-js';
import { sameCelValue } from '../declared-type.ts';
import { refuse, registerAll, registerNamespace } from './library.ts';

type Comparable = bigint | number | string;
type List = readonly unknown[];

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-list-library */
export function registerLists(environment: Environment): void {
  registerAll(environment, {
    'list<A>.isSorted(): bool': (list: readonly Comparable[]) =>
      list.every((each, index) => index === 0 || list[index - 1]! <= each),
    'list<A>.sum(): A': (list: List) => sum(list),
    'list<A>.min(): A': (list: readonly Comparable[]) => extreme(list, 'min', (left, right) => left < right),
    'list<A>.max(): A': (list: readonly Comparable[]) => extreme(list, 'max', (left, right) => left > right),
    'list<A>.indexOf(A): int': (list: List, item: unknown) =>
      BigInt(list.findIndex((each) => sameCelValue(each, item))),
    'list<A>.lastIndexOf(A): int': (list: List, item: unknown) =>
      BigInt(list.findLastIndex((each) => sameCelValue(each, item))),
    'list<A>.slice(int, int): list<A>': (list: List, from: bigint, to: bigint) => slice(list, from, to),
    'list<A>.distinct(): list<A>': distinct,
    'list<A>.reverse(): list<A>': (list: List) => [...list].reverse(),
    'list<A>.sort(): list<A>': (list: readonly Comparable[]) => [...list].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
    'list<dyn>.flatten(): list<dyn>': (list: List) => list.flat(),
  });
  registerNamespace(environment, 'sets', {
    'contains(list<A>, list<A>): bool': containsAll,
    'equivalent(list<A>, list<A>): bool': (left: List, right: List) =>
      containsAll(left, right) && containsAll(right, left),
    'intersects(list<A>, list<A>): bool': (left: List, right: List) => left.some((each) => has(right, each)),
  });
}

function sum(list: List): unknown {
  if (list.length === 0) return 0n;
  return list.reduce((total, each) =>
    typeof total === 'bigint' && typeof each === 'bigint' ? total + each : Number(total) + Number(each),
  );
}

function extreme(list: readonly Comparable[], name: string, better: (left: Comparable, right: Comparable) => boolean) {
  if (list.length === 0) refuse(`${name} called on empty list`);
  return list.reduce((best, each) => (better(each, best) ? each : best));
}

function slice(list: List, from: bigint, to: bigint): List {
  if (from < 0n || to < from || to > BigInt(list.length)) refuse(`cannot slice(${from}, ${to}), invalid range`);
  return list.slice(Number(from), Number(to));
}

function distinct(list: List): List {
  const seen: unknown[] = [];
  for (const each of list) if (!has(seen, each)) seen.push(each);
  return seen;
}

function has(list: List, item: unknown): boolean {
  return list.some((each) => sameCelValue(each, item));
}

function containsAll(list: List, items: List): boolean {
  return items.every((item) => has(list, item));
}
