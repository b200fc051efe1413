import { StatusError } from '../api/status-error.ts';
import { Client } from '../client/client.ts';
import type { Transport } from '../client/transport.ts';
import type { HttpServerRequest, HttpServerResponse } from '../linux/http.ts';
import { flagValue } from '../linux/programs/go/runtime.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import { serveMetrics } from './metrics-api.ts';
import { Scraper } from './scraper.ts';

/** An adapter under way inside its process. */
export interface Adapter {
  /** Asks Pods for their metrics, as long as the process lives. */
  scrape(): Task<void>;
  /** What its port answers. */
  answer(request: HttpServerRequest): HttpServerResponse;
}

const INTERVAL_S = 15;

/**
 * A server for the custom and the external metrics API in a page or two: what Pods show at `/metrics` becomes Pods and Object
 * metrics, what a ConfigMap says external ones. In place of Prometheus with prometheus-adapter, whose names and rates it
 * keeps. Simplified: it believes whoever asks, and leaves it to the API server to say who may.
 *
 * `--scrape-interval=15` (seconds), `--external-metrics=<namespace>/<ConfigMap>`
 */
export function startAdapter(process: Process, transport: Transport): Adapter {
  const [namespace = '', name = ''] = (
    flagValue(process.argv, 'external-metrics') ?? 'custom-metrics/external-metrics'
  ).split('/');
  const seconds = Number(flagValue(process.argv, 'scrape-interval') ?? INTERVAL_S);
  const scraper = new Scraper(process, {
    client: new Client(transport, { userAgent: 'custom-metrics-adapter' }),
    intervalMs: (seconds >= 1 ? seconds : INTERVAL_S) * 1000,
    external: { namespace, name },
  });
  return {
    scrape: () => scraper.run(),
    answer: ({ method, path, query }) => {
      if (['/healthz', '/livez', '/readyz'].includes(path)) return { body: 'ok' };
      try {
        return json(200, serveMetrics(scraper.figures, { method, path, query: new URLSearchParams(query) }));
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
        return json(error.status.code, error.status);
      }
    },
  };
}

function json(status: number, body: object): HttpServerResponse {
  return { status, headers: { 'Content-Type': 'application/json' }, body: `${JSON.stringify(body)}\n` };
}
