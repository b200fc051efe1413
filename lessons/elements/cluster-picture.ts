import type { ClusterView, NodeView, PodView } from '@drydock/engine';
import { words } from '../i18n/page-words.ts';
import { ClusterNews } from './cluster-news.ts';
import { ClusterTree } from './cluster-tree.ts';
import { h } from './dom.ts';
import { KeyedList } from './keyed-list.ts';
import { NodeRoom, podKey, workersFirst } from './node-room.ts';
import { type Open, PodBox } from './pod-box.ts';
import { RequestWay } from './request-way.ts';
import { type BenchDoor, theBench } from './the-bench.ts';

/** `<dd-cluster>`: the cluster as a picture of rooms and boxes, or as a list that says the same. */
export class ClusterPicture extends HTMLElement {
  #stop: (() => void) | undefined;

  async connectedCallback(): Promise<void> {
    const door = await theBench;
    const { bench } = door;
    const open: Open = (reference, container) => door.inspect(reference, container);
    if (!this.isConnected || this.#stop !== undefined) return;
    const rooms = h('ul', { class: 'rooms', role: 'list' });
    const lobbyPods = h('ul', { class: 'pods', role: 'list' });
    const lobby = h('section', { class: 'lobby', hidden: true }, h('h3', {}, words.cluster.waitingPods), lobbyPods);
    const picture = h('div', { class: 'picture' }, lobby, document.createElement('dd-doors'), rooms);
    const way = new RequestWay(picture);
    const tree = new ClusterTree(open);
    const news = new ClusterNews();
    const list = new KeyedList<NodeView>(
      rooms,
      (node) => node.name,
      (node) => new NodeRoom(node, open),
    );
    const waiting = new KeyedList<PodView>(lobbyPods, podKey, (pod) => new PodBox(pod, open));
    tree.element.hidden = true;
    const empty = h('p', { class: 'picture-empty' }, words.cluster.empty);
    this.append(this.#head(picture, tree.element), empty, picture, tree.element, news.element);
    const draw = (view: ClusterView | undefined) => {
      empty.hidden = view !== undefined;
      list.update(workersFirst(view?.nodes ?? []));
      waiting.update(view?.unscheduled ?? []);
      lobby.hidden = (view?.unscheduled ?? []).length === 0;
      if (view !== undefined) tree.update(view);
      news.update(view);
      way.draw();
    };
    this.#stop = bench.view.on(draw);
    document.addEventListener('dd-light', (event) => this.#light((event as CustomEvent<string>).detail));
    document.addEventListener('dd-open', (event) => {
      const what = (event as CustomEvent<string>).detail;
      const selector = selectorFor(what);
      const shown = selector === '' ? null : this.querySelector(selector);
      if (shown !== null) shown.querySelector('button')?.click();
      else void openNamed(door, what);
    });
  }

  #head(picture: HTMLElement, tree: HTMLElement): HTMLElement {
    const asPicture = h('button', { type: 'button', onclick: () => show(false) }, words.cluster.asPicture);
    const asList = h('button', { type: 'button', onclick: () => show(true) }, words.cluster.asList);
    const show = (list: boolean) => {
      picture.hidden = list;
      tree.hidden = !list;
      asPicture.setAttribute('aria-pressed', String(!list));
      asList.setAttribute('aria-pressed', String(list));
    };
    show(false);
    const choices = h('div', { class: 'choices', role: 'group', 'aria-label': words.cluster.label }, asPicture, asList);
    return h('div', { class: 'picture-head' }, h('h2', {}, words.cluster.label), choices);
  }

  /** Lights what a line of prose speaks of; an empty `what` puts the light out. */
  #light(what: string): void {
    for (const lit of this.querySelectorAll('[data-lit]')) lit.removeAttribute('data-lit');
    for (const selector of what.split(',').map(selectorFor)) {
      if (selector === '') continue;
      for (const element of this.querySelectorAll(selector)) element.setAttribute('data-lit', '');
    }
  }
}

/** Opens a thing that the picture does not show, such as a Deployment. */
async function openNamed(door: BenchDoor, what: string): Promise<void> {
  const reference = await door.bench.remote?.find(what);
  if (reference !== undefined) door.inspect(reference);
}

/**
 * What `<dd-lit of="…">` may say: `pod hello`, `container hello pause`, `node node-1`, or `pause` for every pause
 * process of the learner's Pods; several with commas between them. Names stand for all that begin with them.
 */
function selectorFor(what: string): string {
  const [kind, name = '', part = ''] = what.split(' ').map((word) => CSS.escape(word));
  if (kind === 'pod') return `[data-pod^="${name}"]`;
  if (kind === 'container' && part === 'pause') return `[data-pod^="${name}"] [data-kind="pause"]`;
  if (kind === 'container') return `[data-pod^="${name}"] [data-container="${part}"]`;
  if (kind === 'node') return `[data-node="${name}"]`;
  if (kind === 'pause') return '.room > .pods [data-kind="pause"]';
  return '';
}
