import { runCommand } from '../linux/run-command.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import type { ProxyState } from './proxy-state.ts';
import type { ServicePort } from './service-port.ts';

/** Where flows were sent to, as they were addressed; without an address any. */
interface StaleFlow {
  readonly address: string | undefined;
  readonly port: number;
}

/**
 * UDP has no beginning: the kernel keeps sending what looks like the same flow to where it went before, even when that
 * endpoint has gone, or when there was none. Those flows have to be forgotten after the rules have changed.
 * After pkg/proxy/conntrack/cleanup.go, which forgets only flows to the endpoints that have gone.
 */
export function staleFlows(before: ProxyState, now: ProxyState): readonly StaleFlow[] {
  const kept = new Map(now.services.map((service) => [service.name, service]));
  return before.services
    .filter(({ protocol }) => protocol === 'udp')
    .filter((service) => {
      const next = kept.get(service.name);
      return next?.clusterIp !== service.clusterIp || hasChanged(service, before, now);
    })
    .flatMap(addressed);
}

function hasChanged({ name }: ServicePort, before: ProxyState, now: ProxyState): boolean {
  const usable = ({ endpoints }: ProxyState) =>
    (endpoints.get(name) ?? []).filter(({ ready, serving }) => ready || serving).map(({ text }) => text);
  const [old, current] = [usable(before), new Set(usable(now))];
  return old.length === 0 ? current.size > 0 : old.some((text) => !current.has(text));
}

function addressed({ clusterIp, externalIps, loadBalancerIps, port, nodePort }: ServicePort): readonly StaleFlow[] {
  const byAddress = [clusterIp, ...externalIps, ...loadBalancerIps].map((address) => ({ address, port }));
  return nodePort === 0 ? byAddress : [...byAddress, { address: undefined, port: nodePort }];
}

/** Lets the kernel forget the flows that what has changed has made stale. */
export function* forgetFlows(process: Process, before: ProxyState, now: ProxyState): Task<void> {
  for (const { address, port } of staleFlows(before, now)) {
    const to = address === undefined ? [] : ['-d', address];
    // Exits with 1 when there is none.
    yield* runCommand(process, ['conntrack', '-D', '-p', 'udp', ...to, '--dport', String(port)]);
  }
}
