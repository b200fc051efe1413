import type { ProxyEndpoint } from '../kube-proxy/endpoints.ts';
import { ChainNames } from '../kube-proxy/iptables/chain-names.ts';
import { iptablesRules } from '../kube-proxy/iptables/rules.ts';
import type { ServicePort } from '../kube-proxy/service-port.ts';
import { createFabric, createHost } from '../linux/index.ts';
import { restore } from '../linux/net/netfilter/save-format.ts';
import type { NetNamespace } from '../linux/net/network-namespace.ts';
import { Simulation } from '../sim/index.ts';

// node engine/bench/services.ts
// What Services cost in the mode iptables: making and restoring the rules, and a connection's first packet on its way
// through them. Both grow with the number of Services, which is why there are other modes.

const CLIENT_PORT = 40_000;
const CONNECTIONS_MS = 500;
const JUMPS = '*nat\n-I OUTPUT -j KUBE-SERVICES\n-I POSTROUTING -j KUBE-POSTROUTING\nCOMMIT\n';

function service(index: number): ServicePort {
  return {
    name: `default/service-${index}:http`,
    protocol: 'tcp',
    clusterIp: `10.${96 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`,
    port: 80,
    nodePort: 0,
    externalIps: [],
    loadBalancerIps: [],
    sourceRanges: [],
    externalLocal: false,
    internalLocal: false,
    affinitySeconds: undefined,
    healthCheckNodePort: 0,
  };
}

function endpoint(ip: string): ProxyEndpoint {
  const hints = { zoneHints: [], nodeHints: [] };
  return { ip, port: 80, text: `${ip}:80`, local: false, ready: true, serving: true, terminating: false, ...hints };
}

function milliseconds(body: () => void): number {
  const start = performance.now();
  body();
  return performance.now() - start;
}

function measure(count: number): void {
  const sim = new Simulation({ seed: 'bench' });
  const fabric = createFabric(sim);
  const addresses = [{ interface: 'eth0', address: '10.0.0.11', prefixLength: 24 }] as const;
  createHost({ sim, name: 'node-1', fabric, addresses, cpuMillis: 1000, memoryBytes: 2 ** 30, root: {} });
  const node = fabric.machineOf('node-1') as NetNamespace;
  const services = Array.from({ length: count }, (_, index) => service(index));
  const endpoints = new Map(
    services.map(({ name }, at) => [name, [1, 2, 3].map((n) => endpoint(`10.244.${n}.${at % 250}`))]),
  );
  const names = new ChainNames();
  const make = () =>
    iptablesRules({
      services,
      endpoints,
      topology: { nodeName: 'node-1', zone: undefined },
      settings: {
        masqueradeMark: 0x4000,
        masqueradeAll: false,
        podTraffic: { is: '-s 10.244.0.0/16', isNot: '! -s 10.244.0.0/16' },
        localhostNodePorts: true,
        nodePortAddresses: undefined,
        nodeIp: '10.0.0.11',
        scheduler: 'rr',
      },
      names,
      oldChains: [],
    }).text;
  const firstMs = milliseconds(make);
  let text = '';
  const againMs = milliseconds(() => {
    text = make();
  });
  const { ruleset, conntrack } = node.netfilter();
  const load = () => restore(ruleset, text, { flush: false, counters: true });
  load();
  const restoreMs = milliseconds(load);
  restore(ruleset, JUMPS, { flush: false, counters: true });
  let connections = 0;
  const start = performance.now();
  while (performance.now() - start < CONNECTIONS_MS) {
    const target = services[connections % count]!;
    fabric.carry(node, {
      protocol: 'tcp',
      bytes: 60,
      source: { address: '10.0.0.11', port: CLIENT_PORT },
      destination: { address: target.clusterIp, port: 80 },
      mark: 0,
      inInterface: '',
      outInterface: '',
      state: 'NEW',
      translated: false,
    });
    connections++;
    conntrack.clear();
  }
  const perSecond = Math.round((connections * 1000) / (performance.now() - start));
  const figures = [
    `${text.split('\n-A ').length - 1} rules`,
    `first text ${firstMs.toFixed(1)} ms`,
    `again ${againMs.toFixed(1)} ms`,
    `restore ${restoreMs.toFixed(1)} ms`,
    `${perSecond} connections/s`,
  ];
  console.log(`${String(count).padStart(6)} Services: ${figures.join(', ')}`);
}

for (const count of [10, 1000, 10_000]) measure(count);
