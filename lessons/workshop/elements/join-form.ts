import { h } from '../../elements/dom.ts';
import type { BenchCard } from '../bench-card.ts';
import { apiBase, localPage, pageAt } from '../client/addresses.ts';
import { WorkshopApi, WorkshopError } from '../client/api.ts';
import { readCards } from '../client/bench-cards.ts';
import { refusalText } from '../client/refusal-text.ts';
import { joinedSession, keepSession, leaveSession, type Session, takeFragment } from '../client/session.ts';
import { words } from '../page-words.ts';

interface Me {
  readonly name: string;
  readonly title: string;
  readonly settings: { readonly benches: readonly string[]; readonly locked: readonly string[] };
}

/** `<dd-join>`: the door of a workshop, and behind it what there is to do. */
export class JoinForm extends HTMLElement {
  readonly #problem = h('p', { class: 'problem', role: 'alert' });

  async connectedCallback(): Promise<void> {
    // A link of the workshop, opened where the door is open already.
    addEventListener('hashchange', () => {
      if (/^#(code|link)=/.test(location.hash)) location.reload();
    });
    const fragment = takeFragment();
    const link = fragment.get('link');
    const session = link === null ? joinedSession() : { token: link, name: '', title: '' };
    try {
      if (session !== undefined) await this.#enter(session, fragment.get('bench') ?? undefined);
      else await this.#knock(fragment.get('code') ?? '');
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      await this.#refused(error, session);
    }
  }

  async #refused(error: WorkshopError, session: Session | undefined): Promise<void> {
    if (error.status === 401 && session !== undefined) {
      // A link of another workshop, or of one that was wiped.
      leaveSession();
      await this.#knock('').catch(() => this.#say(words.join.gone));
    } else {
      this.#say(error.code === 'no-workshop' || error.status === 404 ? words.join.gone : refusalText(error));
    }
  }

  #say(text: string): void {
    this.replaceChildren(h('p', { role: 'alert' }, text));
  }

  async #knock(code: string): Promise<void> {
    const door = await new WorkshopApi(apiBase('join'), '').call<{ title: string }>('GET', '');
    const { join } = words;
    const codeField = h('input', {
      name: 'code',
      required: true,
      autocomplete: 'off',
      autocapitalize: 'characters',
      spellcheck: 'false',
      value: code,
      maxlength: 12,
    });
    const nameField = h('input', { name: 'name', required: true, autocomplete: 'name', maxlength: 60 });
    const form = h(
      'form',
      { class: 'join-form', onsubmit: (event) => void this.#join(event, door.title, codeField.value, nameField.value) },
      h('h2', {}, door.title),
      h('label', {}, join.code, codeField),
      h('label', {}, join.name, nameField),
      h('button', { type: 'submit', class: 'strong' }, join.join),
      this.#problem,
    );
    this.replaceChildren(form, h('h2', {}, join.seenTitle), ...join.seen.map((text) => h('p', {}, text)));
    (code === '' ? codeField : nameField).focus();
  }

  async #join(event: Event, title: string, code: string, name: string): Promise<void> {
    event.preventDefault();
    try {
      const { token, name: kept } = await new WorkshopApi(apiBase('join'), '').call<{ token: string; name: string }>(
        'POST',
        '',
        { code, name },
      );
      await this.#enter({ token, name: kept, title });
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      this.#problem.textContent = refusalText(error);
    }
  }

  /** @param bench that a link leads to; the list of everything unless told */
  async #enter(session: Session, bench?: string): Promise<void> {
    const me = await new WorkshopApi(apiBase('me'), session.token).call<Me>('GET', '');
    keepSession({ token: session.token, name: me.name, title: me.title });
    const mine = (await readCards()).filter(({ id }) => me.settings.benches.includes(id));
    const wanted = mine.find(
      ({ id, exercise }) => id === bench || (exercise !== undefined && `exercise/${exercise}` === bench),
    );
    if (wanted !== undefined) location.replace(localPage(wanted.path));
    const { join } = words;
    const link = `${location.origin}${pageAt('workshop/')}#link=${session.token}`;
    const copy = h('button', { type: 'button', onclick: () => void this.#copy(link, copy) }, join.copy);
    const leave = (): void => {
      leaveSession();
      location.reload();
    };
    this.replaceChildren(
      h('h2', { tabindex: -1 }, me.title),
      h('p', {}, join.welcome(me.name)),
      h('p', {}, join.link, ' ', copy),
      ...this.#list(
        join.lessons,
        mine.filter(({ exercise }) => exercise === undefined),
        me,
      ),
      ...this.#list(
        join.exercises,
        mine.filter(({ exercise }) => exercise !== undefined),
        me,
      ),
      h('p', {}, h('a', { href: localPage('workshop/report/') }, join.report)),
      h('p', {}, h('button', { type: 'button', class: 'quiet-button', onclick: leave }, join.leave)),
    );
    this.querySelector('h2')?.focus();
  }

  #list(title: string, cards: readonly BenchCard[], { settings }: Me): readonly HTMLElement[] {
    if (cards.length === 0) return [];
    const line = ({ id, title: name, path }: BenchCard) =>
      settings.locked.includes(id)
        ? h('li', { class: 'quiet' }, `${name} (${words.join.locked})`)
        : h('li', {}, h('a', { href: localPage(path) }, name));
    return [h('h3', {}, title), h('ol', {}, ...cards.map(line))];
  }

  async #copy(link: string, button: HTMLElement): Promise<void> {
    // Without a secure origin (a laptop's hotspot) there is no clipboard: then the link is shown, to be copied by hand.
    if (navigator.clipboard === undefined) {
      button.replaceWith(h('input', { class: 'link', readonly: true, value: link, 'aria-label': words.join.copy }));
      return;
    }
    await navigator.clipboard.writeText(link);
    button.textContent = words.join.copied;
  }
}
