import { readFeatureGates } from '../../api/feature-gates.ts';
import { KINDS } from '../../api/kind-list.ts';
import type { ApiHandler } from '../../api/request.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Etcd, KeyValue } from '../../etcd/index.ts';
import {
  type ApiExtensions,
  type ApiServer,
  type ApiServerOptions,
  authorizationModes,
  type BootstrapTokenUser,
  checkAdmissionFlags,
  createApiServer,
  type Descriptions,
  type FindUpkeep,
  type HttpOutcome,
  type HttpRequest,
  isEncrypted,
  LATE_PLUGINS,
  type OpenedValues,
  type ResourceHandler,
  SERVICE_CLUSTER_IP_RANGE,
  type ServiceDialer,
} from '../../kube-apiserver/index.ts';
import type { Host } from '../../linux/host.ts';
import { flagValue, klog } from '../../linux/programs/go/runtime.ts';
import { printError } from '../../linux/stdio.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import { TaskGroup } from '../../linux/task-group.ts';
import { writePem } from '../../linux/tls.ts';
import type { Task } from '../../sim/index.ts';
import { hostPortOf, type ServerAddress } from '../component/api-endpoint.ts';
import { apiOverHttps, apiTls, type ClientUser } from '../component/api-over-https.ts';
import type { CheckFlags } from '../component/component-flags/index.ts';
import { componentProgram, flagList, type RunningComponent } from '../component/component-program.ts';
import type { ExchangeHttp } from '../component/exchange-http.ts';
import type { EtcdServer } from '../etcd/etcd-server.ts';
import type { CertificateUser } from '../node/certificate-user.ts';
import { type KubeletDialer, readKubeletClient } from '../node/kubelet-client.ts';
import type { KubeletCaller } from '../node/kubelet-door.ts';
import type { ClusterPki } from '../pki/cluster-pki.ts';
import { readCertificate } from '../pki/root-certificate.ts';
import type { Release } from '../versions.ts';
import { ApiServerOnEtcd } from './api-server-on-etcd.ts';
import type { ReadServerFiles, ServerFiles } from './server-files.ts';

/** Those of its parts that are loaded late. */
export interface LateServerParts {
  readonly apiExtensions: () => ApiExtensions;
  readonly addressUpkeep: FindUpkeep;
  readonly httpExchange: () => ExchangeHttp;
  readonly serverProxy: () => ResourceHandler;
  readonly bootstrapTokenUser: BootstrapTokenUser;
  readonly serverFiles: () => ReadServerFiles;
  readonly certificateUser: CertificateUser;
}

/** What it stands on. */
export interface ApiServerSurroundings {
  readonly host: Host;
  readonly address: ServerAddress<ApiHandler>;
  readonly etcd: EtcdServer;
  readonly dialKubelet: KubeletDialer;
  readonly dialService: ServiceDialer;
  readonly descriptions: Descriptions | undefined;
  readonly pki: ClusterPki;
  readonly late: LateServerParts;
  readonly checkFlags: CheckFlags;
}

/** One process of it, and what its command line says. */
interface Invocation {
  readonly process: Process;
  readonly release: Release;
  readonly threads: TaskGroup;
  readonly flags: ServerFlags;
  /** What its files say, once they have been read. */
  files?: ServerFiles;
}

/** The kube-apiserver's program: a server over what etcd holds, at the cluster's address. */
export class ApiServerProgram {
  readonly #around: ApiServerSurroundings;
  /** What the API server has decrypted. */
  readonly #opened: OpenedValues = new WeakMap();

  constructor(surroundings: ApiServerSurroundings) {
    this.#around = surroundings;
  }

  program(release: Release): Program {
    return componentProgram({
      healthAddress: '0.0.0.0',
      healthPort: 6443,
      tls: apiTls,
      checkFlags: this.#around.checkFlags,
      start: (process) => this.#start(process, release),
    });
  }

  /** What lies in etcd as it is shown to who looks at a cluster from outside; what no API server could read is left out. */
  asServed(stored: readonly KeyValue[]): readonly KeyValue[] {
    if (!stored.some(({ value }) => isEncrypted(value))) return stored;
    const opened = stored.map((each) => (isEncrypted(each.value) ? this.#opened.get(each)?.keyValue : each));
    return opened.filter((each) => each !== undefined);
  }

  *#start(process: Process, release: Release): Task<RunningComponent | undefined> {
    const etcd = yield* this.#waitForEtcd(process);
    if (etcd === undefined) return undefined;
    const flags = yield* readServerFlags(process);
    if (flags === undefined) return undefined;
    const invocation: Invocation = { process, release, flags, threads: new TaskGroup() };
    const create = (store: Etcd) => this.#create(invocation, store);
    const first = yield* create(etcd);
    if (first === undefined) return undefined;
    const server = new ApiServerOnEtcd(this.#around.etcd, etcd, first, invocation.threads, create);
    const stopServing = this.#around.address.serve(server.handle);
    return {
      threads: invocation.threads,
      answer: apiOverHttps(server.handle, flags.clientCa === undefined ? undefined : this.#clientUser(flags.clientCa)),
      stop: () => {
        stopServing();
        server.close();
      },
    };
  }

  /** A server over a store; undefined, with a word to the log, where files are no good or the store cannot be read. */
  *#create(invocation: Invocation, store: Etcd): Task<ApiServer | undefined> {
    const { process } = invocation;
    if (invocation.files === undefined && (hasLateFlags(process.argv) || holdsEncrypted(store))) {
      invocation.files = yield* this.#readFiles(invocation);
      if (invocation.files === undefined) return undefined;
    }
    try {
      return createApiServer(this.#optionsOf(invocation, store));
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
    yield* klog(process, 'F', 'hooks.go:210', UNREADABLE);
    return undefined;
  }

  /** The code for it comes before the next step. */
  *#readFiles({ process, threads, flags }: Invocation): Task<ServerFiles | undefined> {
    const read = this.#around.late.serverFiles();
    yield* process.sleep(0);
    const { sim } = this.#around.host;
    return yield* read({ process, threads, sim, opened: this.#opened, featureGates: flags.featureGates });
  }

  #optionsOf({ process, release, threads, flags, files }: Invocation, store: Etcd): ApiServerOptions {
    const { host, dialKubelet, dialService, descriptions, pki, late } = this.#around;
    const { kubeletClient, ...options } = flags;
    return {
      ...options,
      ...files?.options,
      admission: { ...options.admission, ...files?.admission },
      sim: host.sim,
      etcd: files === undefined ? store : files.clientOf(store),
      kinds: [...KINDS, ...(files?.alphaKinds ?? [])],
      dialNode: (nodeName) => dialKubelet(nodeName)?.door().nodeApiFor(kubeletClient),
      dialService,
      serverVersion: release,
      advertiseAddress: flagValue(process.argv, 'advertise-address'),
      advertise: this.#around.etcd.advertiseOn(store),
      descriptions,
      tokenKey: pki.tokenKey,
      ...(flagValue(process.argv, 'enable-bootstrap-token-auth') === 'true' && {
        bootstrapTokenUser: late.bootstrapTokenUser,
      }),
      extensions: late.apiExtensions,
      addressUpkeep: late.addressUpkeep,
      proxy: () => late.serverProxy(),
      sendHttp: (request, answered) => threads.start(this.#exchange(process, request, answered)).cancel,
      describesItself: true,
      // Every moment of a cluster's life can be looked at later: nothing is compacted away.
      compactionIntervalMs: 0,
    };
  }

  /** Whom a client is that proves it by a certificate of this authority (PEM). */
  #clientUser(authority: string): ClientUser {
    const { late, host } = this.#around;
    return (chain) => {
      const pem = chain.map((der) => writePem('CERTIFICATE', der)).join('');
      return late.certificateUser(pem, authority, host.sim.wallMs);
    };
  }

  /** Asks a webhook, or a server behind this one, from the machine's own network. */
  *#exchange(process: Process, request: HttpRequest, answered: (outcome: HttpOutcome) => void): Task<void> {
    answered(yield* this.#around.late.httpExchange()(process, request));
  }

  /** The real server tries for twenty seconds, too, before it gives up and is restarted. */
  *#waitForEtcd(process: Process): Task<Etcd | undefined> {
    const { etcd } = this.#around;
    const servers = (flagList(process.argv, 'etcd-servers') ?? []).map(hostPortOf);
    const deadline = process.now() + ETCD_WAIT_MS;
    while (process.now() < deadline) {
      const store = servers.map((server) => etcd.dial(server)).find((found) => typeof found !== 'string');
      if (store !== undefined && store === etcd.served) return store;
      yield* process.sleep(ETCD_RETRY_MS);
    }
    for (const server of servers) {
      const why = `connection error: desc = "transport: Error while dialing: ${etcd.dial(server)}"`;
      const text = `[core] grpc: addrConn.createTransport failed to connect to {Addr: "${server}"}. Err: ${why}`;
      yield* klog(process, 'W', 'logging.go:55', text);
    }
    yield* klog(process, 'F', 'instance.go:232', NO_ETCD);
    return undefined;
  }
}

type ServerFlags = Pick<ApiServerOptions, 'admission' | 'authorizationModes' | 'clientCa' | 'featureGates'> & {
  readonly kubeletClient: KubeletCaller;
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
  const kubeletClient = yield* readKubeletClient(process);
  if (kubeletClient === undefined) return undefined;
  try {
    const admission = {
      enable: flagList(argv, 'enable-admission-plugins') ?? [],
      disable: flagList(argv, 'disable-admission-plugins') ?? [],
    };
    checkAdmissionFlags(admission);
    return {
      kubeletClient,
      admission,
      featureGates: readFeatureGates(flagValue(argv, 'feature-gates')),
      clientCa,
      authorizationModes: authorizationModes(flagList(argv, 'authorization-mode') ?? ['AlwaysAllow']),
    };
  } catch (error) {
    yield* printError(process, `Error: ${(error as Error).message}\n`);
    return undefined;
  }
}

/** What flags of the API server begin with that kubeadm does not write: what reads them comes late, and some plugins with it. */
const LATE_FLAGS = [
  'admission-control-config-file',
  'anonymous-auth',
  'audit-',
  'default-',
  'encryption-provider-config',
  'event-ttl',
  'runtime-config',
  'service-node-port-range',
  'token-auth-file',
];

function hasLateFlags(argv: readonly string[]): boolean {
  const plugins = flagList(argv, 'enable-admission-plugins') ?? [];
  const named = argv.some((word) => LATE_FLAGS.some((flag) => word.startsWith(`--${flag}`)));
  const range = flagValue(argv, 'service-cluster-ip-range') ?? SERVICE_CLUSTER_IP_RANGE;
  return named || range !== SERVICE_CLUSTER_IP_RANGE || plugins.some((name) => LATE_PLUGINS.includes(name));
}

/** Whether an API server with an encryption configuration has written to it. */
function holdsEncrypted(store: Etcd): boolean {
  return store.range('/registry/').keyValues.some(({ value }) => isEncrypted(value));
}

const NO_ETCD = 'Error creating leases: error creating storage factory: context deadline exceeded';
const ETCD_WAIT_MS = 20_000;
const ETCD_RETRY_MS = 100;
/** What a start without its roles, Namespaces or Services ends with. */
const UNREADABLE =
  'PostStartHook "rbac/bootstrap-roles" failed: unable to initialize roles: timed out waiting for the condition';
