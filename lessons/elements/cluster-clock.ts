import type { ClockReading } from '@drydock/engine/worker';
import type { DriveOrder } from '../bench/protocol.ts';
import { words } from '../i18n/page-words.ts';
import { h, setText } from './dom.ts';
import { theBench } from './the-bench.ts';

const SPEEDS = [1, 2, 5, 10, 30, 100];

/** `<dd-clock>`: what the machines' clocks show, and the hand on them. */
export class ClusterClock extends HTMLElement {
  readonly #face = h('time', { class: 'clock-face' }, '--:--:--');
  readonly #toggle = h('button', { type: 'button', onclick: () => this.#order(this.#toggleOrder()) });
  readonly #jump = h('button', { type: 'button', onclick: () => this.#order({ order: 'jump' }) }, words.clock.jump);
  readonly #speed = h('select', { onchange: () => this.#setSpeed() });
  readonly #note = h('span', { class: 'clock-note', role: 'status' });
  #reading: ClockReading | undefined;
  #stop: (() => void) | undefined;
  #send: (order: DriveOrder) => void = () => {};

  async connectedCallback(): Promise<void> {
    const { bench } = await theBench;
    if (!this.isConnected || this.#stop !== undefined) return;
    this.#send = (order) => void bench.remote?.drive(order);
    this.setAttribute('role', 'group');
    this.setAttribute('aria-label', words.clock.label);
    this.#speed.append(...SPEEDS.map((speed) => h('option', { value: speed }, `×${speed}`)));
    const speed = h('label', {}, h('span', {}, words.clock.speed), this.#speed);
    this.append(this.#face, this.#toggle, this.#jump, speed, this.#note);
    this.#show(undefined);
    this.#stop = bench.clock.on((reading) => this.#show(reading));
    bench.jumped.on((saw) => {
      if (saw !== undefined) setText(this.#note, saw ? '' : words.clock.nothing);
    });
  }

  #show(reading: ClockReading | undefined): void {
    this.#reading = reading;
    for (const control of [this.#toggle, this.#jump, this.#speed]) control.disabled = reading === undefined;
    setText(this.#toggle, reading?.paused === true ? words.clock.play : words.clock.pause);
    this.toggleAttribute('data-paused', reading?.paused === true);
    if (reading === undefined) return;
    const iso = new Date(reading.wallMs).toISOString();
    setText(this.#face, iso.slice(11, 19));
    this.#face.dateTime = iso;
    this.#jump.disabled = reading.jumping;
    setText(this.#jump, reading.jumping ? words.clock.jumping : words.clock.jump);
    if (document.activeElement !== this.#speed) this.#speed.value = String(reading.speed);
    if (reading.slipping) setText(this.#note, words.clock.slipping);
    else if (this.#note.textContent === words.clock.slipping) setText(this.#note, '');
  }

  #toggleOrder(): DriveOrder {
    return { order: this.#reading?.paused === true ? 'play' : 'pause' };
  }

  #setSpeed(): void {
    this.#order({ order: 'speed', speed: Number(this.#speed.value) });
  }

  #order(order: DriveOrder): void {
    setText(this.#note, '');
    this.#send(order);
  }
}
