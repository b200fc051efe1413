import type { HttpServerRequest } from '../../http.ts';
import type { Config, Server, Settings } from './config.ts';
import type { Balancer } from './upstream.ts';

/** A request on its way through the configuration. */
export interface Exchange {
  readonly request: HttpServerRequest;
  readonly server: Server;
  readonly config: Config;
  readonly balancer: Balancer;
  settings: Settings;
  /** Complaints for the error log. */
  readonly errors: string[];
}
