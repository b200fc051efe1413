import { specificity } from './hostnames.ts';
import type { HttpRoute, RouteMatch, RouteRule } from './kinds.ts';
import { byAge } from './watched-gateways.ts';

/** One way in which a request may fit a rule. */
export interface Candidate {
  readonly route: HttpRoute;
  readonly rule: RouteRule;
  readonly ruleIndex: number;
  readonly matchIndex: number;
  readonly match: RouteMatch;
  readonly path: { readonly exact: boolean; readonly value: string };
  /** The name under which the route is attached; absent for every name. */
  readonly hostname: string | undefined;
}

/** A place of a server's tree of paths: `/a` alone, or what lies beneath it. */
export interface PathNode {
  readonly exact: boolean;
  /** Ends with a slash unless it is exact. */
  readonly path: string;
  /** Those that a request there may fit, the first of which that does has it. */
  readonly candidates: readonly Candidate[];
}

const ANYTHING: RouteMatch = {};

export function candidatesOf(
  route: HttpRoute,
  hostname: string | undefined,
  skipped: ReadonlySet<number>,
): Candidate[] {
  return (route.spec.rules ?? []).flatMap((rule, ruleIndex) => {
    if (skipped.has(ruleIndex)) return [];
    const matches = rule.matches?.length ? rule.matches : [ANYTHING];
    return matches.map((match, matchIndex) => {
      const { type = 'PathPrefix', value = '/' } = match.path ?? {};
      const exact = type === 'Exact';
      // A prefix counts by whole elements: a slash at its end says nothing.
      const trimmed = exact || value === '/' ? value : value.replace(/\/+$/, '') || '/';
      return { route, rule, ruleIndex, matchIndex, match, path: { exact, value: trimmed }, hostname };
    });
  });
}

/**
 * The order in which rules are tried, from https://gateway-api.sigs.k8s.io/reference/spec/#httprouterule: the name that says
 * most, an exact path, the longest prefix, a method, most headers, most query parameters; then the oldest route, and its first rule.
 */
export function byPrecedence(one: Candidate, other: Candidate): number {
  const order = (candidate: Candidate): number[] => {
    const { hostname, path, match } = candidate;
    return [
      specificity(hostname),
      path.exact ? 1 : 0,
      path.value.length,
      match.method === undefined ? 0 : 1,
      match.headers?.length ?? 0,
      match.queryParams?.length ?? 0,
    ];
  };
  const [mine, others] = [order(one), order(other)];
  for (const [at, value] of mine.entries()) if (value !== others[at]) return others[at]! - value;
  return byAge(one.route, other.route) || one.ruleIndex - other.ruleIndex || one.matchIndex - other.matchIndex;
}

/** Every place of the tree that rules speak of, with what may be meant there. What fits nothing there falls to less special rules. */
export function pathNodes(all: readonly Candidate[]): PathNode[] {
  const ordered = all.toSorted(byPrecedence);
  const places = new Map<string, { readonly exact: boolean; readonly path: string }>();
  const add = (exact: boolean, path: string) => places.set(`${exact} ${path}`, { exact, path });
  for (const { path } of ordered) {
    if (path.exact) add(true, path.value);
    else if (path.value === '/') add(false, '/');
    else {
      add(true, path.value);
      add(false, `${path.value}/`);
    }
  }
  return [...places.values()]
    .map((place) => ({ ...place, candidates: untilCertain(ordered.filter((each) => reaches(each, place))) }))
    .sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : one.exact ? -1 : 1));
}

function reaches({ path }: Candidate, place: { readonly exact: boolean; readonly path: string }): boolean {
  if (path.exact) return place.exact && place.path === path.value;
  if (path.value === '/') return true;
  return place.path === path.value || place.path.startsWith(`${path.value}/`);
}

/** Behind one that asks for nothing else nobody gets a turn. */
function untilCertain(candidates: readonly Candidate[]): Candidate[] {
  const certain = candidates.findIndex((each) => conditionsOf(each).length === 0);
  return certain < 0 ? [...candidates] : candidates.slice(0, certain + 1);
}

interface FieldCondition {
  /** nginx's variable, with its dollar sign. */
  readonly variable: string;
  readonly value: string;
}

/** What a candidate asks for besides its path. */
export function conditionsOf({ match }: Candidate): FieldCondition[] {
  const { method, headers = [], queryParams = [] } = match;
  return [
    ...(method === undefined ? [] : [{ variable: '$request_method', value: method }]),
    ...headers.map(({ name, value }) => ({ variable: `$http_${name.toLowerCase().replaceAll('-', '_')}`, value })),
    ...queryParams.map(({ name, value }) => ({ variable: `$arg_${name}`, value })),
  ];
}
