import { type FeatureGates, readFeatureGates } from '../../api/feature-gates.ts';
import type { ApiHandler, UserInfo } from '../../api/request.ts';
import type { Transport } from '../../client/transport.ts';
import type { KeyValue } from '../../etcd/index.ts';
import type { Descriptions, ServiceDialer } from '../../kube-apiserver/index.ts';
import {
  type ClaimWork,
  type ReadSchedule,
  startControllerManager,
  type TokenWork,
} from '../../kube-controller-manager/index.ts';
import type { Host } from '../../linux/host.ts';
import { flagValue, klog } from '../../linux/programs/go/runtime.ts';
import { printError } from '../../linux/stdio.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { ApiServerProgram, type LateServerParts } from '../api-server/api-server-program.ts';
import { controlPlaneCommands } from '../bootstrap/static-pods.ts';
import {
  type ApiEndpoint,
  type ApiServers,
  connectServer,
  type Reachability,
  ServerAddress,
} from '../component/api-endpoint.ts';
import type { CheckFlags } from '../component/component-flags/index.ts';
import { componentProgram, type RunningComponent } from '../component/component-program.ts';
import { KubeconfigError, serverOfKubeconfig } from '../component/kubeconfig-server.ts';
import { EtcdServer, type EtcdSurroundings } from '../etcd/etcd-server.ts';
import type { KubeletDialer } from '../node/kubelet-client.ts';
import { clusterAuthority } from '../pki/cluster-authority.ts';
import type { ClusterPki } from '../pki/cluster-pki.ts';
import { readCertificate } from '../pki/root-certificate.ts';
import type { Release } from '../versions.ts';
import { LeaseLoss } from './lease-loss.ts';
import { type SchedulerParts, SchedulerProgram } from './scheduler-program.ts';
import { serviceAccountTransport } from './service-account-transport.ts';

/** Those of its parts that are loaded late. */
interface LateParts extends LateServerParts {
  readonly readSchedule: ReadSchedule;
  readonly bootstrapTokenWork: () => TokenWork;
  readonly claimWork: () => ClaimWork;
  readonly checkFlags: CheckFlags;
  readonly startScheduler: SchedulerParts['startScheduler'];
  readonly claimPlugin: SchedulerParts['claimPlugin'];
  readonly balancer: CreateBalancer;
}

/** Makes what stands before the API servers of several. */
type CreateBalancer = (
  hostPort: string,
  backends: () => readonly Pick<ControlPlane, 'apiServer' | 'isHealthy'>[],
) => ApiEndpoint;

/** What the control planes of a cluster have in common. */
export interface ControlPlaneSurroundings {
  /** The way to a kubelet from a machine. */
  readonly dialKubelet: (from: Host) => KubeletDialer;
  readonly dialService: ServiceDialer;
  readonly reachable: Reachability;
  readonly descriptions: Descriptions | undefined;
  readonly pki: ClusterPki;
  readonly late: LateParts;
  readonly etcd: EtcdSurroundings;
}

/** The users that the kubeconfig files of kubeadm hold. */
export const USERS = {
  admin: { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] },
  superAdmin: { username: 'kubernetes-super-admin', groups: ['system:masters', 'system:authenticated'] },
  controllerManager: { username: 'system:kube-controller-manager', groups: ['system:authenticated'] },
  scheduler: { username: 'system:kube-scheduler', groups: ['system:authenticated'] },
} as const satisfies Record<string, UserInfo>;

/** The user of a node's kubelet. */
export function nodeUser(nodeName: string): UserInfo {
  return { username: `system:node:${nodeName}`, groups: ['system:nodes', 'system:authenticated'] };
}

/** Whom the user of a kubeconfig that kubeadm has written stands for: their certificates are not written out here. */
export function kubeadmUser(userName: string): UserInfo | undefined {
  const [, nodeName] = /^system:node:(.+)$/.exec(userName) ?? [];
  if (nodeName !== undefined) return nodeUser(nodeName);
  return Object.values(USERS).find(({ username }) => username === userName);
}

/**
 * The four programs of the control plane on a machine, and the addresses at which etcd and the API server serve while their
 * processes run. What etcd has stored is on its machine's disk: it survives the process.
 */
export class ControlPlane {
  readonly apiServer: ServerAddress<ApiHandler>;
  /** Its disk is read directly only for looking, never by a component. */
  readonly etcd: EtcdServer;
  readonly scheduler: SchedulerProgram;
  /** What the API server runs as. */
  readonly #apiServerProgram: ApiServerProgram;
  readonly host: Host;
  readonly #servers: ApiServers;
  readonly #pki: ClusterPki;
  readonly #late: LateParts;
  readonly #checkFlags: CheckFlags;

  constructor(host: Host, address: string, servers: ApiServers, surroundings: ControlPlaneSurroundings) {
    const { dialKubelet, dialService, reachable, descriptions, pki, late } = surroundings;
    this.#late = late;
    this.host = host;
    this.#servers = servers;
    this.#pki = pki;
    this.etcd = new EtcdServer(host, address, reachable, surroundings.etcd);
    this.apiServer = new ServerAddress(host, `${address}:6443`, reachable);
    const commands = controlPlaneCommands({ nodeName: host.name, address });
    this.#checkFlags = (argv) => {
      // What kubeadm has written, and nothing but that, need not be looked at.
      const known = commands[argv[0]!] ?? [];
      return argv.every((word) => known.includes(word)) ? undefined : late.checkFlags(argv);
    };
    this.#apiServerProgram = new ApiServerProgram({
      host,
      address: this.apiServer,
      etcd: this.etcd,
      dialKubelet: dialKubelet(host),
      dialService,
      descriptions,
      pki,
      late,
      checkFlags: this.#checkFlags,
    });
    this.scheduler = new SchedulerProgram(
      host,
      (server) => connectServer(servers, host, USERS.scheduler, server),
      this.#checkFlags,
      () => late.httpExchange(),
      late,
    );
  }

  /** The executables of a release's control-plane images, by name. */
  programs(release: Release): Readonly<Record<string, Program>> {
    return {
      'kube-apiserver': this.#apiServerProgram.program(release),
      'kube-controller-manager': componentProgram({
        healthAddress: '127.0.0.1',
        healthPort: 10257,
        checkFlags: this.#checkFlags,
        start: (process) => this.#startControllerManager(process),
      }),
      'kube-scheduler': this.scheduler.program,
    };
  }

  /** Whether its etcd takes part in a majority, without which the API server here is not ready. */
  isHealthy(): boolean {
    return this.etcd.served !== undefined;
  }

  /** What lies in etcd, as it was at a revision or is now, for who looks at the cluster from outside. */
  stored(prefix: string, revision?: number): readonly KeyValue[] {
    const store = revision === undefined ? this.etcd.disk : this.etcd.diskAt(revision);
    return this.#apiServerProgram.asServed(store.range(prefix, { revision }).keyValues);
  }

  /** As a user, to where `--kubeconfig` says; undefined, with a word to stderr, when it cannot be read. */
  *#byKubeconfig(process: Process, user: UserInfo): Task<Transport | undefined> {
    const path = flagValue(process.argv, 'kubeconfig');
    try {
      const server = path === undefined ? undefined : serverOfKubeconfig(process, path);
      return connectServer(this.#servers, this.host, user, server);
    } catch (error) {
      if (!(error instanceof KubeconfigError)) throw error;
      yield* klog(process, 'E', 'run.go:72', `"command failed" err=${JSON.stringify(error.message)}`);
      return undefined;
    }
  }

  *#startControllerManager(process: Process): Task<RunningComponent | undefined> {
    const rootCa = readCertificate(process, 'root-ca-file');
    if (typeof rootCa === 'object') {
      yield* printError(process, `Error: error reading root-ca-file at ${rootCa.path}: no such file or directory\n`);
      return undefined;
    }
    const featureGates = yield* readGates(process);
    if (featureGates === undefined) return undefined;
    const transport = yield* this.#byKubeconfig(process, USERS.controllerManager);
    if (transport === undefined) return undefined;
    const own = flagValue(process.argv, 'use-service-account-credentials') === 'true';
    const lock = 'kube-system/kube-controller-manager';
    const loss = new LeaseLoss(process, lock, ['controllermanager.go:344', '"leaderelection lost"']);
    const { stop } = startControllerManager({
      hostname: this.host.name,
      rootCa,
      featureGates,
      readSchedule: this.#late.readSchedule,
      bootstrapTokens: this.#late.bootstrapTokenWork,
      claimWork: this.#late.claimWork,
      certificateAuthority: clusterAuthority(this.host.sim, this.#pki.keys.authority),
      sim: this.host.sim,
      transport,
      ...(own ? { accountTransport: (name) => serviceAccountTransport(transport, this.host.sim, name) } : {}),
      controllers: flagValue(process.argv, 'controllers')?.split(','),
      leaderElect: flagValue(process.argv, 'leader-elect') !== 'false',
      onLeaseLost: loss.onLeaseLost,
    });
    return { stop, lastWords: loss.lastWords };
  }
}

/** What `--feature-gates` turns on; undefined, with a word to stderr, for nonsense. */
function* readGates(process: Process): Task<FeatureGates | undefined> {
  try {
    return readFeatureGates(flagValue(process.argv, 'feature-gates'));
  } catch (error) {
    yield* printError(process, `Error: ${(error as Error).message}\n`);
    return undefined;
  }
}
