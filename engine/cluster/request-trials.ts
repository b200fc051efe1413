import type { Host } from '../linux/host.ts';
import type { Fabric } from '../linux/index.ts';
import { mainProcess } from './faults.ts';
import type { NodeMachine } from './node/node-machine.ts';
import type { RequestFollower } from './requests/index.ts';
import type { RequestFilter, RequestPath, RequestProbe } from './requests/request-path.ts';

/** Past its own time-out, for name look-ups that nobody answers. */
const SLACK_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 5000;

/** What became of requests, and of one that is tried. */
export class RequestTrials {
  readonly #fabric: Fabric;
  readonly #follower: () => RequestFollower;
  readonly #nodes: readonly NodeMachine[];
  readonly #hosts: ReadonlyMap<string, Host>;

  constructor(
    fabric: Fabric,
    follower: () => RequestFollower,
    nodes: readonly NodeMachine[],
    hosts: ReadonlyMap<string, Host>,
  ) {
    this.#fabric = fabric;
    this.#follower = follower;
    this.#nodes = nodes;
    this.#hosts = hosts;
  }

  past(filter: RequestFilter): readonly RequestPath[] {
    return this.#follower().describe(this.#fabric.flows.flows, this, filter);
  }

  isNode(hostName: string): boolean {
    return this.#nodes.some(({ host }) => host.name === hostName);
  }

  /** Sends the request and lets the cluster run until something has come of it. */
  run(probe: RequestProbe): RequestPath {
    const { flows, sim } = this.#fabric;
    const { host, pid } = this.#whereFrom(probe.from);
    const before = flows.flows.at(-1)?.number ?? 0;
    const running = this.#follower().startProbe(host, probe, pid);
    sim.runUntil(() => running.done, (probe.timeoutMs ?? DEFAULT_TIMEOUT_MS) + SLACK_MS);
    const since = flows.flows.filter(({ number }) => number > before);
    return this.#follower().outcome(since, probe, running.pid, this);
  }

  #whereFrom(from: RequestProbe['from']): { readonly host: Host; readonly pid?: number } {
    if (typeof from === 'string') {
      const host = this.#hosts.get(from);
      if (host === undefined) throw new Error(`there is no machine "${from}"`);
      return { host };
    }
    const { pod, namespace = 'default', container } = from;
    for (const machine of this.#nodes) {
      const pid = mainProcess(machine, { pod, namespace, container });
      if (pid !== undefined) return { host: machine.host, pid };
    }
    throw new Error(`no running container of Pod "${namespace}/${pod}"`);
  }
}
