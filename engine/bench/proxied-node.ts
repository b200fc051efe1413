import type { ProxyMode } from '../kube-proxy/configuration.ts';
import type { ProxyEndpoint } from '../kube-proxy/endpoints.ts';
import { IptablesProxier } from '../kube-proxy/iptables/iptables-proxier.ts';
import { otherModes } from '../kube-proxy/other-modes.ts';
import type { Proxier } from '../kube-proxy/proxier.ts';
import type { ProxyState } from '../kube-proxy/proxy-state.ts';
import type { ServicePort } from '../kube-proxy/service-port.ts';
import { createFabric, createHost, type FileTree, type Process } from '../linux/index.ts';
import type { NetNamespace } from '../linux/net/network-namespace.ts';
import { allPrograms } from '../linux/programs/all-programs.ts';
import { Simulation, type Task } from '../sim/index.ts';

// Two machines: one with a proxier in some mode, without a cluster around it, and one where everybody is served.

const NODE_ADDRESS = '10.0.0.11';
const SERVER_ADDRESS = '10.0.0.12';
const SERVER_PORTS = [8080, 8081, 8082];
const HELD_BY_ONE = 500;
/** Where the endpoint serves that comes later. */
const ANOTHER_PORT = 8083;
const TOOLS = ['iptables', 'iptables-save', 'iptables-restore', 'conntrack', 'nft', 'ipset', 'ipvsadm'] as const;

/** A node with so many Services, of three endpoints each. */
export class ProxiedNode {
  readonly sim = new Simulation({ seed: 'bench' });
  readonly #fabric = createFabric(this.sim);
  readonly #node = this.#machine('node-1', NODE_ADDRESS);
  readonly #server = this.#machine('node-2', SERVER_ADDRESS);
  readonly #proxier: Proxier;
  #jobs: ((process: Process) => Task<void>)[] = [];
  #state: ProxyState;

  constructor(mode: ProxyMode, services: number) {
    this.#proxier = mode === 'iptables' ? new IptablesProxier() : otherModes(mode);
    this.#state = stateOf(services);
    const jobs = this.#jobs;
    this.#node.spawn({
      argv: ['kube-proxy'],
      run: function* (process) {
        for (;;) {
          const job = jobs.shift();
          if (job === undefined) yield* process.sleep(1);
          else yield* job(process);
        }
      },
    });
    for (const port of [...SERVER_PORTS, ANOTHER_PORT]) this.#server.spawn({ argv: ['server'], run: acceptAll(port) });
  }

  /** Brings the node in step; once at the beginning, and then after changes. */
  sync(): void {
    let problem: string | undefined = 'the sync has not ended';
    const work = this.#proxier;
    const state = this.#state;
    this.#jobs.push(function* (process) {
      problem = yield* work.sync(process, state);
    });
    while (this.#jobs.length > 0 || problem === 'the sync has not ended') this.sim.runFor(10);
    if (problem !== undefined) throw new Error(problem);
  }

  /** One Service gets an endpoint more. */
  change(): void {
    const { services, endpoints } = this.#state;
    const { name } = services[Math.floor(services.length / 2)]!;
    const more = [...endpoints.get(name)!, endpoint(SERVER_ADDRESS, ANOTHER_PORT)];
    this.#state = { ...this.#state, endpoints: new Map([...endpoints, [name, more]]) };
  }

  /** How many rules a connection to one of the Services is held against on its way out of the node. */
  examined(index: number): number {
    const packet = {
      protocol: 'tcp' as const,
      bytes: 60,
      source: { address: NODE_ADDRESS, port: 40_000 },
      destination: { address: this.#state.services[index]!.clusterIp, port: 80 },
      mark: 0,
      inInterface: '',
      outInterface: '',
      state: 'NEW' as const,
      translated: false,
      examined: 0,
    };
    this.#fabric.carry(this.#fabric.machineOf('node-1') as NetNamespace, packet);
    return packet.examined;
  }

  /** Connects so often, to each Service in turn, and closes again. */
  connect(count: number): void {
    let done = 0;
    let ended = false;
    const { services } = this.#state;
    this.#node.spawn({
      argv: ['client'],
      onExit: () => {
        ended = true;
      },
      run: function* (process) {
        for (; done < count; done++) {
          process.close(yield* process.connect(services[(done * 7919) % services.length]!.clusterIp, 80));
        }
        return 0;
      },
    });
    while (!ended) this.sim.runFor(100);
    if (done < count) throw new Error(`only ${done} of ${count} connections came about`);
  }

  /** Connects so often and keeps the connections, as many in a process as it has descriptors for. */
  hold(count: number): void {
    let done = 0;
    const { services } = this.#state;
    for (let at = 0; at < count; at += HELD_BY_ONE) {
      const share = Math.min(HELD_BY_ONE, count - at);
      this.#node.spawn({
        argv: ['holder'],
        run: function* (process) {
          for (let held = 0; held < share; held++, done++) {
            yield* process.connect(services[done % services.length]!.clusterIp, 80);
          }
          for (;;) yield* process.sleep(3_600_000);
        },
      });
    }
    while (done < count) this.sim.runFor(100);
  }

  #machine(name: string, address: string) {
    const addresses = [{ interface: 'eth0', address, prefixLength: 24 }] as const;
    const machine = { cpuMillis: 8000, memoryBytes: 2 ** 36, root: tools() };
    return createHost({ sim: this.sim, name, fabric: this.#fabric, addresses, ...machine });
  }
}

function tools(): FileTree {
  return Object.fromEntries(TOOLS.map((name) => [`/usr/sbin/${name}`, { program: allPrograms.program(name, 'gnu') }]));
}

function acceptAll(port: number) {
  return function* (process: Process): Task<number> {
    const listening = process.listen(port);
    // Nobody waits for those who drain: as zombies they would use up the machine's pids after some thousand connections.
    process.setSignalAction('CHLD', 'ignore');
    for (;;) {
      const { fd } = yield* process.accept(listening);
      process.fork(drain, { fds: { 0: fd } });
      process.close(fd);
    }
  };
}

function* drain(process: Process): Task<number> {
  while ((yield* process.read(0, 4096)).length > 0);
  return 0;
}

function stateOf(count: number): ProxyState {
  const services = Array.from({ length: count }, (_, index) => servicePort(index));
  const everybody = SERVER_PORTS.map((port) => endpoint(SERVER_ADDRESS, port));
  return {
    services,
    endpoints: new Map(services.map(({ name }) => [name, everybody])),
    topology: { nodeName: 'node-1', zone: undefined },
    settings: {
      masqueradeMark: 0x4000,
      masqueradeAll: false,
      podTraffic: { is: '-s 10.244.0.0/16', isNot: '! -s 10.244.0.0/16' },
      localhostNodePorts: true,
      nodePortAddresses: undefined,
      nodeIp: NODE_ADDRESS,
      scheduler: 'rr',
    },
    serviceCidrs: ['10.96.0.0/12'],
  };
}

function servicePort(index: number): ServicePort {
  return {
    name: `default/service-${index}:http`,
    protocol: 'tcp',
    clusterIp: `10.96.${(index >> 8) & 255}.${index & 255}`,
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

function endpoint(ip: string, port: number): ProxyEndpoint {
  const state = { local: false, ready: true, serving: true, terminating: false };
  return { ip, port, text: `${ip}:${port}`, ...state, zoneHints: [], nodeHints: [] };
}
