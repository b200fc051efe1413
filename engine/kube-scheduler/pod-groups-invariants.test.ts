import { expect, test } from 'vitest';
import { nodes } from '../api/resources.ts';
import type { Random } from '../sim/index.ts';
import { Gangs } from './testing/gangs.ts';

// Gangs that come at random, run for a while once they are whole, and go: whatever happens meanwhile, none is ever found with
// fewer places than it needs, and as each fits alone, all have their turn in the end.

const SEEDS = 40;

interface Gang {
  readonly name: string;
  readonly minCount: number;
  readonly size: number;
  state: 'waits' | 'runs' | 'gone';
}

class Rush {
  readonly cluster: Gangs;
  readonly #random: Random;
  readonly #gangs: Gang[] = [];
  #spareNodes = 0;

  constructor(seed: number) {
    this.cluster = new Gangs([3, 2, 3], undefined, `rush ${seed}`);
    this.#random = this.cluster.sim.random('rush');
  }

  /** A gang of two to eight, of which some may be dispensable. Its Pods may come before it, and not all at once. */
  come(): void {
    const size = 2 + this.#random.below(7);
    const gang: Gang = {
      name: `g${this.#gangs.length}`,
      minCount: Math.max(2, size - this.#random.below(3)),
      size,
      state: 'waits',
    };
    const first = this.#random.below(size + 1);
    this.cluster.members(gang.name, 0, first);
    if (this.#random.below(2) === 0) this.#pass();
    this.cluster.gang(gang.name, gang.minCount);
    if (this.#random.below(2) === 0) this.#pass();
    this.cluster.members(gang.name, first, size);
    this.#gangs.push(gang);
  }

  /** A node more or one less, a scheduler that is killed and started again, or nothing. */
  disturb(): void {
    const what = this.#random.below(5);
    if (what === 0) this.cluster.createNode(`spare-${this.#spareNodes++}`, { cpu: '1', memory: '64Gi' });
    if (what === 1 && this.#spareNodes > 0) {
      const spare = `spare-${this.#spareNodes - 1}`;
      const isUsed = this.cluster.pods().some(({ spec }) => spec.nodeName === spare);
      if (isUsed) return;
      this.cluster.client.resource(nodes).delete(spare);
      this.#spareNodes -= 1;
    }
    if (what === 2) {
      this.cluster.scheduler.stop();
      this.#pass();
      this.cluster.scheduler = this.cluster.startScheduler();
    }
  }

  /** Lets time pass, looks, and sends home one of those who run. */
  step(): void {
    this.#pass();
    for (const gang of this.#gangs) this.#check(gang);
    const running = this.#gangs.filter(({ state }) => state === 'runs');
    if (running.length === 0 || this.#random.below(2) === 0) return;
    const leaving = running[this.#random.below(running.length)]!;
    leaving.state = 'gone';
    for (let index = 0; index < leaving.size; index++) this.cluster.remove(`${leaving.name}-${index}`);
  }

  get isOver(): boolean {
    return this.#gangs.every(({ state }) => state === 'gone');
  }

  #check(gang: Gang): void {
    if (gang.state === 'gone') return;
    const placed = this.cluster.placed(gang.name).length;
    if (placed === 0) return;
    expect(placed).toBeGreaterThanOrEqual(gang.minCount);
    gang.state = 'runs';
  }

  #pass(): void {
    this.cluster.sim.runFor(1_000 + this.#random.below(4_000));
  }
}

test.each(Array.from({ length: SEEDS }, (_, seed) => seed))('seed %i', (seed) => {
  const rush = new Rush(seed);
  for (let index = 0; index < 6; index++) {
    rush.come();
    rush.disturb();
    rush.step();
  }
  for (let steps = 0; steps < 400 && !rush.isOver; steps++) rush.step();
  expect(rush.isOver).toBe(true);
});
