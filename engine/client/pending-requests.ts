import type { ApiRequest, ApiResponse } from '../api/request.ts';
import type { Simulation, Wait } from '../sim/index.ts';
import { ConnectionError, type Transport } from './transport.ts';

/**
 * The server has taken a request and asks somebody else first (a webhook). Whoever makes the same request again when the answer is
 * there gets it. For one that does not wait, this is a server that could not be reached: it tries again later.
 */
export class RequestPending extends ConnectionError {
  /** Until the answer is there. */
  readonly answered: Wait<void>;

  constructor(answered: Wait<void>) {
    super('the server has not answered yet');
    this.answered = answered;
  }
}

interface Pending {
  readonly key: string;
  /** What came of it; `lost` when the connection broke. */
  response?: ApiResponse | 'lost';
  answeredMs?: number;
  readonly listeners: Set<() => void>;
  /** Gives the request up. */
  leave(): void;
  /** When it was last asked for, in steps and milliseconds: a second request like it in one step is another one. */
  moment: string;
}

/** After which nobody is expected to come back for an answer. */
const FORGET_MS = 60_000;

/**
 * A way to the API server for those who run to completion and cannot wait in the middle. A request whose answer takes time
 * ends in RequestPending at once and goes on by itself; made again later, it gives the answer instead of being sent twice.
 */
export function resumable(transport: Transport, sim: Simulation): Transport {
  const pending: Pending[] = [];
  return (request) => {
    if (pending.length > 0) {
      forgetOld(pending, sim.nowMs);
      const known = find(pending, request, momentOf(sim));
      if (known !== undefined) return take(pending, known);
    }
    const response = transport(request);
    if (response.later === undefined) return response;
    const mine: Pending = { key: keyOf(request), listeners: new Set(), moment: momentOf(sim), leave: () => {} };
    pending.push(mine);
    const answered = (answer: ApiResponse | 'lost'): void => {
      mine.response = answer;
      mine.answeredMs = sim.nowMs;
      for (const listener of [...mine.listeners]) listener();
    };
    const leave = response.later(answered, () => answered('lost'));
    mine.leave = () => {
      if (mine.response !== undefined) return;
      pending.splice(pending.indexOf(mine), 1);
      leave();
    };
    throw pendingError(mine);
  };
}

function find(pending: readonly Pending[], request: ApiRequest, moment: string): Pending | undefined {
  const key = keyOf(request);
  const found = pending.find((each) => each.key === key && (each.moment !== moment || each.response !== undefined));
  if (found !== undefined) found.moment = moment;
  return found;
}

/** @throws RequestPending, or ConnectionError in the words of Go's client for a connection that ends before the answer */
function take(pending: Pending[], known: Pending): ApiResponse {
  if (known.response === undefined) throw pendingError(known);
  pending.splice(pending.indexOf(known), 1);
  if (known.response === 'lost') throw new ConnectionError('EOF');
  return known.response;
}

function forgetOld(pending: Pending[], nowMs: number): void {
  const old = pending.filter(({ answeredMs }) => answeredMs !== undefined && nowMs - answeredMs > FORGET_MS);
  for (const each of old) pending.splice(pending.indexOf(each), 1);
}

function momentOf({ steps, nowMs }: Simulation): string {
  return `${steps}/${nowMs}`;
}

function keyOf({ method, path, query, headers, body }: ApiRequest): string {
  return JSON.stringify([method, path, query, headers?.['content-type'], headers?.['accept'], body]);
}

function pendingError(pending: Pending): RequestPending {
  const { listeners } = pending;
  return new RequestPending({
    start(resume) {
      const listener = () => {
        listeners.delete(listener);
        resume();
      };
      listeners.add(listener);
      // Who ends while it waits has gone.
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) pending.leave();
      };
    },
  });
}
