import { placeOf } from './directive-table.ts';
import { ConfigError, type Directive } from './directives.ts';
import type { Reading, Template } from './template.ts';

/** How often something may ask: https://nginx.org/en/docs/http/ngx_http_limit_req_module.html */
export interface LimitZone {
  readonly key: Template;
  readonly requestsPerSecond: number;
}

/** `limit_req_zone $binary_remote_addr zone=one:10m rate=1r/s`. Throws ConfigError. */
export function limitZoneOf(directive: Directive, reading: Reading): readonly [name: string, zone: LimitZone] {
  const place = placeOf(directive);
  const [key = '', ...words] = directive.args;
  let name: string | undefined;
  let rate = 1;
  for (const word of words) {
    const zone = /^zone=([^:]+):(\d+[kmg]?)$/i.exec(word);
    const limit = /^rate=(\d+)r\/([sm])$/.exec(word);
    if (zone !== null) name = zone[1];
    else if (word.startsWith('zone=')) throw new ConfigError(`invalid zone size "${word}" in ${place}`);
    else if (limit !== null && Number(limit[1]) > 0) rate = Number(limit[1]) / (limit[2] === 's' ? 1 : 60);
    else throw new ConfigError(`invalid ${word.startsWith('rate=') ? 'rate' : 'parameter'} "${word}" in ${place}`);
  }
  if (name === undefined) throw new ConfigError(`"limit_req_zone" must have "zone" parameter in ${place}`);
  return [name, { key: reading.template(key, place), requestsPerSecond: rate }];
}

interface Bucket {
  /** How many requests more have come than the rate allows, when last looked at. */
  excess: number;
  lastMs: number;
}

/** What was asked so far, by zone and key: memory that all workers share. A leaky bucket for each. */
export class RequestCounts {
  readonly #buckets = new Map<string, Bucket>();

  /** How much too many this request is: 0 for none. Counted only when it is within the burst. */
  excess(zone: string, key: string, requestsPerSecond: number, burst: number, nowMs: number): number {
    const id = `${zone}\n${key}`;
    const bucket = this.#buckets.get(id);
    if (bucket === undefined) {
      if (this.#buckets.size >= MAX_KEYS) this.#buckets.clear();
      this.#buckets.set(id, { excess: 0, lastMs: nowMs });
      return 0;
    }
    const leaked = (requestsPerSecond * (nowMs - bucket.lastMs)) / 1000;
    const excess = Math.max(0, bucket.excess - leaked + 1);
    if (excess > burst) return excess;
    bucket.excess = excess;
    bucket.lastMs = nowMs;
    return excess;
  }
}

/** A zone of 10 megabytes holds about so many. */
const MAX_KEYS = 160_000;
