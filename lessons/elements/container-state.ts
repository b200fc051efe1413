import type { ContainerView, NodeView, PodView } from '@drydock/engine';
import { words } from '../i18n/page-words.ts';
import { svg } from './dom.ts';

/** How a thing is doing; each has a colour and a shape of its own. */
export type Tone = 'good' | 'busy' | 'bad' | 'done';

/** A state in colour, shape and word. */
export interface Shown {
  readonly tone: Tone;
  readonly word: string;
}

/** @param phase of its Pod: the pause process of a Pod that is over has ended as it should */
export function containerState(container: ContainerView, phase?: string): Shown {
  const { state, reason, ready, kind } = container;
  if (state === 'running') {
    if (ready || kind !== 'container') return { tone: 'good', word: words.state.running };
    return { tone: 'busy', word: words.state.notReady };
  }
  if (state === 'waiting') return { tone: isTrouble(reason) ? 'bad' : 'busy', word: reason ?? words.state.waiting };
  if (reason === 'Completed') return { tone: 'done', word: words.state.completed };
  const wasMeant = kind === 'pause' && (phase === 'Succeeded' || phase === 'Failed');
  return { tone: wasMeant ? 'done' : 'bad', word: reason ?? words.state.ended };
}

export function podState(pod: PodView): Shown {
  const { status: word, phase, ready } = pod;
  if (isTrouble(word) || phase === 'Failed') return { tone: 'bad', word };
  if (phase === 'Succeeded' || word === 'Terminating') return { tone: 'done', word };
  return { tone: phase === 'Running' && ready ? 'good' : 'busy', word };
}

export function nodeState(node: NodeView): Shown {
  if (!node.poweredOn) return { tone: 'done', word: words.cluster.poweredOff };
  return { tone: node.ready ? 'good' : 'bad', word: node.status };
}

/** The reasons that mean somebody should look: all of them end so. */
function isTrouble(reason = ''): boolean {
  return /(BackOff|Error|Err\w+|Killed|CannotRun|Invalid\w*|Unknown|Evicted|DeadlineExceeded)$|^(Err|Init:(Err|Crash|Image|OOM))/.test(
    reason,
  );
}

/** A disc, a ring, a triangle, a square: told apart without colour. */
const SHAPES: Readonly<Record<Tone, string>> = {
  good: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2Z',
  busy: 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 0 1 0-13Zm0 2.6a3.9 3.9 0 1 0 0 7.8a3.9 3.9 0 0 0 0-7.8Z',
  bad: 'M8 1.5 15 14H1Z',
  done: 'M3 3h10v10H3Z',
};

export function shapeOf(tone: Tone): SVGElement {
  const path = svg('path', { d: SHAPES[tone], 'fill-rule': 'evenodd' });
  return svg('svg', { viewBox: '0 0 16 16', class: 'shape', 'aria-hidden': 'true', 'data-tone': tone }, path);
}

/** Changes a shape drawn by `shapeOf`. */
export function reshape(shape: SVGElement, tone: Tone): void {
  if (shape.dataset['tone'] === tone) return;
  shape.dataset['tone'] = tone;
  shape.firstElementChild?.setAttribute('d', SHAPES[tone]);
}
