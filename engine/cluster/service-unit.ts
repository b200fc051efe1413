import type { Host } from '../linux/host.ts';
import type { Program } from '../linux/syscalls.ts';
import type { Timer } from '../sim/index.ts';

/** A service that the machine keeps running, as a systemd unit with `Restart=always`. */
export interface ServiceUnit {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly program: Program;
  /** How long after its end the process is started again; absent for what runs once (`Type=oneshot`). */
  readonly restartDelayMs?: number;
}

/**
 * Starts the machine's services at power-on and again whenever one ends: what systemd does for containerd and the
 * kubelet. https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/kubelet-integration/
 */
export class ServiceSupervisor {
  readonly #host: Host;
  readonly #units: readonly ServiceUnit[];
  readonly #pending = new Set<Timer>();
  #stopping = false;

  constructor(host: Host, units: readonly ServiceUnit[]) {
    this.#host = host;
    this.#units = units;
  }

  /** At power-on: everything, in order. */
  startAll(): void {
    this.#stopping = false;
    for (const unit of this.#units) this.#start(unit);
  }

  /** At power-off: what was about to be restarted is not. */
  forgetRestarts(): void {
    for (const timer of this.#pending) timer.cancel();
    this.#pending.clear();
  }

  /** At shutdown: what ends from now on stays ended. */
  stopRestarting(): void {
    this.#stopping = true;
    this.forgetRestarts();
  }

  #start(unit: ServiceUnit): void {
    if (!this.#host.running || this.#stopping) return;
    this.#host.spawn({
      run: unit.program,
      argv: [unit.path, ...unit.args],
      onExit: () => this.#restartLater(unit),
    });
  }

  #restartLater(unit: ServiceUnit): void {
    const { restartDelayMs } = unit;
    if (!this.#host.running || this.#stopping || restartDelayMs === undefined) return;
    const timer = this.#host.sim.schedule(restartDelayMs, `restart ${unit.name}`, () => {
      this.#pending.delete(timer);
      this.#start(unit);
    });
    this.#pending.add(timer);
  }
}
