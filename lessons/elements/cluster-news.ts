import type { ClusterView } from '@drydock/engine';
import { words } from '../i18n/page-words.ts';
import { nodeState, podState } from './container-state.ts';
import { h } from './dom.ts';
import { isSystem } from './node-room.ts';

/** Not more often than a screen reader can say it. */
const EVERY_MS = 1500;

/** Says aloud what changes in the cluster, in short sentences. */
export class ClusterNews {
  readonly element = h('p', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  #known: ReadonlyMap<string, string> | undefined;
  #latest: ReadonlyMap<string, string> = new Map();
  #timer: ReturnType<typeof setTimeout> | undefined;

  update(view: ClusterView | undefined): void {
    if (view === undefined) {
      this.#known = undefined;
      return;
    }
    this.#latest = sentences(view);
    // What is there at the beginning is not news.
    this.#known ??= this.#latest;
    this.#timer ??= setTimeout(() => this.#tell(), EVERY_MS);
  }

  #tell(): void {
    this.#timer = undefined;
    const known = this.#known ?? this.#latest;
    const news = [...this.#latest].filter(([key, sentence]) => known.get(key) !== sentence).map(([, text]) => text);
    for (const key of known.keys()) {
      if (!this.#latest.has(key)) news.push(words.cluster.podGone(key));
    }
    this.#known = this.#latest;
    if (news.length > 0) this.element.textContent = news.join('. ');
  }
}

function sentences(view: ClusterView): Map<string, string> {
  const said = new Map<string, string>();
  for (const node of view.nodes) {
    said.set(node.name, words.cluster.nodeSaid(node.name, nodeState(node).word));
    for (const pod of node.pods) {
      if (!isSystem(pod)) said.set(pod.name, words.cluster.podSaid(pod.name, node.name, podState(pod).word));
    }
  }
  for (const pod of view.unscheduled) said.set(pod.name, words.cluster.podWaits(pod.name, podState(pod).word));
  return said;
}
