import type { ContainerView, PodView } from '@drydock/engine';
import type { Reference } from '../bench/reference.ts';
import { words } from '../i18n/page-words.ts';
import { containerState, podState, reshape, shapeOf } from './container-state.ts';
import { h, setText } from './dom.ts';
import { type Drawn, KeyedList } from './keyed-list.ts';

/** Opens an object of the picture. */
export type Open = (reference: Reference, container?: string) => void;

/** A Pod as a box with a cell for each of its containers, the pause process first. */
export class PodBox implements Drawn<PodView> {
  readonly element: HTMLElement;
  readonly #name = h('span', { class: 'pod-name' });
  readonly #shape = shapeOf('busy');
  readonly #status = h('span', { class: 'word' });
  readonly #ip = h('span', { class: 'pod-ip' });
  readonly #cells: KeyedList<ContainerView>;
  #phase = '';

  constructor(pod: PodView, open: Open) {
    const { namespace, name } = pod;
    const reference: Reference = { kind: 'Pod', namespace, name };
    const cells = h('ul', { class: 'cells', role: 'list' });
    const head = h(
      'button',
      { type: 'button', class: 'pod-head', onclick: () => open(reference) },
      this.#name,
      h('span', { class: 'state' }, this.#shape, this.#status),
      this.#ip,
    );
    this.element = h('li', { class: 'pod', 'data-pod': name, 'data-namespace': namespace }, head, cells);
    this.#cells = new KeyedList(
      cells,
      (container) => `${container.kind} ${container.name}`,
      (container) =>
        new ContainerCell(
          container,
          () => open(reference, container.name),
          () => this.#phase,
        ),
    );
  }

  update(pod: PodView): void {
    const { tone, word } = podState(pod);
    setText(this.#name, pod.name);
    setText(this.#status, word);
    setText(this.#ip, pod.ip ?? words.cluster.noIp);
    reshape(this.#shape, tone);
    this.element.dataset['tone'] = tone;
    this.#phase = pod.phase;
    this.#cells.update(pod.containers);
  }
}

class ContainerCell implements Drawn<ContainerView> {
  readonly element: HTMLElement;
  readonly #shape = shapeOf('busy');
  readonly #word = h('span', { class: 'word' });
  readonly #restarts = h('span', { class: 'restarts' });

  readonly #phase: () => string;

  constructor({ name, kind }: ContainerView, open: () => void, phase: () => string) {
    this.#phase = phase;
    const button = h(
      'button',
      { type: 'button', class: 'cell-button', onclick: open },
      h('span', { class: 'cell-name' }, this.#shape, h('span', {}, name)),
      this.#word,
      this.#restarts,
    );
    this.element = h('li', { class: 'cell', 'data-container': name, 'data-kind': kind }, button);
  }

  update(container: ContainerView): void {
    const { tone, word } = containerState(container, this.#phase());
    reshape(this.#shape, tone);
    setText(this.#word, word);
    setText(this.#restarts, container.restarts > 0 ? words.cluster.restarted(container.restarts) : '');
    this.element.dataset['tone'] = tone;
  }
}
