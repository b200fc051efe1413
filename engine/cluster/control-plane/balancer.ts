import type { ApiHandler, StartWatch } from '../../api/request.ts';
import type { Host } from '../../linux/host.ts';
import { hash32 } from '../../sim/index.ts';
import type { ApiEndpoint, ServerAddress } from '../component/api-endpoint.ts';
import type { Backend } from './control-planes.ts';

/**
 * What stands before the API servers of a control plane (`controlPlaneEndpoint`), as haproxy does with `balance source` and
 * `option redispatch`: a client always gets to the same server, and to the next one while that does not answer or is not healthy. It
 * is no machine of the cluster's and never fails. Where none is healthy it lets clients through to one that answers, who then hear why.
 * https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/#create-load-balancer-for-kube-apiserver
 */
export class Balancer implements ApiEndpoint {
  readonly hostPort: string;
  readonly #backends: () => readonly Backend[];

  constructor(hostPort: string, backends: () => readonly Backend[]) {
    this.hostPort = hostPort;
    this.#backends = backends;
  }

  dial(from: Host): ApiHandler | undefined {
    return this.#choose(from)?.dial(from);
  }

  stream(from: Host, start: StartWatch): StartWatch {
    return this.#choose(from)?.stream(from, start) ?? start;
  }

  /** The connection is taken, and ends. */
  dialError(): string {
    return 'EOF';
  }

  #choose(from: Host): ServerAddress<ApiHandler> | undefined {
    const backends = this.#backends();
    const first = (hash32(from.name, 0) >>> 0) % backends.length;
    const inTurn = [...backends.slice(first), ...backends.slice(0, first)].filter(
      ({ apiServer }) => apiServer.dial(from) !== undefined,
    );
    return (inTurn.find((each) => each.isHealthy()) ?? inTurn[0])?.apiServer;
  }
}
