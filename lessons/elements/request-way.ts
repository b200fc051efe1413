import { svg } from './dom.ts';
import type { WayStop } from './request-list.ts';

/** Half a number's disc, in pixels. */
const RADIUS = 10;

/** The way of a request as a line over the picture, with a number at each stop; the list beside it says the same. */
export class RequestWay {
  readonly element = svg('svg', { class: 'request-way', 'aria-hidden': 'true' });
  readonly #picture: HTMLElement;
  #stops: readonly WayStop[] = [];

  constructor(picture: HTMLElement) {
    this.#picture = picture;
    picture.append(this.element);
    document.addEventListener('dd-way', (event) => {
      this.#stops = (event as CustomEvent<readonly WayStop[]>).detail;
      this.draw();
      this.element.firstElementChild?.scrollIntoView({ block: 'nearest' });
    });
    new ResizeObserver(() => this.draw()).observe(picture);
  }

  /** Draws it where its stops are now. */
  draw(): void {
    const spots = this.#stops.map((stop) => this.#spot(stop));
    if (spots.length === 0 && this.element.childElementCount === 0) return;
    const points = spots.map(({ x, y }) => `${x},${y}`).join(' ');
    const line = svg('polyline', { points });
    const discs = apart(spots).map(({ x, y }, index) =>
      svg(
        'g',
        { transform: `translate(${x} ${y})` },
        svg('circle', { r: RADIUS }),
        svg('text', { 'text-anchor': 'middle', dy: '0.35em' }, String(index + 1)),
      ),
    );
    this.element.replaceChildren(...(spots.length === 0 ? [] : [line, ...discs]));
  }

  /** Where a stop is in the picture: the middle of its upper edge; what the picture does not show is in the corner. */
  #spot(stop: WayStop): { readonly x: number; readonly y: number } {
    const frame = this.#picture.getBoundingClientRect();
    const [kind = '', name = ''] = stop.split(' ').map((word) => CSS.escape(word));
    const shown = [...this.#picture.querySelectorAll(SELECTORS[kind]?.(name) ?? ':not(*)')]
      .map((element) => element.getBoundingClientRect())
      .find(({ width }) => width > 0);
    if (shown === undefined) return { x: RADIUS, y: RADIUS };
    return { x: shown.left + shown.width / 2 - frame.left, y: shown.top - frame.top };
  }
}

const SELECTORS: Readonly<Record<string, (name: string) => string>> = {
  pod: (name) => `.pod[data-pod="${name}"]`,
  node: (name) => `.room[data-node="${name}"]`,
  service: (name) => `[data-door-name="${name}"]`,
};

/** Two numbers at one place stand beside each other. */
function apart(spots: readonly { readonly x: number; readonly y: number }[]) {
  const taken = new Map<string, number>();
  return spots.map(({ x, y }) => {
    const key = `${x} ${y}`;
    const before = taken.get(key) ?? 0;
    taken.set(key, before + 1);
    return { x: x - before * 2 * RADIUS, y };
  });
}
