import { h, setText } from '../../elements/dom.ts';
import { apiBase, localPage, pageAt } from '../client/addresses.ts';
import { WorkshopApi, WorkshopError } from '../client/api.ts';
import { readCards } from '../client/bench-cards.ts';
import { refusalText } from '../client/refusal-text.ts';
import { joinedSession, keepSession, leaveSession, type Session, takeFragment } from '../client/session.ts';
import { words } from '../page-words.ts';
import { Lobby, type Me } from './lobby.ts';

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
    const kept = joinedSession();
    const session = link === null ? kept : { token: link, name: '', title: '' };
    try {
      if (session !== undefined) await this.#enter(session, fragment.get('bench') ?? undefined);
      else await this.#knock(fragment.get('code') ?? '');
    } catch (error) {
      if (!(error instanceof WorkshopError)) throw error;
      // A link that is good no more takes nobody's place who is in by one that is.
      if (error.status === 401 && link !== null && kept !== undefined && kept.token !== link)
        await this.#stay(kept, error);
      else await this.#refused(error, session);
    }
  }

  async #stay(session: Session, error: WorkshopError): Promise<void> {
    try {
      await this.#enter(session);
      this.#problem.textContent = refusalText(error);
      this.prepend(this.#problem);
    } catch (other) {
      if (!(other instanceof WorkshopError)) throw other;
      await this.#refused(other, session);
    }
  }

  async #refused(error: WorkshopError, session: Session | undefined): Promise<void> {
    if (error.status === 401 && session !== undefined) {
      // A link of another workshop, or of one that was wiped.
      leaveSession();
      const knocked = await this.#knock('').then(
        () => true,
        () => false,
      );
      if (knocked) this.#problem.textContent = refusalText(error);
      else this.#say(words.join.gone);
    } else {
      this.#say(error.code === 'no-workshop' || error.status === 404 ? words.join.gone : refusalText(error));
    }
  }

  #say(text: string): void {
    this.replaceChildren(h('p', { role: 'alert' }, text));
  }

  async #knock(code: string): Promise<void> {
    const door = await new WorkshopApi(apiBase('join'), '').call<{ title: string }>('GET', '');
    const { join, pages } = words;
    headPage(pages.join);
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
    const api = new WorkshopApi(apiBase('me'), session.token);
    const me = await api.call<Me>('GET', '');
    keepSession({ token: session.token, name: me.name, title: me.title });
    const cards = await readCards();
    const wanted = cards.find(
      ({ id, exercise }) =>
        me.settings.benches.includes(id) &&
        (id === bench || (exercise !== undefined && `exercise/${exercise}` === bench)),
    );
    if (wanted !== undefined) location.replace(localPage(wanted.path));
    const lobby = new Lobby(api, me, cards, (error) => void this.#refused(error, session));
    const { join } = words;
    const link = `${location.origin}${pageAt('workshop/')}#link=${session.token}`;
    const copy = h('button', { type: 'button', onclick: () => void this.#copy(link, copy) }, join.copy);
    const leave = (): void => {
      leaveSession();
      location.reload();
    };
    headPage(me.title);
    this.replaceChildren(
      h('p', {}, join.welcome(me.name)),
      h('p', {}, join.link, ' ', copy),
      ...lobby.parts,
      h('p', {}, h('a', { href: localPage('workshop/report/') }, join.report)),
      h('p', {}, h('button', { type: 'button', class: 'quiet-button', onclick: leave }, join.leave)),
    );
    document.querySelector('h1')?.focus();
    void lobby.listen();
  }

  async #copy(link: string, button: HTMLElement): Promise<void> {
    try {
      // Without a secure origin (a laptop's hotspot) there is no clipboard; elsewhere a browser may refuse it.
      await navigator.clipboard.writeText(link);
      button.textContent = words.join.copied;
    } catch {
      // Then the link is shown, to be copied by hand.
      const field = h('input', { class: 'link', readonly: true, value: link, 'aria-label': words.join.copy });
      button.replaceWith(field);
      field.select();
    }
  }
}

/** Behind the door the page is no longer about joining. */
function headPage(title: string): void {
  const head = document.querySelector('h1');
  if (head === null || head.textContent === title) return;
  document.title = document.title.replace(head.textContent, title);
  setText(head, title);
}
