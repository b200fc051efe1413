import type { ClusterView, ContainerView } from '@drydock/engine';
import type { Bench } from '../bench/bench.ts';
import type { InspectedEvent, Inspection } from '../bench/protocol.ts';
import type { Reference } from '../bench/reference.ts';
import { words } from '../i18n/page-words.ts';
import { containerState, podState, shapeOf } from './container-state.ts';
import { h, setText } from './dom.ts';
import { conditionsOf, factsOf } from './object-facts.ts';
import { theBench } from './the-bench.ts';
import { whyList } from './why-list.ts';

const REFRESH_MS = 500;
const PARTS = ['summary', 'why', 'events', 'yaml'] as const;
type Part = (typeof PARTS)[number];

/** `<dd-inspector>`: one object of the cluster, opened: what it is, what happened to it, and its YAML. */
export class ObjectInspector extends HTMLElement {
  #bench: Bench | undefined;
  #reference: Reference | undefined;
  #container: string | undefined;
  #part: Part = 'summary';
  #view: ClusterView | undefined;
  #shown = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #title = h('h3', { tabindex: -1 });
  readonly #body = h('div', { class: 'inspector-body' });
  readonly #note = h('p', { class: 'inspector-note', role: 'status' });
  readonly #choices = PARTS.map((part) =>
    h('button', { type: 'button', 'data-part': part, onclick: () => this.#choose(part) }, words.inspector[part]),
  );

  async connectedCallback(): Promise<void> {
    const { bench } = await theBench;
    if (!this.isConnected || this.#bench !== undefined) return;
    this.#bench = bench;
    this.#body.append(h('p', { class: 'quiet' }, words.inspector.nothing));
    this.append(this.#body);
    bench.view.on((view) => {
      this.#view = view;
      this.#refreshSoon();
    });
  }

  /** Opens an object, at one of its containers if told, and takes the focus there. */
  open(reference: Reference, container?: string): void {
    this.#reference = reference;
    this.#container = container;
    this.#shown = '';
    setText(this.#note, '');
    setText(this.#title, `${reference.kind} ${reference.name}`);
    const choices = h(
      'div',
      { class: 'choices', role: 'group', 'aria-label': words.inspector.label },
      ...this.#choices,
    );
    this.replaceChildren(h('div', { class: 'inspector-head' }, this.#title, choices), this.#note, this.#body);
    if (container !== undefined) this.#choose('summary');
    else this.#choose(this.#part);
    this.#title.focus({ preventScroll: true });
  }

  #choose(part: Part): void {
    this.#part = part;
    this.#shown = '';
    for (const choice of this.#choices) choice.setAttribute('aria-pressed', String(choice.dataset['part'] === part));
    void this.#refresh();
  }

  #refreshSoon(): void {
    if (this.#reference === undefined) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#refresh();
    }, REFRESH_MS);
  }

  async #refresh(): Promise<void> {
    const reference = this.#reference;
    if (reference === undefined || this.#bench?.remote === undefined) return;
    let inspection: Inspection | undefined;
    try {
      inspection = await this.#bench.remote.inspect(reference);
    } catch (error) {
      // The API server may be down: that is worth seeing too.
      if (reference === this.#reference) setText(this.#note, error instanceof Error ? error.message : String(error));
      return;
    }
    if (reference !== this.#reference) return;
    const shown = JSON.stringify([this.#part, inspection, this.#containers(reference)]);
    if (shown === this.#shown) return;
    const first = this.#shown === '';
    this.#shown = shown;
    if (inspection === undefined) this.#body.replaceChildren(h('p', { class: 'quiet' }, words.inspector.gone));
    else this.#draw(reference, inspection, first);
  }

  #draw(reference: Reference, inspection: Inspection, first: boolean): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset['kill'];
    const parts: Readonly<Record<Part, () => Node[]>> = {
      summary: () => this.#summary(reference, inspection),
      why: () => whyList(inspection.why),
      events: () => [eventList(inspection.events)],
      yaml: () => [h('pre', { class: 'yaml', tabindex: 0 }, ...yamlLines(inspection.yaml))],
    };
    this.#body.replaceChildren(...parts[this.#part]());
    if (first) this.querySelector('[data-chosen]')?.scrollIntoView({ block: 'nearest' });
    if (focused !== undefined) this.querySelector<HTMLElement>(`[data-kill="${CSS.escape(focused)}"]`)?.focus();
  }

  #summary(reference: Reference, inspection: Inspection): Node[] {
    const facts = h('dl', { class: 'facts' });
    for (const [name, value] of factsOf(inspection.object, this.#statusOf(reference))) {
      facts.append(h('div', {}, h('dt', {}, name), h('dd', {}, value)));
    }
    const containers = this.#containers(reference).map((container) => this.#process(reference, container));
    const conditions = conditionsOf(inspection.object).map(({ type, holds, why }) =>
      h('li', { 'data-holds': holds }, h('span', {}, type), h('strong', {}, holds), h('span', { class: 'quiet' }, why)),
    );
    return [
      facts,
      ...(containers.length === 0
        ? []
        : [h('h4', {}, words.inspector.containers), h('ul', { class: 'processes', role: 'list' }, ...containers)]),
      h('h4', {}, words.inspector.conditions),
      h('ul', { class: 'conditions', role: 'list' }, ...conditions),
    ];
  }

  #statusOf(reference: Reference): string | undefined {
    const pod = this.#pod(reference);
    return pod === undefined
      ? this.#view?.nodes.find(({ name }) => name === reference.name)?.status
      : podState(pod).word;
  }

  #pod({ kind, namespace, name }: Reference) {
    if (kind !== 'Pod') return undefined;
    const pods = [...(this.#view?.nodes ?? []).flatMap((node) => node.pods), ...(this.#view?.unscheduled ?? [])];
    return pods.find((pod) => pod.name === name && pod.namespace === namespace);
  }

  #containers(reference: Reference): readonly ContainerView[] {
    return this.#pod(reference)?.containers ?? [];
  }

  #process(reference: Reference, container: ContainerView): HTMLElement {
    const { tone, word } = containerState(container, this.#pod(reference)?.phase);
    const facts = [
      container.image,
      container.pid === undefined ? undefined : `PID ${container.pid}`,
      container.restarts > 0 ? words.cluster.restarted(container.restarts) : undefined,
    ];
    return h(
      'li',
      { 'data-tone': tone, 'data-chosen': container.name === this.#container },
      h('span', { class: 'cell-name' }, shapeOf(tone), h('strong', {}, container.name), h('span', {}, word)),
      h('span', { class: 'quiet' }, facts.filter((fact) => fact !== undefined).join(' · ')),
      container.kind === 'pause' ? h('span', { class: 'quiet' }, words.inspector.pauseNote) : undefined,
      container.state === 'running' ? this.#killButton(reference, container.name) : undefined,
    );
  }

  #killButton({ namespace = '', name: pod }: Reference, container: string): HTMLElement {
    const kill = async () => {
      try {
        await this.#bench?.submit({ kind: 'fault', fault: { type: 'kill-container', namespace, pod, container } });
        setText(this.#note, words.inspector.killed(container));
      } catch (error) {
        setText(this.#note, words.inspector.killFailed(error instanceof Error ? error.message : String(error)));
      }
    };
    return h(
      'button',
      {
        type: 'button',
        class: 'kill',
        'data-kill': container,
        'aria-label': words.inspector.killName(container),
        onclick: kill,
      },
      words.inspector.kill,
    );
  }
}

function eventList(events: readonly InspectedEvent[]): HTMLElement {
  if (events.length === 0) return h('p', { class: 'quiet' }, words.inspector.noEvents);
  const lines = events.map(({ type, reason, message, count, lastSeen, from }) =>
    h(
      'li',
      { 'data-type': type },
      h('span', { class: 'quiet' }, `${lastSeen.slice(11, 19)} ${from}`),
      h('strong', {}, count > 1 ? words.site.listed(reason, words.inspector.times(count)) : reason),
      h('span', {}, message),
    ),
  );
  return h('ol', { class: 'events', role: 'list' }, ...lines);
}

/** YAML with its keys set off from its values. */
function yamlLines(yaml: string): Node[] {
  return yaml.split('\n').flatMap((line) => {
    const [, indent = '', key = '', rest = ''] = /^(\s*(?:- )?)([^\s:#][^:]*:)?(.*)$/.exec(line) ?? [];
    const end = document.createTextNode(`${rest}\n`);
    if (key === '') return [document.createTextNode(indent), end];
    return [document.createTextNode(indent), h('span', { class: 'yaml-key' }, key), end];
  });
}
