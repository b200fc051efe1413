import { bootCluster } from '../../cluster/boot.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import type { ClusterOptions } from '../../cluster/options.ts';
import { allTools } from '../../cluster/tools/all-tools.ts';
import type { WorkstationTools } from '../../cluster/workstation-tools.ts';
import { type Fault, faultyTransport } from './fault.ts';
import { COMMAND_LIMIT_MS, type Outcome, type Side } from './side.ts';

/** Our kubectl, a program on the workstation. */
export class OurSide implements Side {
  readonly #cluster: Cluster;
  #fault: Fault | undefined;

  constructor(options: ClusterOptions) {
    const kubectl: WorkstationTools['kubectl'] = (connect, release) =>
      allTools.kubectl((server) => faultyTransport(connect(server), () => this.#fault), release);
    this.#cluster = bootCluster(options, { ...allTools, kubectl });
  }

  setFault(fault: Fault | undefined): void {
    this.#fault = fault;
  }

  get nowMs(): number {
    return this.#cluster.sim.nowMs;
  }

  passTo(timeMs: number): void {
    if (timeMs > this.nowMs) this.#cluster.sim.runFor(timeMs - this.nowMs);
  }

  async run(line: string): Promise<Outcome> {
    const outcome = this.#cluster.run('workstation', ['bash', '-c', line], COMMAND_LIMIT_MS);
    return outcome ?? { stdout: '', stderr: `not ended after ${COMMAND_LIMIT_MS / 1000} s\n`, exitCode: -1 };
  }

  async close(): Promise<void> {}
}
