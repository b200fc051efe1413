import { Errno } from '../../linux/errno.ts';
import { runCommand } from '../../linux/run-command.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { cleanOtherModes } from '../cleanup.ts';
import type { Figure, Proxier } from '../proxier.ts';
import type { ProxyState } from '../proxy-state.ts';
import type { ServicePort } from '../service-port.ts';
import { PortBalancer } from './port-balancer.ts';
import { proxyConnections, proxyDatagrams } from './port-proxy.ts';
import { type ProxiedPort, userspaceRules } from './rules.ts';

/** What serves for one Service port. */
interface PortProxy {
  readonly pid: number;
  readonly port: number;
  readonly balancer: PortBalancer;
}

/**
 * The first kube-proxy, which Kubernetes 1.26 took out: it is on every packet's way. For each Service port there is a port
 * of the node and a process that takes connections and makes others to the endpoints, each in turn; one that does not
 * answer is passed over. Servers see the node as their client; traffic policies and source ranges came after it.
 */
export class UserspaceProxier implements Proxier {
  readonly mode = 'userspace';
  readonly #proxies = new Map<string, PortProxy>();
  #begun = false;
  #rules = '';
  #failures = 0;

  *sync(process: Process, state: ProxyState): Task<string | undefined> {
    const found = this.#begun ? undefined : yield* cleanOtherModes(process, this.mode);
    const ports: ProxiedPort[] = [];
    const wanted = new Set<string>();
    let problem: string | undefined;
    for (const service of state.services) {
      if (service.protocol === 'sctp') continue;
      const key = `${service.name} ${service.protocol}`;
      wanted.add(key);
      const proxy = this.#proxies.get(key) ?? start(process, service);
      if (typeof proxy === 'string') {
        problem ??= `failed to start proxy for ${service.name}: ${proxy}`;
        continue;
      }
      this.#proxies.set(key, proxy);
      const ready = (state.endpoints.get(service.name) ?? []).filter((endpoint) => endpoint.ready);
      const usable =
        ready.length > 0 ? ready : (state.endpoints.get(service.name) ?? []).filter(({ serving }) => serving);
      proxy.balancer.update(usable, service.affinitySeconds);
      ports.push({ service, proxyPort: proxy.port });
    }
    for (const [key, proxy] of this.#proxies) {
      if (wanted.has(key)) continue;
      this.#proxies.delete(key);
      yield* end(process, proxy);
    }
    return (yield* this.#write(process, ports, state.settings.nodeIp, found)) ?? problem;
  }

  /** @param found what there was in the table nat, at the first sync */
  *#write(
    process: Process,
    ports: readonly ProxiedPort[],
    nodeIp: string,
    found: string | undefined,
  ): Task<string | undefined> {
    const jumps = found !== undefined && !found.includes('-j KUBE-PORTALS-CONTAINER');
    const text = userspaceRules(ports, nodeIp, jumps);
    if (this.#begun && text === this.#rules) return undefined;
    const { exitCode, stderr } = yield* runCommand(process, ['iptables-restore', '-w', '5', '--noflush'], text);
    this.#begun = exitCode === 0;
    this.#rules = text;
    if (exitCode === 0) return undefined;
    this.#failures++;
    return `failed to execute iptables-restore: exit status ${exitCode} (${stderr.trim()})`;
  }

  *check(process: Process): Task<boolean> {
    if (!this.#begun) return true;
    const chain = ['iptables', '-w', '5', '-S', 'KUBE-PORTALS-CONTAINER', '-t', 'nat'];
    if ((yield* runCommand(process, chain)).exitCode === 0) return true;
    this.#begun = false;
    return false;
  }

  get figures(): readonly Figure[] {
    return [
      {
        name: 'kubeproxy_sync_proxy_rules_iptables_restore_failures_total',
        type: 'counter',
        help: 'Cumulative proxy iptables restore failures',
        samples: [{ value: this.#failures }],
      },
    ];
  }
}

/** Opens a port, any that is free, and leaves it to a process. Returns why not where the machine has no more of either. */
function start(process: Process, { protocol }: ServicePort): PortProxy | string {
  const balancer = new PortBalancer();
  let fd: number | undefined;
  try {
    fd = protocol === 'tcp' ? process.listen(0) : process.openDatagram();
    const { port } = process.localAddress(fd);
    const serve = protocol === 'tcp' ? proxyConnections : proxyDatagrams;
    const pid = process.fork(
      function* (child): Task<number> {
        for (const signal of ['TERM', 'INT', 'URG'] as const) child.setSignalAction(signal, 'default');
        return yield* serve(child, 0, balancer);
      },
      { fds: { 0: fd, 1: 1, 2: 2 } },
    );
    return { pid, port, balancer };
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return error.message.toLowerCase();
  } finally {
    if (fd !== undefined) process.close(fd);
  }
}

function* end(process: Process, { pid }: PortProxy): Task<void> {
  try {
    process.kill(pid, 'TERM');
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  yield* process.waitpid(pid);
}
