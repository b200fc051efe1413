import type { KindDescriptor } from '../api/descriptor.ts';
import { type FeatureGates, readFeatureGates } from '../api/feature-gates.ts';
import { KINDS } from '../api/kind-list.ts';
import type { NodeDialer } from '../api/node-api.ts';
import type { ApiHandler, UserInfo } from '../api/request.ts';
import { alphaKinds } from '../api/runtime-config.ts';
import type { Transport } from '../client/transport.ts';
import type { Etcd } from '../etcd/index.ts';
import {
  type ApiExtensions,
  type ApiServer,
  type ApiServerOptions,
  authorizationModes,
  type BootstrapTokenUser,
  checkAdmissionFlags,
  createApiServer,
  type Descriptions,
  type HttpOutcome,
  type HttpRequest,
  type ResourceHandler,
  type ServiceDialer,
} from '../kube-apiserver/index.ts';
import { type ReadSchedule, startControllerManager, type TokenWork } from '../kube-controller-manager/index.ts';
import { Errno } from '../linux/errno.ts';
import type { Host } from '../linux/host.ts';
import { flagValue, klog } from '../linux/programs/go/runtime.ts';
import { printError } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import { TaskGroup } from '../linux/task-group.ts';
import { writePem } from '../linux/tls.ts';
import type { Task } from '../sim/index.ts';
import { connectServer, hostPortOf, type Reachability, ServerAddress } from './api-endpoint.ts';
import { apiOverHttps, apiTls, type ClientUser } from './api-over-https.ts';
import { ApiServerOnEtcd } from './api-server-on-etcd.ts';
import { clusterAuthority } from './cluster-authority.ts';
import type { ClusterPki } from './cluster-pki.ts';
import type { CheckFlags } from './component-flags/index.ts';
import { componentProgram, flagList, type RunningComponent } from './component-program.ts';
import { type EtcdDatabase, EtcdServer } from './etcd-server.ts';
import type { ExchangeHttp } from './exchange-http.ts';
import { KubeconfigError, serverOfKubeconfig } from './kubeconfig-server.ts';
import { LeaseLoss } from './lease-loss.ts';
import { SchedulerProgram, type StartScheduler } from './scheduler-program.ts';
import type { ReadServerFiles } from './server-files.ts';
import { serviceAccountTransport } from './service-account-transport.ts';
import { controlPlaneCommands } from './static-pods.ts';
import { KUBERNETES_VERSION } from './versions.ts';
import type { KubectlTools } from './workstation-tools.ts';

/** Those of its parts that are loaded late. */
interface LateParts {
  readonly apiExtensions: () => ApiExtensions;
  readonly httpExchange: () => ExchangeHttp;
  readonly serverProxy: () => ResourceHandler;
  readonly readSchedule: ReadSchedule;
  readonly bootstrapTokenUser: BootstrapTokenUser;
  readonly bootstrapTokenWork: () => TokenWork;
  readonly checkFlags: CheckFlags;
  readonly readServerFiles: ReadServerFiles;
  readonly startScheduler: StartScheduler;
  readonly etcdDatabase: () => EtcdDatabase;
  readonly certificateUser: KubectlTools['certificateUser'];
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
 * The four programs of the control plane, and the addresses at which etcd and the API server serve while their
 * processes run. What etcd has stored is on its machine's disk: it survives the process.
 */
export class ControlPlane {
  readonly apiServer: ServerAddress<ApiHandler>;
  /** Its disk is read directly only for looking, never by a component. */
  readonly etcd: EtcdServer;
  readonly scheduler: SchedulerProgram;
  readonly #host: Host;
  readonly #dialNode: NodeDialer;
  readonly #dialService: ServiceDialer;
  readonly #descriptions: Descriptions | undefined;
  readonly #pki: ClusterPki;
  readonly #late: LateParts;
  readonly #checkFlags: CheckFlags;

  constructor(
    host: Host,
    address: string,
    dialNode: NodeDialer,
    dialService: ServiceDialer,
    reachable: Reachability,
    descriptions: Descriptions | undefined,
    pki: ClusterPki,
    late: LateParts,
  ) {
    this.#late = late;
    this.#host = host;
    this.#dialNode = dialNode;
    this.#dialService = dialService;
    this.#descriptions = descriptions;
    this.#pki = pki;
    this.etcd = new EtcdServer(host, address, reachable, () => late.etcdDatabase());
    this.apiServer = new ServerAddress(host, `${address}:6443`, reachable);
    const commands = controlPlaneCommands({ nodeName: host.name, address });
    this.#checkFlags = (argv) => {
      // What kubeadm has written, and nothing but that, need not be looked at.
      const known = commands[argv[0]!] ?? [];
      return argv.every((word) => known.includes(word)) ? undefined : late.checkFlags(argv);
    };
    this.scheduler = new SchedulerProgram(
      host,
      (server) => connectServer(this.apiServer, host, USERS.scheduler, server),
      this.#checkFlags,
      () => late.httpExchange(),
      (options) => late.startScheduler(options),
    );
  }

  /** The executables of the control-plane images, by name. */
  programs(): Readonly<Record<string, Program>> {
    return {
      etcd: this.etcd.program,
      'kube-apiserver': componentProgram({
        healthAddress: '0.0.0.0',
        healthPort: 6443,
        tls: apiTls,
        checkFlags: this.#checkFlags,
        start: (process) => this.#startApiServer(process),
      }),
      'kube-controller-manager': componentProgram({
        healthAddress: '127.0.0.1',
        healthPort: 10257,
        checkFlags: this.#checkFlags,
        start: (process) => this.#startControllerManager(process),
      }),
      'kube-scheduler': this.scheduler.program,
    };
  }

  *#startApiServer(process: Process): Task<RunningComponent | undefined> {
    const etcd = yield* this.#waitForEtcd(process);
    if (etcd === undefined) return undefined;
    const flags = yield* readServerFlags(process);
    if (flags === undefined) return undefined;
    const { alphaKinds, ...options } = flags;
    const threads = new TaskGroup();
    const files = namesFiles(process.argv) ? yield* this.#late.readServerFiles(process, threads) : {};
    if (files === undefined) return undefined;
    const create = (store: Etcd): ApiServer =>
      createApiServer({
        ...options,
        ...files,
        sim: this.#host.sim,
        etcd: store,
        kinds: [...KINDS, ...alphaKinds],
        dialNode: this.#dialNode,
        dialService: this.#dialService,
        serverVersion: KUBERNETES_VERSION,
        advertiseAddress: flagValue(process.argv, 'advertise-address'),
        descriptions: this.#descriptions,
        tokenKey: this.#pki.tokenKey,
        ...(flagValue(process.argv, 'enable-bootstrap-token-auth') === 'true' && {
          bootstrapTokenUser: this.#late.bootstrapTokenUser,
        }),
        extensions: this.#late.apiExtensions,
        proxy: () => this.#late.serverProxy(),
        sendHttp: (request, answered) => threads.start(this.#exchange(process, request, answered)).cancel,
        describesItself: true,
        // Every moment of a cluster's life can be looked at later: nothing is compacted away.
        compactionIntervalMs: 0,
      });
    const server = new ApiServerOnEtcd(this.etcd, etcd, threads, create);
    const stopServing = this.apiServer.serve(server.handle);
    return {
      threads,
      answer: apiOverHttps(
        server.handle,
        options.clientCa === undefined ? undefined : this.#clientUser(options.clientCa),
      ),
      stop: () => {
        stopServing();
        server.close();
      },
    };
  }

  /** Whom a client is that proves it by a certificate of this authority (PEM). */
  #clientUser(authority: string): ClientUser {
    const { certificateUser } = this.#late;
    return (chain) => {
      const pem = chain.map((der) => writePem('CERTIFICATE', der)).join('');
      return certificateUser(pem, authority, this.#host.sim.wallMs);
    };
  }

  /** Asks a webhook, or a server behind this one, from the machine's own network. */
  *#exchange(process: Process, request: HttpRequest, answered: (outcome: HttpOutcome) => void): Task<void> {
    answered(yield* this.#late.httpExchange()(process, request));
  }

  /** The real server tries for twenty seconds, too, before it gives up and is restarted. */
  *#waitForEtcd(process: Process): Task<Etcd | undefined> {
    const servers = (flagList(process.argv, 'etcd-servers') ?? []).map(hostPortOf);
    const deadline = process.now() + ETCD_WAIT_MS;
    while (process.now() < deadline) {
      const etcd = servers.map((server) => this.etcd.dial(server)).find((found) => typeof found !== 'string');
      if (etcd !== undefined) return etcd;
      yield* process.sleep(ETCD_RETRY_MS);
    }
    for (const server of servers) {
      const why = `connection error: desc = "transport: Error while dialing: ${this.etcd.dial(server)}"`;
      const text = `[core] grpc: addrConn.createTransport failed to connect to {Addr: "${server}"}. Err: ${why}`;
      yield* klog(process, 'W', 'logging.go:55', text);
    }
    yield* klog(process, 'F', 'instance.go:232', NO_ETCD);
    return undefined;
  }

  /** As a user, to where `--kubeconfig` says; undefined, with a word to stderr, when it cannot be read. */
  *#byKubeconfig(process: Process, user: UserInfo): Task<Transport | undefined> {
    const path = flagValue(process.argv, 'kubeconfig');
    try {
      const server = path === undefined ? undefined : serverOfKubeconfig(process, path);
      return connectServer(this.apiServer, this.#host, user, server);
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
      rootCa,
      featureGates,
      readSchedule: this.#late.readSchedule,
      bootstrapTokens: this.#late.bootstrapTokenWork,
      certificateAuthority: clusterAuthority(this.#host.sim, this.#pki.keys.authority),
      sim: this.#host.sim,
      transport,
      ...(own ? { accountTransport: (name) => serviceAccountTransport(transport, this.#host.sim, name) } : {}),
      controllers: flagValue(process.argv, 'controllers')?.split(','),
      leaderElect: flagValue(process.argv, 'leader-elect') !== 'false',
      onLeaseLost: loss.onLeaseLost,
    });
    return { stop, lastWords: loss.lastWords };
  }
}

type ServerFlags = Pick<ApiServerOptions, 'admission' | 'authorizationModes' | 'clientCa' | 'featureGates'> & {
  readonly alphaKinds: readonly KindDescriptor[];
};

/** What the static Pod's manifest says of admission, authorization and features; undefined, with a word to stderr, for nonsense. */
function* readServerFlags(process: Process): Task<ServerFlags | undefined> {
  const { argv } = process;
  const clientCa = readCertificate(process, 'client-ca-file');
  if (typeof clientCa === 'object') {
    const { path } = clientCa;
    yield* printError(process, `Error: unable to load client CA provider: open ${path}: no such file or directory\n`);
    return undefined;
  }
  try {
    const admission = {
      enable: flagList(argv, 'enable-admission-plugins') ?? [],
      disable: flagList(argv, 'disable-admission-plugins') ?? [],
    };
    checkAdmissionFlags(admission);
    const featureGates = readFeatureGates(flagValue(argv, 'feature-gates'));
    return {
      admission,
      featureGates,
      alphaKinds: alphaKinds(flagValue(argv, 'runtime-config'), featureGates),
      clientCa,
      authorizationModes: authorizationModes(flagList(argv, 'authorization-mode') ?? ['AlwaysAllow']),
    };
  } catch (error) {
    yield* printError(process, `Error: ${(error as Error).message}\n`);
    return undefined;
  }
}

/** Flags of the API server for files of its own, which kubeadm does not write. */
const FILE_FLAGS = ['audit-', 'encryption-provider-config', 'admission-control-config-file'];

function namesFiles(argv: readonly string[]): boolean {
  return argv.some((word) => FILE_FLAGS.some((flag) => word.startsWith(`--${flag}`)));
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

/** What a flag's file holds, undefined without the flag, or the path at which there is nothing. */
function readCertificate(process: Process, flag: string): string | undefined | { readonly path: string } {
  const path = flagValue(process.argv, flag);
  if (path === undefined) return undefined;
  try {
    return new TextDecoder().decode(process.readFile(path));
  } catch (error) {
    if (error instanceof Errno) return { path };
    throw error;
  }
}

const NO_ETCD = 'Error creating leases: error creating storage factory: context deadline exceeded';
const ETCD_WAIT_MS = 20_000;
const ETCD_RETRY_MS = 100;
