import { mayKubeletSet } from '../api/core/kubelet-labels.ts';
import type { ApiRequest, ApiResponse } from '../api/request.ts';
import { Client } from '../client/client.ts';
import { ConnectionError, type Transport } from '../client/transport.ts';
import type { Registry } from '../containerd/image.ts';
import type { KeyValue } from '../etcd/index.ts';
import type { SchedulingDecision } from '../kube-scheduler/index.ts';
import type { Host } from '../linux/host.ts';
import { createFabric, type Fabric } from '../linux/index.ts';
import type { Process } from '../linux/syscalls.ts';
import { type JournalEntry, Simulation } from '../sim/index.ts';
import { addOnObjects } from './add-ons/add-ons.ts';
import { cloudControllerProgram } from './add-ons/cloud-controller.ts';
import { corednsImage } from './add-ons/coredns.ts';
import { CSI_HOSTPATH_ACCOUNT, csiImages } from './add-ons/csi-hostpath.ts';
import { ingressNginxImage } from './add-ons/ingress-nginx.ts';
import { kubeProxyImages } from './add-ons/kube-proxy.ts';
import { kubeRouterImage } from './add-ons/kube-router.ts';
import { MetricsServers, metricsServerImage } from './add-ons/metrics-server.ts';
import { nginxGatewayImage } from './add-ons/nginx-gateway.ts';
import { type AddOnObject, kubeadmInit, kubeadmJoin, type NodeLabels } from './bootstrap/kubeadm.ts';
import { type Cluster, type ForkOptions, HOME, type RunPoint } from './cluster.ts';
import { connectApiServer, connectServer, openApiServer, ServerAddress } from './component/api-endpoint.ts';
import type { Connect } from './component/asker.ts';
import { tokenTransport } from './component/token-transport.ts';
import { askAs } from './control-plane/ask-as.ts';
import { ControlPlane, nodeUser, USERS } from './control-plane/control-plane.ts';
import { inflict } from './faults.ts';
import { createRegistry, preloadedImages } from './images/catalogue.ts';
import { customMetricsAdapterImage } from './images/custom-metrics-adapter.ts';
import { sampleApiServerImage } from './images/sample-apiserver.ts';
import { type ClusterInput, fromOutside, type ProbeOutcome, type ProbeRequest, type RunOutcome } from './input.ts';
import { joiningObjects } from './kubeadm-objects.ts';
import { type BuiltMachine, buildMachine, machineOf } from './machines/machine-host.ts';
import { labelsWhere, type MachinePlan, planMachines } from './machines/machine-plan.ts';
import { SshKeys } from './machines/ssh-server.ts';
import type { KubeletDialer } from './node/kubelet-client.ts';
import type { KubeletServer } from './node/kubelet-program.ts';
import type { LateKubeletParts } from './node/late-kubelet-parts.ts';
import { NodeMachine, type NodeMachineOptions } from './node/node-machine.ts';
import { nodePrograms } from './node/node-programs.ts';
import { type ClusterOptions, releaseOf } from './options.ts';
import { ClusterPki } from './pki/cluster-pki.ts';
import { isClusterReady } from './readiness.ts';
import { RequestTrials } from './request-trials.ts';
import type { RequestFilter, RequestPath, RequestProbe } from './requests/request-path.ts';
import { Runs } from './runs.ts';
import { type SessionListener, Sessions } from './sessions.ts';
import { Terminals } from './terminals.ts';
import type { ClusterView } from './view.ts';
import { buildView } from './view-builder.ts';
import { WaitingRequests } from './waiting-requests.ts';
import {
  deleteWorkstationFile,
  listWorkstationFiles,
  readWorkstationFile,
  writeWorkstationFile,
} from './workstation/workstation.ts';
import { workstationFiles } from './workstation/workstation-files.ts';
import type { WorkstationTools } from './workstation-tools.ts';

type KubeadmPart = Pick<NodeMachineOptions, 'kubeadm' | 'cloudController'>;

type Restore = (changes: ForkOptions, journal: readonly JournalEntry[], until: RunPoint) => KubernetesCluster;

type NodeTools = Pick<NodeMachineOptions, keyof LateKubeletParts | 'unitTools'>;

function nodeTools(tools: WorkstationTools, connect: Connect): NodeTools {
  const { createDeviceManager, createNodePlugins, readKubeletConfiguration, openKubeletDoor, unitTools, checkFlags } =
    tools;
  return {
    createDeviceManager,
    createNodePlugins,
    readKubeletConfiguration,
    openKubeletDoor,
    unitTools,
    checkFlags,
    bootstrapKubelet: (process) => tools.bootstrapKubelet(process, connect),
  };
}

/** How long past its own time-out an HTTP request may take before it counts as hung. */
const REQUEST_SLACK_MS = 1000;

/** The composition root: machines, the programs on them, and the doors to the outside. */
export class KubernetesCluster implements Cluster {
  readonly options: ClusterOptions;
  readonly sim: Simulation;
  readonly client: Client;
  readonly #restore: Restore;
  readonly #pki: ClusterPki;
  readonly #machines: readonly NodeMachine[];
  readonly #controlPlane: ControlPlane;
  readonly #workstation: Host;
  readonly #hosts = new Map<string, Host>();
  readonly #built = new Map<string, BuiltMachine>();
  readonly #terminals: Terminals;
  readonly #runs = new Runs();
  readonly #asAdmin: Transport;
  readonly #looking: Client;
  readonly #sessions: Sessions;
  readonly #requests: RequestTrials;
  #runCount = 0;

  constructor(options: ClusterOptions, tools: WorkstationTools, restore: Restore) {
    this.options = options;
    this.#restore = restore;
    this.sim = new Simulation({ ...options, seed: options.seed ?? 'drydock' });
    this.#pki = new ClusterPki(this.sim, options.keys);
    const etcdTools = tools.etcdTools((hostPort) => this.#controlPlane.etcd.dial(hostPort));
    const plan = planMachines(options, tools, this.#pki, etcdTools, (addresses) => new SshKeys(this.sim, addresses));
    const fabric = createFabric(this.sim, options);
    const reachable = (from: Host, to: Host) => fabric.joins(from.name, to.name);
    const hosts = plan.machines.map((machine) => this.#buildNode(fabric, machine, tools));
    const kubelets = new Map<string, ServerAddress<KubeletServer>>();
    const controlHost = hosts[0]!;
    const dialKubelet: KubeletDialer = (nodeName) => kubelets.get(nodeName)?.dial(controlHost);
    const { sim } = this;
    const connectAs = (account: string) => (process: Process) =>
      this.#asServiceAccount(machineOf(hosts, process), account);
    const metricsServers = new MetricsServers();
    const connectByToken = (process: Process) =>
      tokenTransport(this.#controlPlane.apiServer, machineOf(hosts, process), process);
    const kubeProxy = kubeProxyImages(
      { sim, connect: connectAs('kube-proxy'), otherModes: (mode) => tools.proxyModes()(mode) },
      tools.programs,
    );
    this.#controlPlane = new ControlPlane(
      controlHost,
      plan.machines[0]!.address,
      dialKubelet,
      (namespace, name) => metricsServers.dial(namespace, name),
      reachable,
      options.descriptions,
      this.#pki,
      tools,
    );
    const etcd = { etcd: this.#controlPlane.etcd.program, ...etcdTools };
    const registry = createRegistry(etcd, (each) => this.#controlPlane.programs(each), tools.programs, [
      ...kubeProxy,
      corednsImage({ sim, connect: connectAs('coredns') }),
      kubeRouterImage({ sim, connect: connectAs('kube-router') }),
      metricsServerImage(tools.metricsServer({ sim, connect: connectByToken, serve: metricsServers.serve })),
      ingressNginxImage(tools.programs, tools.ingressNginx({ sim, connect: connectByToken })),
      nginxGatewayImage(tools.programs, tools.nginxGateway({ sim, connect: connectByToken })),
      sampleApiServerImage(tools.sampleApiServer({ sim, extensions: tools.apiExtensions })),
      customMetricsAdapterImage(tools.customMetricsAdapter({ connect: connectByToken })),
      ...csiImages(tools.csiPrograms, { sim, connect: connectAs(CSI_HOSTPATH_ACCOUNT) }),
      ...(options.images ?? []),
    ]);
    const addOns = addOnObjects(options, this.#controlPlane.apiServer.hostPort);
    this.#machines = plan.machines.map((machine, index) => {
      const host = hosts[index]!;
      const address = new ServerAddress<KubeletServer>(host, `${machine.address}:10250`, reachable);
      kubelets.set(machine.name, address);
      const kubeadm =
        index === 0
          ? this.#firstMachine(host, fabric, plan.machines.map(restrictedLabels), addOns)
          : this.#laterMachine(host, machine);
      return this.#addMachine(machine, host, registry, address, {
        ...kubeadm,
        ...nodeTools(tools, this.#kubectlOn(machine, tools)),
      });
    });
    this.#workstation = this.#createWorkstation(fabric, plan.workstation, tools);
    this.#terminals = new Terminals(this.#workstation);
    this.#asAdmin = openApiServer(this.#controlPlane.apiServer, this.#workstation, USERS.admin);
    this.client = new Client(lookingOn(this.#asAdmin));
    this.#looking = new Client(this.#asSuperAdmin(controlHost));
    this.#sessions = new Sessions(this.#asAdmin);
    this.#requests = new RequestTrials(fabric, tools.requestFollower, this.#machines, this.#hosts);
    this.#openDoors(fabric);
  }

  get journal(): readonly JournalEntry[] {
    return this.sim.journal.entries;
  }

  ready(): boolean {
    return isClusterReady(this.#looking, this.#machines.length);
  }

  submit(input: ClusterInput): unknown {
    return this.sim.journal.submit(input);
  }

  run(host: string, argv: readonly string[], limitMs: number): RunOutcome | undefined {
    const run = `run-${++this.#runCount}`;
    this.submit({ kind: 'run', run, host, argv });
    this.sim.runUntil(() => this.#runs.command(run) !== undefined, limitMs);
    return this.#runs.command(run);
  }

  read(request: ApiRequest): ApiResponse {
    return this.#asAdmin({ ...fromOutside(request), outside: true });
  }

  onSession(listener: SessionListener): () => void {
    return this.#sessions.onEvent(listener);
  }

  http(host: string, request: ProbeRequest): ProbeOutcome {
    const run = `run-${++this.#runCount}`;
    this.submit({ kind: 'http', run, host, request });
    const limitMs = (request.timeoutMs ?? 5000) + REQUEST_SLACK_MS;
    this.sim.runUntil(() => this.#runs.request(run) !== undefined, limitMs);
    return this.#runs.request(run) ?? { error: 'no answer' };
  }

  onTerminalOutput(listener: (terminal: string, data: Uint8Array) => void): () => void {
    return this.#terminals.onOutput(listener);
  }

  readFile(path: string): string | undefined {
    return readWorkstationFile(this.#workstation, path);
  }

  listFiles(directory = HOME): readonly string[] {
    return listWorkstationFiles(this.#workstation, directory);
  }

  view(): ClusterView {
    return buildView(this.sim, this.#controlPlane, this.#machines);
  }

  stored(prefix: string, revision?: number): readonly KeyValue[] {
    return this.#controlPlane.stored(prefix, revision);
  }

  explainScheduling(name: string, namespace = 'default'): SchedulingDecision | undefined {
    return this.#controlPlane.scheduler.explain(namespace, name);
  }

  requests(filter: RequestFilter = {}): readonly RequestPath[] {
    return this.#requests.past(filter);
  }

  followRequest(probe: RequestProbe): RequestPath {
    return this.fork({ unrecorded: false }).#requests.run(probe);
  }

  fork(changes: ForkOptions = {}): KubernetesCluster {
    return this.#restore(changes, this.journal, { timeMs: this.sim.nowMs, steps: this.sim.steps });
  }

  #build(fabric: Fabric, plan: MachinePlan, tools: WorkstationTools): Host {
    const machine = buildMachine(this.sim, fabric, plan, tools);
    this.#hosts.set(plan.name, machine.host);
    this.#built.set(plan.name, machine);
    return machine.host;
  }

  #buildNode(fabric: Fabric, machine: MachinePlan, tools: WorkstationTools): Host {
    const { name } = machine;
    const programs = nodePrograms(tools, {
      connect: this.#kubectlOn(machine, tools),
      authority: this.#pki.keys.authority,
      release: releaseOf(this.options),
      kubeletFiles: (release) => this.#machines.find(({ host }) => host.name === name)!.kubeletFiles(release),
      unpack: (tree) => this.#hosts.get(name)!.unpack(tree),
    });
    return this.#build(fabric, { ...machine, files: { ...machine.files, ...programs } }, tools);
  }

  /** The way that kubectl has from a machine, as whom a kubeconfig names. */
  #kubectlOn({ name }: MachinePlan, tools: WorkstationTools): Connect {
    const ofCertificate = (pem: string) => tools.certificateUser(pem, this.#pki.rootCa, this.sim.wallMs);
    return (server, asker) =>
      askAs(asker, ofCertificate, (user) =>
        connectServer(this.#controlPlane.apiServer, this.#hosts.get(name)!, user, server),
      );
  }

  /** As a Pod of kube-system with this ServiceAccount. */
  #asServiceAccount(host: Host, name: string): Transport {
    const groups = ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'];
    const username = `system:serviceaccount:kube-system:${name}`;
    return connectApiServer(this.#controlPlane.apiServer, host, { username, groups });
  }

  /** What runs where the cluster was begun. */
  #firstMachine(
    host: Host,
    fabric: Fabric,
    labels: readonly NodeLabels[],
    addOns: readonly AddOnObject[],
  ): KubeadmPart {
    const transport = this.#asServiceAccount(host, 'cloud-controller-manager');
    const server = `https://${this.#controlPlane.apiServer.hostPort}`;
    const forJoining = joiningObjects(server, this.#pki.rootCa, releaseOf(this.options));
    return {
      kubeadm: { phase: 'init', program: kubeadmInit(this.#asSuperAdmin(host), labels, addOns, forJoining) },
      cloudController: cloudControllerProgram(this.sim, transport, fabric),
    };
  }

  #laterMachine(host: Host, { name }: MachinePlan): KubeadmPart {
    const server = `https://${this.#controlPlane.apiServer.hostPort}`;
    const machine = { server, rootCa: this.#pki.rootCa, pem: this.#pki.kubeletCertificate(name) };
    return { kubeadm: { phase: 'join', program: kubeadmJoin(this.#asSuperAdmin(host), machine) } };
  }

  /** As super-admin.conf has it. */
  #asSuperAdmin(host: Host): Transport {
    return connectApiServer(this.#controlPlane.apiServer, host, USERS.superAdmin);
  }

  #addMachine(
    machine: MachinePlan,
    host: Host,
    registry: Registry,
    kubeletAddress: ServerAddress<KubeletServer>,
    parts: KubeadmPart & NodeTools,
  ): NodeMachine {
    return new NodeMachine({
      host,
      address: machine.address,
      release: releaseOf(this.options),
      registry,
      connect: (server) => connectServer(this.#controlPlane.apiServer, host, nodeUser(machine.name), server),
      labels: labelsWhere(machine, mayKubeletSet),
      taints: machine.taints,
      preloaded: preloadedImages(machine.role, releaseOf(this.options)),
      kubeletAddress,
      ...parts,
    });
  }

  #createWorkstation(fabric: Fabric, machine: MachinePlan, tools: WorkstationTools): Host {
    const { hostPort } = this.#controlPlane.apiServer;
    const files = workstationFiles(machine, hostPort, this.#kubectlOn(machine, tools), tools, this.options.files ?? {});
    return this.#build(fabric, { ...machine, files }, tools);
  }

  /** What each kind of input does. */
  #openDoors(fabric: Fabric): void {
    const { journal } = this.sim;
    const handle = <K extends ClusterInput['kind']>(
      kind: K,
      handler: (input: Extract<ClusterInput, { kind: K }>) => unknown,
    ): void => journal.handle(kind, handler as (input: { kind: K }) => unknown);
    const terminals = this.#terminals;
    handle('terminal.open', ({ terminal, columns, rows }) => terminals.open(terminal, columns, rows));
    handle('terminal.input', ({ terminal, text }) => terminals.input(terminal, text));
    handle('terminal.resize', ({ terminal, columns, rows }) => terminals.resize(terminal, columns, rows));
    handle('terminal.close', ({ terminal }) => terminals.close(terminal));
    handle('file.write', ({ path, text }) => writeWorkstationFile(this.#workstation, path, text));
    handle('file.delete', ({ path }) => deleteWorkstationFile(this.#workstation, path));
    const waiting = new WaitingRequests();
    handle('api', ({ request }) => waiting.note(journal.entries.length - 1, this.#asAdmin(fromOutside(request))));
    handle('api.leave', ({ entry }) => waiting.leave(entry));
    const sessions = this.#sessions;
    handle('session.open', ({ session, request }) => sessions.open(session, fromOutside(request)));
    handle('session.stdin', ({ session, bytes }) => sessions.stdin(session, bytes));
    handle('session.closeStdin', ({ session }) => sessions.closeStdin(session));
    handle('session.resize', ({ session, columns, rows }) => sessions.resize(session, columns, rows));
    handle('session.close', ({ session }) => sessions.close(session));
    const networkChanged = () => this.#controlPlane.apiServer.networkChanged();
    const targets = { nodes: this.#machines, machines: this.#built, fabric, networkChanged };
    handle('fault', ({ fault }) => inflict(fault, targets));
    handle('run', ({ run, host, argv }) => {
      this.#runCount = Math.max(this.#runCount, Number(run.slice('run-'.length)));
      this.#runs.startCommand(run, this.#host(host), argv);
    });
    handle('http', ({ run, host, request }) => {
      this.#runCount = Math.max(this.#runCount, Number(run.slice('run-'.length)));
      this.#runs.startRequest(run, this.#host(host), request);
    });
  }

  #host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`there is no machine "${name}"`);
    return host;
  }
}

/** The way to the API server for one who must leave no mark. */
function lookingOn(transport: Transport): Transport {
  return (request) => {
    const response = transport({ ...request, outside: true });
    if (response.status !== 102) return response;
    throw new ConnectionError('others would have to be asked, and who only looks on cannot ask');
  };
}

function restrictedLabels(machine: MachinePlan): NodeLabels {
  return { name: machine.name, labels: labelsWhere(machine, (label) => !mayKubeletSet(label)) };
}
