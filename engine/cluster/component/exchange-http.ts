import type { HttpOutcome, HttpRequest } from '../../api/http-port.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';

/** How a request is made from a process. */
export type ExchangeHttp = (process: Process, request: HttpRequest) => Task<HttpOutcome>;
