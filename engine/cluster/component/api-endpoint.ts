import type { ApiHandler, StartWatch, UserInfo } from '../../api/request.ts';
import { resumable } from '../../client/pending-requests.ts';
import { ConnectionError, type Transport } from '../../client/transport.ts';
import type { Host } from '../../linux/host.ts';

/** Whether two machines can talk; a fault may say no. */
export type Reachability = (from: Host, to: Host) => boolean;

/**
 * The address at which a component serves, as its clients see it: somebody answers there, or nobody does.
 * In-process requests carry plain objects, so this stands where TLS and HTTP/2 stand in a real cluster; that a server
 * is down, its machine is off or the network is cut is felt here exactly as there.
 */
export class ServerAddress<Server> {
  readonly hostPort: string;
  readonly #host: Host;
  readonly #reachable: Reachability;
  #server: Server | undefined;
  /** Streams that end when the network between is cut. */
  readonly #streams = new Set<{ readonly from: Host; end(): void }>();

  constructor(host: Host, hostPort: string, reachable: Reachability) {
    this.#host = host;
    this.hostPort = hostPort;
    this.#reachable = reachable;
  }

  /** Begins to serve; the returned function ends it. */
  serve(server: Server): () => void {
    this.#server = server;
    return () => {
      if (this.#server === server) this.#server = undefined;
    };
  }

  /** What answers, or undefined. */
  dial(from: Host): Server | undefined {
    return this.#host.running && from.running && this.#reachable(from, this.#host) ? this.#server : undefined;
  }

  /**
   * The stream as a client on this machine has it. When the network is cut it ends at once (a real client hears nothing for
   * most of a minute before it gives up).
   */
  stream(from: Host, start: StartWatch): StartWatch {
    return (sink) => {
      if (sink.outside === true) return start(sink);
      let stop = (): void => {};
      const stream = {
        from,
        end: () => {
          stop();
          sink.end();
        },
      };
      const end = (): void => {
        this.#streams.delete(stream);
        sink.end();
      };
      this.#streams.add(stream);
      stop = start({ event: (event) => sink.event(event), end });
      return () => {
        this.#streams.delete(stream);
        stop();
      };
    };
  }

  /** Machines hear each other no more, or again. */
  networkChanged(): void {
    for (const stream of [...this.#streams]) {
      if (this.#reachable(stream.from, this.#host)) continue;
      this.#streams.delete(stream);
      stream.end();
    }
  }

  /** Why nothing answers, in the words of Go's dialer. */
  dialError(from: Host): string {
    const cut = !this.#host.running || !this.#reachable(from, this.#host);
    return `dial tcp ${this.hostPort}: connect: ${cut ? 'no route to host' : 'connection refused'}`;
  }
}

/** Where requests to the API go: an API server, or what stands before several. */
export type ApiEndpoint = Pick<ServerAddress<ApiHandler>, 'hostPort' | 'dial' | 'stream' | 'dialError'>;

/** All places at which an API server answers. */
export interface ApiServers {
  /** Where the cluster is for whoever is not told otherwise. */
  readonly main: ApiEndpoint;
  /** Undefined for what is no machine's address. */
  at(hostPort: string): ApiEndpoint | undefined;
}

/**
 * A component's way to the API server, from this machine and as this user unless a request names another or brings a token. What
 * cannot be answered at once ends in RequestPending, and is to be asked again.
 */
export function connectApiServer(address: ApiEndpoint, from: Host, user: UserInfo): Transport {
  return resumable(openApiServer(address, from, user), from.sim);
}

/** The same for whoever can wait: answers may come `later`. */
export function openApiServer(address: ApiEndpoint, from: Host, user: UserInfo): Transport {
  const sourceIp = addressOf(from);
  return (request) => {
    const handle = address.dial(from);
    if (handle === undefined) throw new ConnectionError(address.dialError(from));
    const hasToken = request.headers?.['authorization'] !== undefined;
    const response = handle(request.user !== undefined || hasToken ? request : { ...request, user }, sourceIp);
    const { watch, later } = response;
    if (watch !== undefined) return { ...response, watch: address.stream(from, watch) };
    if (later === undefined) return response;
    // Whatever a server says that has ended meanwhile, or that is out of reach, does not come through.
    const hears = () => address.dial(from) === handle;
    return {
      ...response,
      later: (listener, lost) =>
        later((answer) => {
          if (lost === undefined || hears()) listener(answer);
          else lost();
        }),
    };
  };
}

/** Of its first interface beside `lo`. */
function addressOf({ root }: Host): string | undefined {
  return root.networkInterfaces().find(({ name }) => name !== 'lo')?.addresses[0]?.address;
}

/**
 * The same by the URL of a kubeconfig, which may name a place where nobody serves.
 *
 * @param server absent: wherever the API server is
 */
export function connectServer(servers: ApiServers, from: Host, user: UserInfo, server: string | undefined): Transport {
  const { main } = servers;
  const asked = server === undefined ? main.hostPort : hostPortOf(server);
  const address = asked === main.hostPort ? main : servers.at(asked);
  if (address !== undefined) return connectApiServer(address, from, user);
  const [host = ''] = asked.split(/:(?=\d+$)/);
  const isAddress = /^[\d.]+$|^\[|^localhost$/.test(host);
  return () => {
    throw new ConnectionError(
      isAddress
        ? `dial tcp ${asked.replace('localhost', '127.0.0.1')}: connect: connection refused`
        : `dial tcp: lookup ${host}: no such host`,
    );
  };
}

/** `10.0.0.10:6443` of a URL, with the scheme's port when it names none. */
export function hostPortOf(server: string): string {
  const [, scheme = 'http', host = ''] = /^(?:(\w+):\/\/)?([^/]*)/.exec(server) ?? [];
  return /:\d+$/.test(host) ? host : `${host}:${scheme === 'https' ? 443 : 80}`;
}
