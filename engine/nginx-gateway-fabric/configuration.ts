import { type Attachment, attach, gatewayOf, type ParentOutcome } from './attachment.ts';
import { backendOf, INVALID_BACKEND, type Upstream, type WeighedBackend } from './backends.ts';
import { type Finding, fails, holds } from './conditions.ts';
import { covers, specificity } from './hostnames.ts';
import type { Gateway, HttpRoute } from './kinds.ts';
import { type ListenerState, listenerName, listenerStates } from './listeners.ts';
import { type Candidate, candidatesOf, type PathNode, pathNodes } from './matching.ts';
import { routeProblems } from './rule-validation.ts';
import { byAge, type ClusterView } from './watched-gateways.ts';

export interface GatewayServer {
  readonly port: number;
  /** Absent for every name. */
  readonly hostname: string | undefined;
  /** The file with certificate and key, for HTTPS. */
  readonly pem: string | undefined;
  readonly nodes: readonly PathNode[];
  backendsOf(candidate: Candidate): readonly WeighedBackend[];
}

/** What is found out about a route under one of its parents. */
export interface RouteOutcome {
  readonly route: HttpRoute;
  readonly parents: readonly { readonly outcome: ParentOutcome; readonly findings: readonly Finding[] }[];
}

export interface Configuration {
  readonly servers: readonly GatewayServer[];
  readonly upstreams: readonly Upstream[];
  readonly listeners: readonly ListenerState[];
  readonly routes: readonly RouteOutcome[];
  /** What listeners show to be, by the file that it is in. */
  readonly certificates: ReadonlyMap<string, string>;
}

const RESOLVED = holds('ResolvedRefs', 'ResolvedRefs', 'All references are resolved');

/** Gateways and routes as servers, and what there is to say about each of them. Pure: the same view gives the same. */
export function configurationOf(view: ClusterView, gateways: readonly Gateway[]): Configuration {
  const listeners = listenerStates(view, gateways);
  const routes: RouteOutcome[] = [];
  const attachments: Attachment[] = [];
  const skipped = new Map<HttpRoute, ReadonlySet<number>>();
  for (const route of view.routes().toSorted(byAge)) {
    const own = (route.spec.parentRefs ?? []).flatMap((parentRef) => {
      const gateway = gatewayOf(route, parentRef, gateways);
      return gateway === undefined
        ? []
        : [{ parentRef, states: listeners.filter((state) => state.gateway === gateway) }];
    });
    if (own.length === 0) continue;
    const { invalid, texts } = routeProblems(route);
    skipped.set(route, invalid);
    const whole = invalid.size > 0 && invalid.size === (route.spec.rules ?? []).length;
    const resolved = unresolved(view, route) ?? RESOLVED;
    const parents = own.map(({ parentRef, states }) => {
      const found = attach(route, parentRef, states);
      const refused = whole && found.accepted.status === 'True';
      const accepted = refused
        ? fails('Accepted', 'UnsupportedValue', `All rules are invalid: ${texts.join(', ')}`)
        : found.accepted;
      const outcome = refused ? { ...found, attachments: [] } : found;
      attachments.push(...outcome.attachments);
      const partly = invalid.size > 0 && accepted.status === 'True';
      const some = holds('PartiallyInvalid', 'UnsupportedValue', `Dropped Rule(s): ${texts.join(', ')}`);
      return { outcome, findings: [accepted, resolved, ...(partly ? [some] : [])] };
    });
    routes.push({ route, parents });
  }
  const built = new Servers(view, listeners, attachments, skipped);
  return { listeners, routes, ...built.all() };
}

/** The first of a route's backends that is not to be had. */
function unresolved(view: ClusterView, route: HttpRoute): Finding | undefined {
  for (const [ruleIndex, { backendRefs = [] }] of (route.spec.rules ?? []).entries()) {
    for (const [index, reference] of backendRefs.entries()) {
      const path = `spec.rules[${ruleIndex}].backendRefs[${index}]`;
      const { problem } = backendOf(view, route, reference, path);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

class Servers {
  readonly #view: ClusterView;
  readonly #listeners: readonly ListenerState[];
  readonly #attachments: readonly Attachment[];
  readonly #skipped: ReadonlyMap<HttpRoute, ReadonlySet<number>>;
  readonly #upstreams = new Map<string, Upstream>([[INVALID_BACKEND.name, INVALID_BACKEND]]);

  constructor(
    view: ClusterView,
    listeners: readonly ListenerState[],
    attachments: readonly Attachment[],
    skipped: ReadonlyMap<HttpRoute, ReadonlySet<number>>,
  ) {
    this.#view = view;
    this.#listeners = listeners.filter(({ serves }) => serves);
    this.#attachments = attachments;
    this.#skipped = skipped;
  }

  all(): Pick<Configuration, 'servers' | 'upstreams' | 'certificates'> {
    const servers = this.#listeners.flatMap((state) => this.#serversOf(state));
    const certificates = new Map<string, string>();
    for (const state of this.#listeners) if (state.pem !== undefined) certificates.set(pathOf(state), state.pem);
    const upstreams = [...this.#upstreams.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
    return { servers, upstreams, certificates };
  }

  #serversOf(state: ListenerState): GatewayServer[] {
    const { hostname: own, port } = state.listener;
    const under = this.#attachments.filter((each) => each.state === state);
    const hostnames = new Set([own, ...under.map(({ hostname }) => hostname)].map((each) => each || undefined));
    return [...hostnames]
      .filter((hostname) => this.#isNearest(state, hostname))
      .map((hostname) => {
        const candidates = under
          .filter((each) => covers(each.hostname, hostname))
          .flatMap((each) => candidatesOf(each.route, each.hostname, this.#skipped.get(each.route) ?? NONE));
        for (const candidate of candidates) this.#backendsOf(candidate);
        const backendsOf = (candidate: Candidate) => this.#backendsOf(candidate);
        const pem = state.pem === undefined ? undefined : pathOf(state);
        return { port, hostname, pem, nodes: pathNodes(candidates), backendsOf };
      });
  }

  /** A request is a matter of the listener only whose name says most of those that it fits. */
  #isNearest({ listener }: ListenerState, hostname: string | undefined): boolean {
    return this.#listeners.every(
      ({ listener: other }) =>
        other.port !== listener.port ||
        other === listener ||
        !covers(other.hostname, hostname) ||
        specificity(other.hostname) < specificity(listener.hostname),
    );
  }

  #backendsOf({ route, rule, ruleIndex }: Candidate): readonly WeighedBackend[] {
    const found = (rule.backendRefs ?? []).map((reference, index) =>
      backendOf(this.#view, route, reference, `spec.rules[${ruleIndex}].backendRefs[${index}]`),
    );
    for (const { upstream } of found) this.#upstreams.set(upstream.name, upstream);
    return found;
  }
}

const NONE: ReadonlySet<number> = new Set();

function pathOf(state: ListenerState): string {
  return `/etc/nginx/secrets/${listenerName(state).replaceAll('/', '_')}.pem`;
}
