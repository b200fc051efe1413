import type { DriveOrder } from '../bench/protocol.ts';
import { h } from './dom.ts';
import { theBench } from './the-bench.ts';

/** `<dd-clock-order order="jump">`, `order="speed 30"`, `order="pause"`, `order="play"`: a hand on the clock, in the text. */
export class ClockOrder extends HTMLElement {
  connectedCallback(): void {
    if (this.querySelector('button') !== null) return;
    const label = this.textContent?.trim() ?? '';
    const give = async () => {
      const door = await theBench;
      if (await door.runsHere()) await door.bench.remote?.drive(readOrder(this.getAttribute('order') ?? ''));
    };
    this.replaceChildren(h('button', { type: 'button', class: 'quiet-button', onclick: () => void give() }, label));
  }
}

function readOrder(text: string): DriveOrder {
  const [order, speed] = text.split(' ');
  if (order === 'speed') return { order, speed: Number(speed) };
  return { order: order === 'pause' || order === 'play' ? order : 'jump' };
}
