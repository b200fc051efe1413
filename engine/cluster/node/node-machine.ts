import type { Taint } from '../../api/kinds.ts';
import type { Transport } from '../../client/transport.ts';
import { createBridgePlugin } from '../../cni/index.ts';
import type { Registry } from '../../containerd/image.ts';
import { type Containerd, createContainerd, serveCriSocket } from '../../containerd/index.ts';
import type { Kubelet } from '../../kubelet/index.ts';
import type { FileTree, Host } from '../../linux/host.ts';
import { klogLine } from '../../linux/programs/go/runtime.ts';
import type { PowerAction } from '../../linux/programs/systemd/port.ts';
import type { Program } from '../../linux/syscalls.ts';
import type { ServerAddress } from '../component/api-endpoint.ts';
import { SSH_UNIT } from '../machines/ssh-server.ts';
import { serviceManager } from '../systemd/service-manager.ts';
import { ServiceSupervisor } from '../systemd/service-supervisor.ts';
import type { ServiceUnit, UnitTools } from '../systemd/service-unit.ts';
import type { Release } from '../versions.ts';
import { KUBELET_ARGS, KUBELET_DROP_IN } from './kubelet-drop-in.ts';
import { type KubeletProgramOptions, type KubeletServer, kubeletProgram } from './kubelet-program.ts';
import type { LateKubeletParts } from './late-kubelet-parts.ts';

export interface NodeMachineOptions extends LateKubeletParts {
  readonly host: Host;
  readonly address: string;
  /** Of the kubelet that it begins with. */
  readonly release: Release;
  readonly registry: Registry;
  /** As the node's own user, to the URL of its kubeconfig. */
  readonly connect: (server: string) => Transport;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Images that are on the machine before it joins. */
  readonly preloaded: readonly string[];
  readonly kubeletAddress: ServerAddress<KubeletServer>;
  readonly unitTools: UnitTools;
  /** `kubeadm init` where the cluster was begun, `kubeadm join` elsewhere. */
  readonly kubeadm: { readonly phase: 'init' | 'join'; readonly program: Program };
  /** What makes load balancers; only where the cluster was begun. */
  readonly cloudController?: Program;
}

const KUBELET = '/usr/bin/kubelet';

/** systemd's RestartSec of the units that kubeadm's packages install. */
const KUBELET_RESTART_MS = 10_000;
const CONTAINERD_RESTART_MS = 5_000;

const INIT = 1;
/** systemd's DefaultTimeoutStopSec. */
const STOP_TIMEOUT_MS = 90_000;
const STOP_LOOK_MS = 500;
/** From the power to the services. */
const BOOT_MS = 15_000;

/** A machine that is a node: containerd and the kubelet as services that are kept running. */
export class NodeMachine {
  readonly host: Host;
  readonly runtime: Containerd;
  readonly #options: NodeMachineOptions;
  readonly #supervisor: ServiceSupervisor;
  /** The one that runs now. */
  #kubelet: Kubelet | undefined;
  readonly #manager: Program;
  #shuttingDown = false;
  /** Whether it comes back after it has gone down. */
  #reboots = false;

  constructor(options: NodeMachineOptions) {
    const { host, registry } = options;
    this.host = host;
    this.#options = options;
    this.runtime = createContainerd({
      host,
      registry,
      cni: createBridgePlugin(host),
      preloadedImages: options.preloaded,
    });
    host.unpack(this.kubeletFiles(options.release));
    const units = this.#units();
    this.#supervisor = new ServiceSupervisor(host, units, options.unitTools);
    this.#manager = serviceManager(host, this.#supervisor, { turnOff: (action) => this.#turnOff(action) });
    this.#startServices();
  }

  #startServices(): void {
    this.#supervisor.startAll();
    this.host.spawn({ run: this.#manager, argv: ['/lib/systemd/systemd-logind'] });
  }

  /** What `shutdown`, `reboot` and their kin ask for. A machine that has been halted is off to everybody. */
  #turnOff(action: PowerAction): void {
    if (!this.host.running || this.#shuttingDown) return;
    this.#reboots = action === 'reboot';
    this.shutDown();
  }

  powerOff(): void {
    if (!this.host.running) throw new Error(`${this.host.name} is already off`);
    this.#supervisor.forgetRestarts();
    this.#shuttingDown = false;
    this.#reboots = false;
    this.host.powerOff();
  }

  /** After a shutdown: off for good, or until it has booted again. */
  #goDown(): void {
    const reboots = this.#reboots;
    this.powerOff();
    if (!reboots) return;
    this.host.sim.schedule(BOOT_MS, `boot ${this.host.name}`, () => {
      if (!this.host.running) this.powerOn();
    });
  }

  /**
   * Shuts the machine down in order: the kubelet ends Pods if it is configured to, then every process gets TERM and some
   * time, then the power goes. What the kubelet does not end has no say: the API server hears nothing of it.
   * https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/
   */
  shutDown(): void {
    if (!this.host.running) throw new Error(`${this.host.name} is already off`);
    if (this.#shuttingDown) throw new Error(`${this.host.name} is already shutting down`);
    this.#shuttingDown = true;
    const stop = (): void => this.#stopProcesses();
    if (this.#kubelet === undefined) stop();
    else this.#kubelet.shutDown(stop);
  }

  #stopProcesses(): void {
    const { host } = this;
    this.#supervisor.stopRestarting();
    const isLeft = (): boolean => host.processes().some(({ hostPid }) => hostPid !== INIT);
    for (const { hostPid } of host.processes()) {
      // What hangs on a terminal may end with the process that held it.
      if (hostPid !== INIT && host.processes().some((left) => left.hostPid === hostPid)) host.kill(hostPid, 'TERM');
    }
    const deadlineMs = host.sim.nowMs + STOP_TIMEOUT_MS;
    const look = (): void => {
      if (!host.running) return;
      if (isLeft() && host.sim.nowMs < deadlineMs) host.sim.schedule(STOP_LOOK_MS, `shutdown ${host.name}`, look);
      else this.#goDown();
    };
    host.sim.schedule(STOP_LOOK_MS, `shutdown ${host.name}`, look);
  }

  powerOn(): void {
    if (this.host.running) throw new Error(`${this.host.name} is already on`);
    this.host.powerOn();
    this.#startServices();
  }

  #units(): readonly ServiceUnit[] {
    const { kubeadm, cloudController } = this.#options;
    return [
      {
        name: 'containerd',
        description: 'containerd container runtime',
        documentation: 'https://containerd.io',
        path: '/usr/bin/containerd',
        args: [],
        program: containerdProgram(this.runtime),
        restartDelayMs: CONTAINERD_RESTART_MS,
      },
      {
        name: 'kubelet',
        description: 'kubelet: The Kubernetes Node Agent',
        documentation: 'https://kubernetes.io/docs/',
        path: KUBELET,
        args: KUBELET_ARGS,
        dropIn: { name: '10-kubeadm.conf', text: KUBELET_DROP_IN },
        restartDelayMs: KUBELET_RESTART_MS,
      },
      {
        name: 'kubeadm',
        description: `kubeadm ${kubeadm.phase}, once`,
        documentation: 'https://kubernetes.io/docs/reference/setup-tools/kubeadm/',
        path: '/usr/bin/kubeadm',
        args: [kubeadm.phase],
        program: kubeadm.program,
      },
      ...(cloudController === undefined
        ? []
        : [
            {
              name: 'cloud-controller-manager',
              description: 'Cloud controller manager',
              documentation: 'https://kubernetes.io/docs/concepts/architecture/cloud-controller/',
              path: '/usr/local/bin/cloud-controller-manager',
              args: ['--cloud-provider=drydock'],
              program: cloudController,
              restartDelayMs: CONTAINERD_RESTART_MS,
            },
          ]),
      SSH_UNIT,
    ];
  }

  /** What the kubelet's package of a release puts on this machine. */
  kubeletFiles(release: Release): FileTree {
    const options = { ...this.#options, release, runtime: this.runtime, ...this.#kubeletTies() };
    return { [KUBELET]: { program: kubeletProgram(options), size: 59_199_780 } };
  }

  #kubeletTies(): Pick<KubeletProgramOptions, 'log' | 'runs'> {
    return {
      log: (pid, place, text) => {
        this.#supervisor.log('kubelet', klogLine('E', this.host.sim.wallMs, pid, place, text));
      },
      runs: (kubelet) => {
        this.#kubelet = kubelet;
      },
    };
  }
}

/** The containerd process: the runtime answers while it lives. */
function containerdProgram(runtime: Containerd): Program {
  return function* (process) {
    const stopServing = runtime.serve();
    try {
      yield* serveCriSocket(process, runtime);
      return 0;
    } finally {
      stopServing();
    }
  };
}
