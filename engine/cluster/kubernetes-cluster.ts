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
import { MetricsServers } from './add-ons/metrics-server.ts';
import { type AddOnObject, kubeadmInit, kubeadmJoin, type NodeLabels } from './bootstrap/kubeadm.ts';
import { peerUrlOf } from './bootstrap/static-pods.ts';
import { type Cluster, type ForkOptions, HOME, type RunPoint } from './cluster.ts';
import { clusterRegistry } from './cluster-images.ts';
import {
  connectApiServer,
  connectServer,
  openApiServer,
  type Reachability,
  ServerAddress,
} from './component/api-endpoint.ts';
import type { Connect } from './component/asker.ts';
import { tokenTransport } from './component/token-transport.ts';
import { askAs } from './control-plane/ask-as.ts';
import { nodeUser, USERS } from './control-plane/control-plane.ts';
import { ControlPlanes } from './control-plane/control-planes.ts';
import { openDoors } from './doors.ts';
import type { EtcdMembers, EtcdSurroundings } from './etcd/etcd-server.ts';
import { preloadedImages } from './images/catalogue.ts';
import { type ClusterInput, fromOutside, type ProbeOutcome, type ProbeRequest, type RunOutcome } from './input.ts';
import { joiningObjects } from './kubeadm-objects.ts';
import { type BuiltMachine, buildMachine, machineOf } from './machines/machine-host.ts';
import { labelsWhere, type MachinePlan, planMachines } from './machines/machine-plan.ts';
import { SshKeys } from './machines/ssh-server.ts';
import type { KubeletServer } from './node/kubelet-program.ts';
import type { LateKubeletParts } from './node/late-kubelet-parts.ts';
import { NodeMachine, type NodeMachineOptions } from './node/node-machine.ts';
import { nodePrograms } from './node/node-programs.ts';
import { type ClusterOptions, controlPlaneNames, endpointOf, releaseOf } from './options.ts';
import { ClusterPki } from './pki/cluster-pki.ts';
import { isClusterReady } from './readiness.ts';
import { RequestTrials } from './request-trials.ts';
import type { RequestFilter, RequestPath, RequestProbe } from './requests/request-path.ts';
import { Runs } from './runs.ts';
import { type SessionListener, Sessions } from './sessions.ts';
import { Terminals } from './terminals.ts';
import type { ClusterView } from './view.ts';
import { buildView } from './view-builder.ts';
import { listWorkstationFiles, readWorkstationFile } from './workstation/workstation.ts';
import { workstationFiles } from './workstation/workstation-files.ts';
import type { WorkstationTools } from './workstation-tools.ts';

type KubeadmPart = Pick<NodeMachineOptions, 'kubeadm' | 'cloudController'>;

type Restore = (changes: ForkOptions, journal: readonly JournalEntry[], until: RunPoint) => KubernetesCluster;

type EtcdTools = ReturnType<WorkstationTools['etcdTools']>;

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
  readonly #etcd: EtcdSurroundings;
  readonly #controlPlanes: ControlPlanes;
  readonly #workstation: Host;
  readonly #hosts = new Map<string, Host>();
  readonly #built = new Map<string, BuiltMachine>();
  readonly #terminals: Terminals;
  readonly #runs = new Runs();
  readonly #asAdmin: Transport;
  readonly #looking: Client;
  readonly #sessions: Sessions;
  readonly #requests: RequestTrials;

  constructor(options: ClusterOptions, tools: WorkstationTools, restore: Restore) {
    this.options = options;
    this.#restore = restore;
    this.sim = new Simulation({ ...options, seed: options.seed ?? 'drydock' });
    this.#pki = new ClusterPki(this.sim, options.keys);
    const etcdTools = tools.etcdTools((hostPort, process) => this.#controlPlanes.dialEtcd(hostPort, process));
    const plan = planMachines(options, tools, this.#pki, etcdTools, (addresses) => new SshKeys(this.sim, addresses));
    const fabric = createFabric(this.sim, options);
    const reachable = (from: Host, to: Host) => fabric.joins(from.name, to.name);
    this.#etcd = etcdSurroundings(this.sim, reachable, tools);
    const hosts = plan.machines.map((machine) => this.#buildNode(fabric, machine, tools));
    const kubelets = new Map<string, ServerAddress<KubeletServer>>();
    const dialKubelet = (from: Host) => (nodeName: string) => kubelets.get(nodeName)?.dial(from);
    const metricsServers = new MetricsServers();
    this.#controlPlanes = new ControlPlanes(
      plan.machines.map(({ address }, index) => ({ host: hosts[index]!, address })),
      endpointOf(options),
      {
        dialKubelet,
        dialService: (namespace, name) => metricsServers.dial(namespace, name),
        reachable,
        descriptions: options.descriptions,
        pki: this.#pki,
        late: tools,
        etcd: this.#etcd,
      },
    );
    const registry = this.#registry(tools, etcdTools, metricsServers);
    const addOns = addOnObjects(options, this.#controlPlanes.main.hostPort, tools.storageObjects);
    this.#machines = plan.machines.map((machine, index) => {
      const host = hosts[index]!;
      const address = new ServerAddress<KubeletServer>(host, `${machine.address}:10250`, reachable);
      kubelets.set(machine.name, address);
      const kubeadm =
        index === 0
          ? this.#firstMachine(host, fabric, plan.machines.map(restrictedLabels), addOns)
          : this.#laterMachine(host, machine, index);
      return this.#addMachine(machine, host, registry, address, {
        ...kubeadm,
        ...nodeTools(tools, this.#kubectlOn(machine, tools)),
      });
    });
    this.#workstation = this.#createWorkstation(fabric, plan.workstation, tools);
    this.#terminals = new Terminals(this.#workstation);
    this.#asAdmin = openApiServer(this.#controlPlanes.main, this.#workstation, USERS.admin);
    this.client = new Client(lookingOn(this.#asAdmin));
    this.#looking = new Client(this.#asSuperAdmin(endpointOf(options) === undefined ? hosts[0]! : this.#workstation));
    this.#sessions = new Sessions(this.#asAdmin);
    this.#requests = new RequestTrials(fabric, tools.requestFollower, this.#machines, this.#hosts);
    openDoors({
      sim: this.sim,
      asAdmin: this.#asAdmin,
      workstation: this.#workstation,
      terminals: this.#terminals,
      sessions: this.#sessions,
      host: (name) => this.#host(name),
      targets: {
        nodes: this.#machines,
        machines: this.#built,
        fabric,
        networkChanged: () => this.#controlPlanes.networkChanged(),
      },
      runs: this.#runs,
    });
  }

  get journal(): readonly JournalEntry[] {
    return this.sim.journal.entries;
  }

  ready(): boolean {
    return isClusterReady(this.#looking, this.#machines.length, controlPlaneNames(this.options).length);
  }

  submit(input: ClusterInput): unknown {
    return this.sim.journal.submit(input);
  }

  run(host: string, argv: readonly string[], limitMs: number): RunOutcome | undefined {
    const run = this.#runs.next();
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
    const run = this.#runs.next();
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
    return buildView(this.sim, this.#controlPlanes, this.#machines);
  }

  stored(prefix: string, revision?: number): readonly KeyValue[] {
    return this.#controlPlanes.stored(prefix, revision);
  }

  get revision(): number {
    return this.#controlPlanes.revision;
  }

  explainScheduling(name: string, namespace = 'default'): SchedulingDecision | undefined {
    return this.#controlPlanes.explain(namespace, name);
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
      etcd: () => this.#etcd.members(),
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
      askAs(asker, ofCertificate, (user) => connectServer(this.#controlPlanes, this.#hosts.get(name)!, user, server));
  }

  #registry(tools: WorkstationTools, etcdTools: EtcdTools, metricsServers: MetricsServers): Registry {
    return clusterRegistry(this.options, {
      sim: this.sim,
      tools,
      controlPlanes: this.#controlPlanes,
      etcdTools,
      metricsServers,
      connectAs: (account) => this.#connectAs(account),
      connectByToken: (process) => tokenTransport(this.#controlPlanes.main, this.#machineOf(process), process),
    });
  }

  #machineOf(process: Process): Host {
    return machineOf([...this.#hosts.values()], process);
  }

  #connectAs(account: string): (process: Process) => Transport {
    return (process) => this.#asServiceAccount(this.#machineOf(process), account);
  }

  /** As a Pod of kube-system with this ServiceAccount. */
  #asServiceAccount(host: Host, name: string): Transport {
    const groups = ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'];
    const username = `system:serviceaccount:kube-system:${name}`;
    return connectApiServer(this.#controlPlanes.main, host, { username, groups });
  }

  /** What runs where the cluster was begun. */
  #firstMachine(
    host: Host,
    fabric: Fabric,
    labels: readonly NodeLabels[],
    addOns: readonly AddOnObject[],
  ): KubeadmPart {
    const transport = this.#asServiceAccount(host, 'cloud-controller-manager');
    const server = `https://${this.#controlPlanes.main.hostPort}`;
    const endpoint = endpointOf(this.options);
    const forJoining = joiningObjects(server, this.#pki.rootCa, releaseOf(this.options), endpoint);
    return {
      kubeadm: { phase: 'init', program: kubeadmInit(this.#asSuperAdmin(host), labels, addOns, forJoining) },
      cloudController: cloudControllerProgram(this.sim, transport, fabric),
    };
  }

  #laterMachine(host: Host, { name, role, address }: MachinePlan, index: number): KubeadmPart {
    const member = peerUrlOf(address);
    const machine = { rootCa: this.#pki.rootCa, pem: this.#pki.kubeletCertificate(name) };
    const joining =
      role === 'worker'
        ? { ...machine, server: `https://${this.#controlPlanes.main.hostPort}` }
        : {
            ...machine,
            server: `https://${address}:6443`,
            before: () => this.#etcd.members().admit(member, index),
            afterwards: () => this.#etcd.members().promote(member),
          };
    return { kubeadm: { phase: 'join', program: kubeadmJoin(this.#asSuperAdmin(host), joining) } };
  }

  /** As super-admin.conf has it. */
  #asSuperAdmin(host: Host): Transport {
    return connectApiServer(this.#controlPlanes.main, host, USERS.superAdmin);
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
      connect: (server) => connectServer(this.#controlPlanes, host, nodeUser(machine.name), server),
      labels: labelsWhere(machine, mayKubeletSet),
      taints: machine.taints,
      preloaded: preloadedImages(machine.role, releaseOf(this.options)),
      kubeletAddress,
      ...parts,
    });
  }

  #createWorkstation(fabric: Fabric, machine: MachinePlan, tools: WorkstationTools): Host {
    const { hostPort } = this.#controlPlanes.main;
    const files = workstationFiles(machine, hostPort, this.#kubectlOn(machine, tools), tools, this.options.files ?? {});
    return this.#build(fabric, { ...machine, files }, tools);
  }

  #host(name: string): Host {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`there is no machine "${name}"`);
    return host;
  }
}

function etcdSurroundings(sim: Simulation, reachable: Reachability, tools: WorkstationTools): EtcdSurroundings {
  let members: EtcdMembers | undefined;
  return {
    database: () => tools.etcdDatabase(),
    lonely: tools.lonelyEtcd,
    members: () => {
      members ??= tools.etcdMembers(sim, reachable);
      return members;
    },
  };
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
