import type { KubeObject } from '../api/object.ts';
import type { WatchEvent } from '../api/request.ts';
import { type Status, StatusError } from '../api/status-error.ts';
import type { Simulation, Timer } from '../sim/index.ts';
import { Backoff, REFLECTOR_BACKOFF } from './backoff.ts';
import type { ResourceClient } from './client.ts';
import { ConnectionError } from './transport.ts';

/** What to follow. */
export interface ReflectorSelection {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Hears what a reflector learns. */
export interface ReflectorSink<T> {
  /** The complete state, after a list. */
  replace(objects: readonly T[]): void;
  /** One change since. */
  change(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void;
}

/** A watch that ends this soon without an event counts as a failure. */
const SHORT_WATCH_MS = 1_000;

/**
 * Keeps a sink in step with a collection on the server: lists once, then watches, and goes on from the last
 * resourceVersion it saw when the watch ends. It lists again only when that version is gone (410), and waits longer and
 * longer while the server cannot be reached.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes, after client-go's
 * `tools/cache/reflector.go` (which since 1.35 streams the first list through the watch: same result, another request).
 */
export class Reflector<T extends KubeObject> {
  readonly #sim: Simulation;
  readonly #label: string;
  readonly #client: ResourceClient<T>;
  readonly #selection: ReflectorSelection;
  readonly #sink: ReflectorSink<T>;
  readonly #backoff: Backoff;
  #running = false;
  #timer: Timer | undefined;
  #stopWatch: (() => void) | undefined;
  /** Tells this watch's callbacks from those of an earlier one. */
  #watch = 0;
  #resourceVersion = '';

  constructor(
    sim: Simulation,
    label: string,
    client: ResourceClient<T>,
    selection: ReflectorSelection,
    sink: ReflectorSink<T>,
  ) {
    this.#sim = sim;
    this.#label = `reflector ${label}`;
    this.#client = client;
    this.#selection = selection;
    this.#sink = sink;
    this.#backoff = new Backoff(REFLECTOR_BACKOFF, sim.random(this.#label));
  }

  /** The last version seen; empty before the first list. */
  get resourceVersion(): string {
    return this.#resourceVersion;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#schedule(0, () => this.#listAndWatch());
  }

  /**
   * Begins with the list right now, for whoever cannot go on without it.
   *
   * @throws StatusError, ConnectionError when it cannot be had; nothing has begun then.
   */
  startNow(): void {
    if (this.#running) return;
    this.#running = true;
    try {
      this.#list();
    } catch (error) {
      this.#running = false;
      throw error;
    }
    this.#attempt(() => this.#watchOn());
  }

  stop(): void {
    this.#running = false;
    this.#timer?.cancel();
    this.#endWatch();
  }

  #schedule(delayMs: number, run: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.#sim.schedule(delayMs, this.#label, run);
  }

  #listAndWatch(): void {
    this.#attempt(() => {
      this.#list();
      this.#watchOn();
    });
  }

  #list(): void {
    const list = this.#client.list(this.#selection);
    this.#resourceVersion = list.metadata.resourceVersion;
    this.#sink.replace(list.items);
  }

  /** Goes on from the list, unless whoever has heard of it wants no more. */
  #watchOn(): void {
    if (this.#running) this.#beginWatch();
  }

  #beginWatch(): void {
    const watch = ++this.#watch;
    const startedMs = this.#sim.nowMs;
    let events = 0;
    let ended = false;
    const stop = this.#client.watch(
      { ...this.#selection, resourceVersion: this.#resourceVersion, allowWatchBookmarks: true },
      {
        event: (event) => {
          if (watch !== this.#watch || ended) return;
          events += 1;
          ended = !this.#receive(event as WatchEvent<T>);
        },
        end: () => {
          if (watch !== this.#watch || ended) return;
          ended = true;
          this.#stopWatch = undefined;
          const failed = events === 0 && this.#sim.nowMs - startedMs < SHORT_WATCH_MS;
          this.#resumeWatch(failed ? this.#backoff.next(this.#sim.nowMs) : 0);
        },
      },
    );
    if (!ended) this.#stopWatch = stop;
  }

  /** Returns whether the watch goes on. */
  #receive(event: WatchEvent<T>): boolean {
    if (event.type === 'ERROR') {
      this.#fail(new StatusError(event.object as unknown as Status));
      return false;
    }
    this.#resourceVersion = event.object.metadata.resourceVersion;
    if (event.type !== 'BOOKMARK') this.#sink.change(event.type, event.object);
    return true;
  }

  #resumeWatch(delayMs: number): void {
    this.#schedule(delayMs, () => this.#attempt(() => this.#beginWatch()));
  }

  #attempt(body: () => void): void {
    try {
      body();
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      this.#fail(error);
    }
  }

  #fail(error: StatusError | ConnectionError): void {
    this.#endWatch();
    if (error instanceof StatusError && error.code === 410) {
      this.#schedule(0, () => this.#listAndWatch());
      return;
    }
    const delayMs = this.#backoff.next(this.#sim.nowMs);
    // A server that cannot be reached has not forgotten our version: go on from there. Any other refusal: begin anew.
    if (error instanceof ConnectionError && this.#resourceVersion !== '') this.#resumeWatch(delayMs);
    else this.#schedule(delayMs, () => this.#listAndWatch());
  }

  #endWatch(): void {
    this.#watch += 1;
    this.#stopWatch?.();
    this.#stopWatch = undefined;
  }
}
