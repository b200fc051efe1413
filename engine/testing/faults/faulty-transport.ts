import type { ApiRequest, ApiResponse, WatchSink } from '../../api/request.ts';
import { ConnectionError, type Transport } from '../../client/transport.ts';
import type { Random, Simulation } from '../../sim/index.ts';

interface OpenWatch {
  readonly sink: WatchSink;
  readonly stop: () => void;
}

/** A way to the API server that can be made to fail: for one component, or for all that share it. */
export class FaultyTransport {
  readonly #sim: Simulation;
  readonly #transport: Transport;
  readonly #random: Random;
  readonly #watches = new Set<OpenWatch>();
  /** The share of writes that are refused with a conflict, 0 to 1. */
  conflicts = 0;
  /** Nothing gets through. */
  isCut = false;
  /** How late news arrives. */
  watchDelayMs = 0;

  constructor(sim: Simulation, transport: Transport, name: string) {
    this.#sim = sim;
    this.#transport = transport;
    this.#random = sim.random(`faults ${name}`);
  }

  readonly send: Transport = (request) => {
    if (this.isCut) throw new ConnectionError('dial tcp 172.18.0.2:6443: connect: connection refused');
    const isUpdate = request.method === 'PUT' || request.method === 'PATCH';
    if (isUpdate && this.conflicts > 0 && this.#random.float() < this.conflicts) return conflict(request);
    const response = this.#transport(request);
    const { watch } = response;
    return watch === undefined ? response : { ...response, watch: (sink) => this.#watch(watch, sink) };
  };

  /** Ends all watches, as a restarted server or a broken connection does. */
  loseWatches(): void {
    for (const open of [...this.#watches]) {
      this.#watches.delete(open);
      open.stop();
      open.sink.end();
    }
  }

  /** Cuts the line. */
  cut(): void {
    this.isCut = true;
    this.loseWatches();
  }

  #watch(start: NonNullable<ApiResponse['watch']>, sink: WatchSink): () => void {
    let isOpen = true;
    let lastMs = 0;
    const stop = start({
      ...sink,
      event: (event) => {
        // News may be late, but never out of order.
        lastMs = Math.max(lastMs, this.#sim.nowMs + this.watchDelayMs);
        if (lastMs === this.#sim.nowMs) {
          if (isOpen) sink.event(event);
          return;
        }
        this.#sim.schedule(lastMs - this.#sim.nowMs, 'late news', () => {
          if (isOpen) sink.event(event);
        });
      },
      end: () => {
        isOpen = false;
        this.#watches.delete(open);
        sink.end();
      },
    });
    const open: OpenWatch = {
      sink,
      stop: () => {
        isOpen = false;
        stop();
      },
    };
    this.#watches.add(open);
    return () => {
      this.#watches.delete(open);
      open.stop();
    };
  }
}

function conflict({ path }: ApiRequest): ApiResponse {
  const name = path.split('/').at(-1) ?? '';
  const message = `Operation cannot be fulfilled on "${name}": the object has been modified; please apply your changes to the latest version and try again`;
  return {
    status: 409,
    headers: { 'content-type': 'application/json' },
    body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason: 'Conflict', code: 409 },
  };
}
