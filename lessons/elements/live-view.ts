import type { Bench } from '../bench/bench.ts';
import type { BenchWorker } from '../bench/protocol.ts';
import { h } from './dom.ts';
import { theBench } from './the-bench.ts';

const EVERY_MS = 500;

/** What a live view may ask the engine. */
export type Asked = {
  readonly [K in keyof BenchWorker]: (
    ...args: Parameters<BenchWorker[K]>
  ) => Promise<Awaited<ReturnType<BenchWorker[K]>>>;
};

/**
 * A part of the text that follows the cluster: asks the engine when something has happened and the part is in sight, and
 * draws anew when the answer differs.
 */
export abstract class LiveView<T> extends HTMLElement {
  #bench: Bench | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #inSight = false;
  #step = -1;
  #shown: string | undefined;

  async connectedCallback(): Promise<void> {
    if (this.#bench !== undefined) return;
    const { bench } = await theBench;
    if (!this.isConnected || this.#bench !== undefined) return;
    this.#bench = bench;
    this.begin();
    new IntersectionObserver((entries) => {
      this.#inSight = entries.at(-1)?.isIntersecting === true;
      this.#soon();
    }).observe(this);
    bench.clock.on(() => this.#soon());
    bench.phase.on(() => this.refresh());
    bench.past.on(() => this.refresh());
  }

  /** Called once, before anything is drawn. */
  protected begin(): void {}
  protected abstract ask(remote: Asked): Promise<T>;
  protected abstract draw(answer: T): void;

  /** Asks again, whether or not anything has happened. */
  protected refresh(): void {
    this.#step = -1;
    this.#shown = undefined;
    this.#soon();
  }

  #soon(): void {
    if (!this.#inSight || this.#bench?.clock.value?.step === this.#step) return;
    this.#timer ??= setTimeout(() => void this.#look(), this.#step < 0 ? 0 : EVERY_MS);
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    const [remote, clock] = [this.#bench?.remote, this.#bench?.clock.value];
    if (remote === undefined || clock === undefined) return;
    this.#step = clock.step;
    const answer = await this.ask(remote as unknown as Asked);
    const shown = JSON.stringify(answer) ?? '';
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.draw(answer);
  }
}

/** An etcd key without the part that all of them share. */
export function shortKey(key: string): HTMLElement {
  return h('code', {}, key.replace(/^\/registry\//, ''));
}
