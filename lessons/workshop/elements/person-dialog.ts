import { h } from '../../elements/dom.ts';
import type { BoardRow } from '../board.ts';
import { localPage, pageAt } from '../client/addresses.ts';
import { words } from '../page-words.ts';
import { Deeds } from './deeds.ts';

/** What the instructor does for one person: their report, whom they work with, a new link, the way out. Opened by its button on the board. */
export function openPerson(room: Deeds, key: string, row: BoardRow, others: readonly BoardRow[]): HTMLDialogElement {
  const { board } = words;
  const { id, name, pairedWith } = row;
  // What is refused is said here, not on the board behind.
  const deeds = new Deeds(room.api, room.settings, 0);
  const path = `/people/${encodeURIComponent(id)}`;
  const close = h('button', { type: 'button', onclick: () => dialog.close() }, board.close);
  const report = h(
    'a',
    { href: `${localPage('workshop/report/')}#${new URLSearchParams({ person: id, key })}`, target: '_blank' },
    board.report,
  );
  const dialog = h(
    'dialog',
    { class: 'person', 'aria-label': name },
    h('h2', {}, name),
    h('p', {}, report),
    pairForm(),
    linkForm(),
    h('p', {}, deeds.button(board.remove, remove), ' ', board.removeNote),
    deeds.outcome,
    h('p', { class: 'dialog-buttons' }, close),
  );
  dialog.addEventListener('close', () => dialog.remove());
  return dialog;

  function pairForm(): HTMLElement {
    // Who works on somebody else's bench has none of their own to share.
    const free = others.filter((other) => other.id !== id && other.pairedWith === undefined);
    const choice = h(
      'select',
      {},
      h('option', { value: '' }, board.pairNobody),
      ...free.map((other) => h('option', { value: other.id, selected: other.id === pairedWith }, other.name)),
    );
    return deeds.form([h('label', {}, board.pair, choice)], board.pairDo, async () => {
      await deeds.api.call('PUT', `${path}/pair`, { with: choice.value === '' ? null : choice.value });
      deeds.say(board.changed);
    });
  }

  async function remove(): Promise<void> {
    if (!confirm(board.removeAsk(name))) return;
    await deeds.api.call('DELETE', path);
    dialog.close();
    room.say(board.removed(name));
  }

  function linkForm(): HTMLElement {
    const link = h('input', { class: 'link', readonly: true, hidden: true, 'aria-label': board.newLink });
    const make = async (): Promise<void> => {
      if (!confirm(board.newLinkAsk(name))) return;
      const { token } = await deeds.api.call<{ token: string }>('POST', `${path}/link`);
      link.value = `${location.origin}${pageAt('workshop/')}#link=${token}`;
      link.hidden = false;
      link.select();
    };
    return h('div', {}, h('p', {}, deeds.button(board.newLink, make), ' ', board.newLinkNote), link);
  }
}
