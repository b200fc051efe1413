import type { WhyChain } from '../bench/causes.ts';
import type { ControllerTurn } from '../bench/controller-turns.ts';
import type { StoredKey } from '../bench/protocol.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import { type Asked, LiveView, shortKey } from './live-view.ts';
import { whyList } from './why-list.ts';

const NEW_MS = 2500;

/** `<dd-etcd prefix="/registry/pods/default/">`: etcd's keys below a prefix; a press on one shows what it holds. */
export class EtcdKeys extends LiveView<readonly StoredKey[]> {
  readonly #list = h('ul', { class: 'keys', role: 'list' });
  readonly #value = h('pre', { class: 'yaml', tabindex: 0, hidden: true });
  readonly #empty = h('p', { class: 'quiet', hidden: true }, words.etcd.none);
  #known: ReadonlyMap<string, number> | undefined;
  #open: string | undefined;

  protected override begin(): void {
    this.append(this.#empty, this.#list, this.#value);
  }

  get #prefix(): string {
    return this.getAttribute('prefix') ?? '/registry/';
  }

  protected ask(remote: Asked): Promise<readonly StoredKey[]> {
    if (this.#open !== undefined) void this.#show(this.#open, remote);
    return remote.keys(this.#prefix);
  }

  protected draw(keys: readonly StoredKey[]): void {
    const known = this.#known;
    this.#empty.hidden = keys.length > 0;
    const focused = (document.activeElement as HTMLElement | null)?.dataset['key'];
    this.#list.replaceChildren(
      ...keys.map(({ key, version, modRevision }) => {
        const changed = known !== undefined && known.get(key) !== modRevision;
        const line = h(
          'li',
          { 'data-new': changed },
          h(
            'button',
            {
              type: 'button',
              class: 'key',
              'data-key': key,
              'aria-expanded': String(key === this.#open),
              onclick: () => this.#toggle(key),
            },
            key,
          ),
          h('span', { class: 'quiet' }, words.etcd.written(version, modRevision)),
        );
        if (changed) setTimeout(() => line.removeAttribute('data-new'), NEW_MS);
        return line;
      }),
    );
    this.#known = new Map(keys.map(({ key, modRevision }) => [key, modRevision]));
    if (focused !== undefined) this.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }

  #toggle(key: string): void {
    this.#open = this.#open === key ? undefined : key;
    this.#value.hidden = this.#open === undefined;
    this.refresh();
  }

  async #show(key: string, remote: Asked): Promise<void> {
    setText(this.#value, (await remote.stored(key)) ?? words.inspector.gone);
  }
}

/** `<dd-why of="pod web-">`: why a thing is as it is, and how it came to be. */
export class WhyView extends LiveView<WhyChain | undefined> {
  protected ask(remote: Asked): Promise<WhyChain | undefined> {
    return remote.why(this.getAttribute('of') ?? '');
  }

  protected draw(why: WhyChain | undefined): void {
    if (why === undefined) this.replaceChildren(h('p', { class: 'quiet' }, words.why.nothing));
    else this.replaceChildren(...whyList(why));
  }
}

/** `<dd-value of="service web" path="spec.clusterIP">`: a field as it is now; its text is what stands there before. */
export class ValueView extends LiveView<string | undefined> {
  readonly #before = this.textContent ?? '';

  protected ask(remote: Asked): Promise<string | undefined> {
    return remote.field(this.getAttribute('of') ?? '', this.getAttribute('path') ?? 'metadata.name');
  }

  protected draw(value: string | undefined): void {
    this.toggleAttribute('data-live', value !== undefined);
    setText(this, value ?? this.#before);
  }
}

/** `<dd-turns of="replicaset-controller">`: what a component did last, beside its source. */
export class ControllerTurns extends LiveView<readonly ControllerTurn[]> {
  protected ask(remote: Asked): Promise<readonly ControllerTurn[]> {
    return remote.turns(this.getAttribute('of') ?? '');
  }

  protected draw(turns: readonly ControllerTurn[]): void {
    if (turns.length === 0) {
      this.replaceChildren(h('p', { class: 'quiet' }, words.turns.none));
      return;
    }
    const lines = turns.map(({ by, key, cause, wrote }) =>
      h(
        'li',
        {},
        h('p', {}, h('strong', {}, by), ` ${words.turns.on} `, h('code', {}, key)),
        cause === undefined ? undefined : h('p', { class: 'quiet' }, `${words.turns.because} `, shortKey(cause)),
        h(
          'p',
          { class: 'quiet' },
          `${words.turns.wrote} `,
          ...wrote.slice(0, 6).flatMap((each) => [shortKey(each), ' ']),
        ),
      ),
    );
    this.replaceChildren(
      h('p', { class: 'block-label' }, words.turns.label),
      h('ol', { class: 'turns', role: 'list' }, ...lines),
    );
  }
}
