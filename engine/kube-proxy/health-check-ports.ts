import { Errno } from '../linux/errno.ts';
import type { HttpServerResponse } from '../linux/http.ts';
import type { Process } from '../linux/syscalls.ts';
import type { ProxyState } from './proxy-state.ts';

interface HealthCheck {
  readonly fd: number;
  readonly service: string;
  readonly localEndpoints: number;
}

/**
 * A port for each Service with a `healthCheckNodePort`, at which load balancers learn whether this node has endpoints.
 * https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip
 */
export class HealthCheckPorts {
  readonly #checks = new Map<number, HealthCheck>();
  readonly #listening: number[];

  /** @param listening the sockets that the process serves; kept up to date. */
  constructor(listening: number[]) {
    this.#listening = listening;
  }

  /** Opens and closes ports. Returns what could not be opened. */
  update(process: Process, state: ProxyState): readonly string[] {
    const wanted = localEndpointCounts(state);
    for (const [port, { fd }] of this.#checks) {
      if (wanted.has(port)) continue;
      process.close(fd);
      this.#listening.splice(this.#listening.indexOf(fd), 1);
      this.#checks.delete(port);
    }
    const problems: string[] = [];
    for (const [port, { service, localEndpoints }] of wanted) {
      const fd = this.#checks.get(port)?.fd ?? this.#listen(process, port);
      if (typeof fd === 'number') this.#checks.set(port, { fd, service, localEndpoints });
      else problems.push(`Failed to start healthcheck: listen tcp :${port}: ${fd.message.toLowerCase()}`);
    }
    return problems;
  }

  /** Undefined when the port is none of these. */
  answer(port: number, proxyHealthy: boolean): HttpServerResponse | undefined {
    const check = this.#checks.get(port);
    if (check === undefined) return undefined;
    const [namespace, name] = check.service.split('/');
    const { localEndpoints } = check;
    return {
      status: localEndpoints > 0 && proxyHealthy ? 200 : 503,
      headers: {
        'Content-Type': 'application/json',
        'X-Content-Type-Options': 'nosniff',
        'X-Load-Balancing-Endpoint-Weight': String(localEndpoints),
      },
      body: `${JSON.stringify({ service: { namespace, name }, localEndpoints, serviceProxyHealthy: proxyHealthy }, null, '\t')}\n`,
    };
  }

  #listen(process: Process, port: number): number | Errno {
    try {
      const fd = process.listen(port);
      this.#listening.push(fd);
      return fd;
    } catch (error) {
      if (error instanceof Errno) return error;
      throw error;
    }
  }
}

function localEndpointCounts({ services, endpoints }: ProxyState): Map<number, Omit<HealthCheck, 'fd'>> {
  const found = new Map<number, Omit<HealthCheck, 'fd'>>();
  for (const { name, healthCheckNodePort } of services) {
    if (healthCheckNodePort === 0) continue;
    const ready = (endpoints.get(name) ?? []).filter((endpoint) => endpoint.local && endpoint.ready);
    const localEndpoints = Math.max(found.get(healthCheckNodePort)?.localEndpoints ?? 0, ready.length);
    found.set(healthCheckNodePort, { service: name.split(':')[0]!, localEndpoints });
  }
  return found;
}
