import type { RequestHop, RequestPath, RequestPlace } from '@drydock/engine';
import type { FollowedRequest } from '../bench/requests.ts';
import { words } from '../i18n/page-words.ts';
import { reshape, shapeOf } from './container-state.ts';
import { h } from './dom.ts';
import { type Asked, LiveView } from './live-view.ts';

/** A place on a request's way, as the picture knows it: `pod <name>`, `node <name>`, `service <name>`, `machine <name>`. */
export type WayStop = string;

/**
 * `<dd-requests from="pod-name">`: the requests that were sent, the newest first. A press on one shows its way: stop by stop
 * with the rules that fitted, and as a line in the picture.
 */
export class RequestList extends LiveView<readonly FollowedRequest[]> {
  /** The number of the request whose way is shown. */
  #followed: number | undefined;

  protected ask(remote: Asked): Promise<readonly FollowedRequest[]> {
    return remote.requests(this.getAttribute('from') ?? undefined);
  }

  protected draw(requests: readonly FollowedRequest[]): void {
    const had = this.contains(document.activeElement);
    const lines = requests.map((request) => this.#line(request));
    const empty = h('p', { class: 'quiet' }, words.requests.none);
    this.replaceChildren(lines.length === 0 ? empty : h('ol', { class: 'requests', role: 'list' }, ...lines));
    if (had) this.querySelector<HTMLElement>(`[data-request="${this.#followed}"]`)?.focus();
  }

  #line(request: FollowedRequest): HTMLElement {
    const { number } = request;
    const way = h('div', { class: 'way' });
    const shape = shapeOf('busy');
    reshape(shape, toneOf(request));
    const button = h(
      'button',
      { type: 'button', class: 'request', 'data-request': number, onclick: () => follow(this.#followed !== number) },
      shape,
      h('span', {}, h('strong', {}, request.from.name), ` → ${targetOf(request)}`),
      h('span', { class: 'word' }, outcomeOf(request)),
    );
    const show = (shown: boolean) => {
      button.setAttribute('aria-expanded', String(shown));
      way.replaceChildren(...(shown ? wayOf(request) : []));
    };
    const follow = (shown: boolean) => {
      this.#followed = shown ? number : undefined;
      for (const other of this.querySelectorAll('[data-request]')) other.setAttribute('aria-expanded', 'false');
      for (const other of this.querySelectorAll('.way')) other.replaceChildren();
      show(shown);
      document.dispatchEvent(new CustomEvent<readonly WayStop[]>('dd-way', { detail: shown ? stopsOf(request) : [] }));
    };
    show(this.#followed === number);
    return h('li', {}, button, way);
  }
}

function targetOf({ lookups, destination, service, protocol }: FollowedRequest): string {
  if (protocol === 'udp' && destination.port === 53) return words.requests.nameServer;
  const host = lookups.at(-1)?.name ?? service?.name ?? destination.address;
  return destination.port === 0 ? `${host} (${protocol})` : `${host}:${destination.port}`;
}

function toneOf({ outcome }: RequestPath): 'good' | 'bad' | 'busy' {
  if (outcome.kind === 'failed') return 'bad';
  return outcome.kind === 'pending' ? 'busy' : 'good';
}

function outcomeOf({ outcome, beganMs, endedMs }: RequestPath): string {
  const took = endedMs === undefined ? '' : ` ${milliseconds(endedMs - beganMs)}`;
  return outcome.kind === 'failed' ? outcome.reason : `${words.requests.outcomes[outcome.kind]}${took}`;
}

/** The stops of a way in order. A Service is one where its address was exchanged for that of an endpoint. */
function stopsOf({ from, hops, service }: FollowedRequest): readonly WayStop[] {
  const stops = hops.length === 0 ? [stopOf(from)] : [];
  for (const hop of hops) {
    stops.push(stopOf(hop.place));
    if (service !== undefined && translated(hop) !== undefined) stops.push(`service ${service.name}`);
  }
  return stops;
}

function stopOf({ kind, name }: RequestPlace): WayStop {
  return `${kind} ${name}`;
}

/** The address that a hop's rules put in place of the one that was asked for. */
function translated({ hooks }: RequestHop): string | undefined {
  const pass = hooks.find(({ rules }) => rules.some(({ target }) => target?.toUpperCase() === 'DNAT'));
  return pass === undefined ? undefined : `${pass.destination.address}:${pass.destination.port}`;
}

/** The way in words, stop by stop; says what the line in the picture shows. */
function wayOf(request: FollowedRequest): HTMLElement[] {
  const { lookups, hops, outcome, process, service, choice, tries } = request;
  const parts: HTMLElement[] = [];
  if (process !== undefined) parts.push(h('p', {}, h('code', {}, process.argv.join(' '))));
  for (const { name, code, tookMs, answers } of lookups) {
    const answer = answers.map(({ data }) => data).join(', ') || (code ?? words.requests.noAnswer);
    parts.push(h('p', {}, words.requests.asked(name, answer), tookMs === undefined ? '' : ` ${milliseconds(tookMs)}`));
  }
  let number = 0;
  const items = hops.flatMap((hop) => {
    const place = item(++number, words.requests.places[hop.place.kind], hop.place.name, hopLines(hop));
    const to = translated(hop);
    if (service === undefined || to === undefined) return [place];
    const others = choice?.candidates.length ?? 1;
    const chosen = choice === undefined ? '' : words.requests.chosen[choice.reason](others);
    return [place, item(++number, 'Service', service.name, [h('span', {}, `${words.requests.leadsTo(to)} ${chosen}`)])];
  });
  parts.push(h('ol', { class: 'stops', role: 'list' }, ...items));
  if (tries > 1) parts.push(h('p', {}, words.requests.tries(tries)));
  if (outcome.kind === 'failed') {
    parts.push(h('p', { class: 'way-end' }, outcome.message));
    if (outcome.rule !== undefined) parts.push(h('p', {}, h('code', {}, `${outcome.rule.chain} ${outcome.rule.text}`)));
  }
  return parts;
}

function item(number: number, kind: string, name: string, lines: readonly HTMLElement[]): HTMLElement {
  const title = h('span', {}, h('span', { class: 'quiet' }, kind), ' ', h('strong', {}, name));
  return h('li', {}, h('span', { class: 'stop-number' }, String(number)), h('div', {}, title, ...lines));
}

function hopLines({ hooks, route }: RequestHop): HTMLElement[] {
  const lines: HTMLElement[] = [];
  const rules = hooks.flatMap((pass) => pass.rules.map((rule) => ({ ...rule, hook: pass.hook })));
  if (rules.length > 0) {
    const list = rules.map(({ hook, table, chain, text }) =>
      h('li', {}, h('span', { class: 'quiet' }, `${hook} `), h('code', {}, `${table} ${chain} ${text}`)),
    );
    const fold = h('summary', {}, words.requests.rules(rules.length));
    lines.push(h('details', {}, fold, h('ol', { class: 'rules', role: 'list' }, ...list)));
  }
  if (route !== undefined) lines.push(h('span', { class: 'quiet' }, words.requests.route(route.text)));
  return lines;
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}
