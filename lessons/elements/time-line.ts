import type { Bench } from '../bench/bench.ts';
import type { HistoryMark } from '../bench/history-marks.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import { theBench } from './the-bench.ts';

const EVERY_MS = 600;
/** More marks than that would be a bar. */
const MOST_TICKS = 120;

/**
 * `<dd-timeline>`: the cluster's life so far. Dragging back shows the cluster as it was: picture, objects and etcd; from
 * there one may return to the present or go on from that moment.
 */
export class TimeLine extends HTMLElement {
  readonly #range = h('input', {
    type: 'range',
    min: 0,
    step: 'any',
    'aria-label': words.history.drag,
    oninput: () => this.#said(),
    onchange: () => void this.#go(Number(this.#range.value)),
  });
  readonly #ticks = h('div', { class: 'ticks', 'aria-hidden': 'true' });
  readonly #face = h('span', { class: 'past-face', role: 'status' });
  readonly #now = h('button', { type: 'button', onclick: () => this.#bench?.lookNow() }, words.history.now);
  readonly #branch = h(
    'button',
    { type: 'button', title: words.history.branchNote, onclick: () => void this.#bench?.branch() },
    words.history.branch,
  );
  readonly #past = h('div', { class: 'past', hidden: true }, this.#face, this.#now, this.#branch);
  #bench: Bench | undefined;
  #marks: HistoryMark[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  async connectedCallback(): Promise<void> {
    if (this.#bench !== undefined) return;
    const { bench } = await theBench;
    if (!this.isConnected || this.#bench !== undefined) return;
    this.#bench = bench;
    this.append(h('div', { class: 'line' }, this.#ticks, this.#range), this.#past);
    bench.clock.on(() => this.#follow());
    bench.phase.on(({ kind }) => {
      this.#range.disabled = kind !== 'running';
      this.#marks = [];
      document.dispatchEvent(new CustomEvent('dd-marks', { detail: this.#marks }));
    });
    bench.past.on((moment) => {
      this.#past.hidden = moment === undefined;
      this.toggleAttribute('data-past', moment !== undefined);
      if (moment !== undefined) {
        setText(this.#face, words.history.lookingAt(timeOfDay(moment.wallMs)));
        this.#range.value = String(moment.timeMs);
      } else this.#follow();
    });
    document.addEventListener('dd-go', (event) => void this.#go((event as CustomEvent<number>).detail));
  }

  #follow(): void {
    const clock = this.#bench?.clock.value;
    if (clock === undefined) return;
    this.#range.max = String(clock.timeMs);
    if (this.#bench?.past.value === undefined && document.activeElement !== this.#range) {
      this.#range.value = String(clock.timeMs);
      this.#said();
    }
    this.#timer ??= setTimeout(() => void this.#look(), EVERY_MS);
  }

  /** What a screen reader says of the place. */
  #said(): void {
    const clock = this.#bench?.clock.value;
    if (clock === undefined) return;
    this.#range.setAttribute('aria-valuetext', timeOfDay(clock.wallMs - clock.timeMs + Number(this.#range.value)));
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    const fresh = await this.#bench?.remote?.marks(this.#marks.length);
    if (fresh === undefined || fresh.length === 0) {
      this.#drawTicks();
      return;
    }
    this.#marks.push(...fresh);
    this.#drawTicks();
    document.dispatchEvent(new CustomEvent('dd-marks', { detail: this.#marks }));
  }

  #drawTicks(): void {
    const max = this.#bench?.clock.value?.timeMs ?? 1;
    const ticks = this.#marks.slice(-MOST_TICKS).map(({ timeMs, kind }) => {
      const tick = h('span', { 'data-kind': kind });
      tick.style.insetInlineStart = `${(100 * timeMs) / max}%`;
      return tick;
    });
    this.#ticks.replaceChildren(...ticks);
  }

  async #go(timeMs: number): Promise<void> {
    const bench = this.#bench;
    const clock = bench?.clock.value;
    if (bench === undefined || clock === undefined) return;
    // The very end is the present.
    if (timeMs >= clock.timeMs - 50) bench.lookNow();
    else await bench.lookBack(timeMs);
  }
}

/** `<dd-history>`: the same as a list; a press goes to that moment. */
export class HistoryList extends HTMLElement {
  readonly #list = h('ol', { class: 'history', role: 'list' });
  readonly #empty = h('p', { class: 'quiet' }, words.history.empty);

  async connectedCallback(): Promise<void> {
    if (this.childElementCount > 0) return;
    this.append(this.#empty, this.#list);
    const { bench } = await theBench;
    document.addEventListener('dd-marks', (event) => {
      const marks = (event as CustomEvent<readonly HistoryMark[]>).detail;
      this.#empty.hidden = marks.length > 0;
      const clock = bench.clock.value;
      const startMs = clock === undefined ? 0 : clock.wallMs - clock.timeMs;
      const shown = this.#list.childElementCount;
      if (marks.length < shown) this.#list.replaceChildren();
      for (const mark of marks.slice(this.#list.childElementCount)) this.#list.prepend(line(mark, startMs));
    });
  }
}

function line({ timeMs, kind, text, message, object, refusal }: HistoryMark, startMs: number): HTMLElement {
  const go = () => document.dispatchEvent(new CustomEvent('dd-go', { detail: timeMs }));
  const what =
    kind === 'command' || kind === 'refused'
      ? h('code', {}, text)
      : h('strong', {}, kind === 'fault' ? words.history.broke(text) : text);
  return h(
    'li',
    { 'data-kind': kind },
    h(
      'button',
      {
        type: 'button',
        class: 'link-button',
        'aria-label': words.history.goTo(timeOfDay(startMs + timeMs)),
        onclick: go,
      },
      timeOfDay(startMs + timeMs),
    ),
    h(
      'span',
      {},
      refusal === undefined ? undefined : h('strong', {}, `${words.history.refused[refusal.by](refusal.user)} `),
      what,
      object === undefined ? undefined : ` ${object.kind} ${object.name}`,
      message === undefined ? undefined : h('span', { class: 'quiet' }, ` ${message}`),
    ),
  );
}

function timeOfDay(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(11, 19);
}
