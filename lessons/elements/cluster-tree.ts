import type { ClusterView, NodeView, PodView } from '@drydock/engine';
import { words } from '../i18n/page-words.ts';
import { containerState, nodeState, podState } from './container-state.ts';
import { h } from './dom.ts';
import { isSystem, workersFirst } from './node-room.ts';
import type { Open } from './pod-box.ts';

/** One line of the tree and what hangs from it. */
interface Branch {
  readonly key: string;
  readonly text: string;
  readonly open?: () => void;
  readonly branches: readonly Branch[];
  /** Shows its branches only when asked to. */
  readonly folded?: boolean;
}

/** The picture in words: a tree for the keyboard and for screen readers that says the same. */
export class ClusterTree {
  readonly element = h('div', { class: 'tree', role: 'tree', 'aria-label': words.cluster.label });
  readonly #open: Open;
  /** Keys of folded branches that have been opened. */
  readonly #unfolded = new Set<string>();
  #view: ClusterView | undefined;
  #text = '';
  #focused = '';

  constructor(open: Open) {
    this.#open = open;
    this.element.addEventListener('keydown', (event) => this.#key(event));
    this.element.addEventListener('focusin', ({ target }) => {
      this.#focused = (target as HTMLElement).dataset['key'] ?? '';
    });
  }

  update(view: ClusterView): void {
    this.#view = view;
    const branches = [
      ...(view.unscheduled.length === 0 ? [] : [this.#unscheduled(view.unscheduled)]),
      ...workersFirst(view.nodes).map((node) => this.#node(node)),
    ];
    const text = JSON.stringify(branches);
    if (text === this.#text) return;
    this.#text = text;
    const hadFocus = this.element.contains(document.activeElement);
    this.element.replaceChildren(...branches.flatMap((branch) => lines(branch, 1)));
    const items = this.#items();
    const current = items.find((line) => line.dataset['key'] === this.#focused) ?? items[0];
    if (current !== undefined) current.tabIndex = 0;
    if (hadFocus) current?.focus();
  }

  #node(node: NodeView): Branch {
    const system = node.pods.filter(isSystem);
    const own = node.pods.filter((pod) => !isSystem(pod)).map((pod) => this.#pod(pod));
    return {
      key: node.name,
      text: words.site.titled(node.name, nodeState(node).word),
      open: () => this.#open({ kind: 'Node', name: node.name }),
      branches: system.length === 0 ? own : [...own, this.#system(node.name, system)],
    };
  }

  #system(node: string, pods: readonly PodView[]): Branch {
    const key = `${node} system`;
    const folded = !this.#unfolded.has(key);
    const open = () => {
      if (!this.#unfolded.delete(key)) this.#unfolded.add(key);
      if (this.#view !== undefined) this.update(this.#view);
    };
    const branches = pods.map((pod) => this.#pod(pod));
    return { key, text: words.cluster.systemPods(pods.length), open, folded, branches };
  }

  #unscheduled(pods: readonly PodView[]): Branch {
    return { key: 'unscheduled', text: words.cluster.waitingPods, branches: pods.map((pod) => this.#pod(pod)) };
  }

  #pod(pod: PodView): Branch {
    const { uid, namespace, name } = pod;
    const reference = { kind: 'Pod', namespace, name } as const;
    return {
      key: uid,
      text: words.site.titled(name, words.site.listed(podState(pod).word, pod.ip ?? words.cluster.noIp)),
      open: () => this.#open(reference),
      branches: pod.containers.map((container) => ({
        key: `${uid} ${container.name}`,
        text: words.site.listed(
          words.site.titled(container.name, containerState(container).word),
          ...(container.restarts > 0 ? [words.cluster.restarted(container.restarts)] : []),
        ),
        open: () => this.#open(reference, container.name),
        branches: [],
      })),
    };
  }

  #items(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>('[role=treeitem]')];
  }

  #key(event: KeyboardEvent): void {
    const items = this.#items();
    const at = items.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    const level = levelOf(items[at]!);
    const parent = items.slice(0, at).findLast((line) => levelOf(line) < level);
    const goal = event.key === 'ArrowLeft' ? parent : event.key === 'ArrowRight' ? items[at + 1] : items[to ?? -1];
    const unfolds = event.key === 'ArrowRight' && items[at]!.getAttribute('aria-expanded') === 'false';
    if (event.key === 'Enter' || event.key === ' ' || unfolds) items[at]!.click();
    else if (goal === undefined) return;
    else {
      items[at]!.tabIndex = -1;
      goal.tabIndex = 0;
      goal.focus();
    }
    event.preventDefault();
  }
}

function levelOf(line: HTMLElement): number {
  return Number(line.getAttribute('aria-level'));
}

/** A branch and what hangs from it, one after the other; the level says what hangs from what. */
function lines({ key, text, open, branches, folded = false }: Branch, level: number): HTMLElement[] {
  const line = h('div', { role: 'treeitem', tabindex: -1, 'data-key': key, 'aria-level': level }, text);
  line.style.setProperty('--level', String(level));
  if (open !== undefined) line.addEventListener('click', open);
  if (branches.length === 0) return [line];
  line.setAttribute('aria-expanded', String(!folded));
  return folded ? [line] : [line, ...branches.flatMap((branch) => lines(branch, level + 1))];
}
