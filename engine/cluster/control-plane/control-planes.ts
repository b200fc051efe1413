import type { KeyValue } from '../../etcd/index.ts';
import type { SchedulingDecision } from '../../kube-scheduler/index.ts';
import type { Host } from '../../linux/host.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import type { ApiEndpoint, ApiServers } from '../component/api-endpoint.ts';
import type { EtcdMembers } from '../etcd/etcd-server.ts';
import type { DialEtcd } from '../etcd/etcdctl/session.ts';
import type { Release } from '../versions.ts';
import { ControlPlane, type ControlPlaneSurroundings } from './control-plane.ts';

/** A machine that may have a control plane. */
export interface ControlPlaneMachine {
  readonly host: Host;
  readonly address: string;
}

/** An API server behind a balancer. */
export type Backend = Pick<ControlPlane, 'apiServer' | 'isHealthy'>;

/** The control planes of a cluster: that of the first machine, and those that others have got to run. */
export class ControlPlanes implements ApiServers {
  readonly main: ApiEndpoint;
  /** Of the machine where the cluster was begun. */
  readonly first: ControlPlane;
  readonly #machines: readonly ControlPlaneMachine[];
  readonly #surroundings: ControlPlaneSurroundings;
  readonly #members: () => EtcdMembers;
  readonly #made = new Map<Host, ControlPlane>();

  /** @param endpoint where a balancer stands before them; without one the cluster is at its first machine */
  constructor(
    machines: readonly ControlPlaneMachine[],
    endpoint: string | undefined,
    surroundings: ControlPlaneSurroundings,
  ) {
    this.#machines = machines;
    this.#surroundings = surroundings;
    this.#members = surroundings.etcd.members;
    this.first = this.#on(machines[0]!);
    this.main = endpoint === undefined ? this.first.apiServer : surroundings.late.balancer(endpoint, () => this.#all);
  }

  at(hostPort: string): ApiEndpoint | undefined {
    const machine = this.#machines.find(({ address }) => hostPort === `${address}:6443`);
    return machine && this.#on(machine).apiServer;
  }

  /** etcd's program: that of the machine where it is started. */
  readonly etcd: Program = (process) => this.#of(process).etcd.program(process);

  /** The executables of a release's control-plane images, by name. */
  programs(release: Release): Readonly<Record<string, Program>> {
    const program =
      (name: string): Program =>
      (process) =>
        this.#of(process).programs(release)[name]!(process);
    const names = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'];
    return Object.fromEntries(names.map((name) => [name, program(name)]));
  }

  /** What etcdctl finds at an address. */
  readonly dialEtcd: DialEtcd = (hostPort, process) => {
    const { host, etcd } = this.#of(process);
    const own = etcd.dial(hostPort);
    if (typeof own !== 'string') return own;
    const other = this.#machines.find(({ address }) => hostPort === `${address}:2379`);
    return other === undefined || other.host === host ? own : this.#on(other).etcd.dial(hostPort, host);
  };

  /** What lies in etcd, as it was at a revision or is now, for who looks at the cluster from outside. */
  stored(prefix: string, revision?: number): readonly KeyValue[] {
    return this.#informed.stored(prefix, revision);
  }

  /** Of the last write. */
  get revision(): number {
    return this.#informed.etcd.disk.revision;
  }

  /** How a scheduler that runs now came to the last decision about a Pod. */
  explain(namespace: string, name: string): SchedulingDecision | undefined {
    const decisions = this.#all.flatMap(({ scheduler }) => scheduler.explain(namespace, name) ?? []);
    return decisions.reduce<SchedulingDecision | undefined>(
      (last, each) => (last === undefined || each.atMs >= last.atMs ? each : last),
      undefined,
    );
  }

  /** Machines hear each other no more, or again. */
  networkChanged(): void {
    for (const { apiServer } of this.#all) apiServer.networkChanged();
    if (this.#made.size > 1) this.#members().networkChanged();
  }

  get #all(): readonly ControlPlane[] {
    return [...this.#made.values()];
  }

  /** The one that knows most. */
  get #informed(): ControlPlane {
    return this.#all.reduce((best, each) => {
      const gain = Number(each.isHealthy()) - Number(best.isHealthy());
      return gain > 0 || (gain === 0 && each.etcd.disk.revision > best.etcd.disk.revision) ? each : best;
    });
  }

  /** That of the machine whose network a process has: static Pods do. One in a Pod of its own is at home with the first. */
  #of({ hostname }: Process): ControlPlane {
    const machine = this.#machines.find(({ host }) => host.name === hostname);
    return machine === undefined ? this.first : this.#on(machine);
  }

  #on({ host, address }: ControlPlaneMachine): ControlPlane {
    let made = this.#made.get(host);
    if (made === undefined) {
      made = new ControlPlane(host, address, this, this.#surroundings);
      this.#made.set(host, made);
    }
    return made;
  }
}
