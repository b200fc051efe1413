import { parsePrometheusText, type Sample } from '../api/prometheus-text.ts';

/** What a page showed at one moment. */
export interface Scrape {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly samples: readonly Sample[];
}

/** A figure as the metrics APIs tell of it. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly atMs: number;
  /** Over how long it is an average; absent for what is true of one moment. */
  readonly windowSeconds?: number;
}

/** @throws SyntaxError */
export function readScrape(text: string, atMs: number): Scrape {
  return { atMs, samples: parsePrometheusText(text) };
}

/**
 * The figures of a page: a gauge as it is, a counter as what it grows by in a second, without the ending of its name:
 * `http_requests_total` → `http_requests`, as prometheus-adapter's rules have it unless told otherwise.
 *
 * @param before the same page earlier: without it nothing is known of counters.
 */
export function seriesOf(last: Scrape, before: Scrape | undefined): readonly Series[] {
  const earlier = new Map(before?.samples.map((sample) => [keyOf(sample), sample.value]));
  const seconds = (last.atMs - (before?.atMs ?? last.atMs)) / 1000;
  return last.samples.flatMap((sample) => {
    const { name, labels, value, isCounter } = sample;
    if (!isCounter) return { name, labels, value, atMs: last.atMs };
    const then = earlier.get(keyOf(sample));
    if (then === undefined || seconds <= 0) return [];
    // A counter that has become less has begun anew.
    const grown = value < then ? value : value - then;
    const short = name.replace(/(_seconds)?_total$/, '');
    return { name: short, labels, value: grown / seconds, atMs: last.atMs, windowSeconds: Math.round(seconds) };
  });
}

function keyOf({ name, labels }: Sample): string {
  return JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
