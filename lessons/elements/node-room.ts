import type { NodeView, PodView } from '@drydock/engine';
import { words } from '../i18n/page-words.ts';
import { nodeState, podState, reshape, shapeOf } from './container-state.ts';
import { h, setText } from './dom.ts';
import { type Drawn, KeyedList } from './keyed-list.ts';
import { type Open, PodBox } from './pod-box.ts';

export function podKey(pod: PodView): string {
  return pod.uid;
}

export function isSystem(pod: PodView): boolean {
  return pod.namespace.startsWith('kube-');
}

/** What the learner makes happens on the workers, so they come first. */
export function workersFirst(nodes: readonly NodeView[]): readonly NodeView[] {
  const last = ({ role }: NodeView) => Number(role === 'control-plane');
  return nodes.toSorted((a, b) => last(a) - last(b));
}

/** A machine as a room with its Pods; those of the system are folded away until asked for. */
export class NodeRoom implements Drawn<NodeView> {
  readonly element: HTMLElement;
  readonly #shape = shapeOf('good');
  readonly #status = h('span', { class: 'word' });
  readonly #empty = h('p', { class: 'room-empty' }, words.cluster.noPods);
  readonly #fold = h('summary');
  readonly #system: HTMLDetailsElement;
  readonly #pods: KeyedList<PodView>;
  readonly #systemPods: KeyedList<PodView>;

  constructor({ name, role }: NodeView, open: Open) {
    const pods = h('ul', { class: 'pods', role: 'list' });
    const systemPods = h('ul', { class: 'pods', role: 'list' });
    const draw = (pod: PodView) => new PodBox(pod, open);
    this.#pods = new KeyedList(pods, podKey, draw);
    this.#systemPods = new KeyedList(systemPods, podKey, draw);
    this.#system = h('details', { class: 'system' }, this.#fold, systemPods);
    const head = h(
      'button',
      { type: 'button', class: 'room-head', onclick: () => open({ kind: 'Node', name }) },
      h('span', { class: 'room-name' }, name),
      h('span', { class: 'state' }, this.#shape, this.#status),
    );
    const kind = role === 'control-plane' ? words.cluster.controlPlane : words.cluster.node;
    this.element = h(
      'li',
      { class: 'room', 'data-node': name, 'data-role': role, 'aria-label': `${kind} ${name}` },
      head,
      role === 'worker' ? this.#empty : undefined,
      pods,
      this.#system,
    );
  }

  update(node: NodeView): void {
    const { tone, word } = nodeState(node);
    reshape(this.#shape, tone);
    setText(this.#status, word);
    this.element.dataset['tone'] = tone;
    const own = node.pods.filter((pod) => !isSystem(pod));
    const system = node.pods.filter(isSystem);
    this.#pods.update(own);
    this.#systemPods.update(system);
    this.#empty.hidden = own.length > 0;
    this.#system.hidden = system.length === 0;
    const unwell = system.filter((pod) => podState(pod).tone !== 'good').length;
    const count = words.cluster.systemPods(system.length);
    setText(this.#fold, unwell === 0 ? count : words.site.listed(count, words.cluster.systemUnwell(unwell)));
    this.#fold.dataset['tone'] = unwell === 0 ? 'good' : 'bad';
  }
}
