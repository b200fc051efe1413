import type { Cause, WhyChain } from '../bench/causes.ts';
import { words } from '../i18n/page-words.ts';
import { h } from './dom.ts';

/** A chain of causes to read: how things stand, what the scheduler said, and who wrote what because of what. */
export function whyList({ state, nodes, lineage }: WhyChain): HTMLElement[] {
  const parts: HTMLElement[] = [];
  if (state.length > 0)
    parts.push(
      list(
        words.why.state,
        state.map((line) => h('li', {}, words.exercise.said(line))),
      ),
    );
  if (nodes.length > 0)
    parts.push(
      list(
        words.why.nodes,
        nodes.map((line) => h('li', {}, line)),
      ),
    );
  if (lineage.length > 0) parts.push(list(words.why.lineage, lineage.map(link)));
  return parts.length > 0 ? parts : [h('p', { class: 'quiet' }, words.why.nothing)];
}

function list(label: string, lines: readonly HTMLElement[]): HTMLElement {
  return h('div', { class: 'why' }, h('p', { class: 'block-label' }, label), h('ol', { role: 'list' }, ...lines));
}

function link({ object, created, by, user }: Cause): HTMLElement {
  const who = by === '' ? (user ?? '') : by;
  const what = h('strong', {}, `${object.kind} ${object.name}`);
  const how = created ? words.why.made(who) : words.why.changed(who);
  const as = user === undefined || user.startsWith('system:') || user === who ? undefined : words.why.as(user);
  return h('li', {}, what, ` ${how}`, as === undefined ? undefined : h('span', { class: 'quiet' }, ` ${as}`));
}
