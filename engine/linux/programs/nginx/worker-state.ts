import { encode } from '../../stdio.ts';
import { murmurHash2 } from './maps.ts';
import { RequestCounts } from './request-limit.ts';
import { Balancer } from './upstream.ts';

/** What `stub_status` tells. */
export interface Connections {
  accepted: number;
  requests: number;
  active: number;
}

/** What all workers of a master share, through reloads too. */
export class SharedState {
  readonly counts = new RequestCounts();
  readonly connections: Connections = { accepted: 0, requests: 0, active: 0 };
}

/** What one worker remembers between requests. */
export class WorkerState {
  readonly shared: SharedState;
  readonly balancer = new Balancer();
  readonly #seed: string;
  #requests = 0;

  /** @param seed for request ids: random, and another one for each worker. */
  constructor(shared: SharedState, seed: string) {
    this.shared = shared;
    this.#seed = seed;
  }

  /** 32 hexadecimal digits. */
  nextId(): string {
    this.#requests += 1;
    const word = (part: number) =>
      murmurHash2(encode(`${this.#seed} ${this.#requests} ${part}`))
        .toString(16)
        .padStart(8, '0');
    return word(0) + word(1) + word(2) + word(3);
  }
}
