import type { Node, Pod } from '../api/kinds.ts';
import type { PodIdentity } from '../api/node-api.ts';
import { objectKey } from '../api/object.ts';
import { leases, nodes, pods } from '../api/resources.ts';
import { Client } from '../client/client.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { Informer } from '../client/informer.ts';
import { removeTree } from '../linux/directory-tree.ts';
import { runTask, type TaskHandle } from '../sim/index.ts';
import { admitPod, type Rejection } from './admission.ts';
import { DEFAULT_CONFIGURATION, type KubeletConfiguration } from './configuration.ts';
import { ContainerLogs } from './container-logs.ts';
import { createContext } from './create-context.ts';
import { createEviction } from './eviction/create-eviction.ts';
import type { EvictionManager } from './eviction/eviction-manager.ts';
import { ImageGc } from './image-gc.ts';
import { removeSandboxes } from './kill-pod.ts';
import { type KubeletContext, podEvent } from './kubelet-context.ts';
import { deleteMirror, isMirror, Mirrors } from './mirror-pods.ts';
import { NodeLease } from './node-lease.ts';
import { NodeResources } from './node-resources.ts';
import { NodeShutdown, TERMINATED } from './node-shutdown.ts';
import { NodeStatusUpdater } from './node-status.ts';
import { type Kubelet, type KubeletOptions, kubeletConfiguration, MANIFESTS } from './options.ts';
import { Orphans } from './orphans.ts';
import { PodCgroups } from './pod-cgroups.ts';
import { PodWorker, type PodWorkerHost } from './pod-worker.ts';
import { Prober } from './prober/prober.ts';
import { podLogDirectory } from './sandbox-config.ts';
import { createServer } from './server.ts';
import { StaticPodSource } from './static-pods.ts';
import { StatusWriter } from './status/status-writer.ts';
import type { MountedVolumes } from './volumes/volume.ts';

/** Starts the kubelet of one node. @throws ConfigurationError */
export function startKubelet(options: KubeletOptions): Kubelet {
  const agent = new NodeAgent(options);
  const logs = new ContainerLogs(agent.context, (options.configuration ?? DEFAULT_CONFIGURATION).logs);
  logs.start();
  agent.start();
  return {
    nodeApi: createServer({
      context: agent.context,
      cgroups: options.cgroups,
      findPod: (identity) => agent.findPod(identity),
      pods: () => agent.pods(),
      volumesOf: (uid) => agent.volumesOf(uid),
      configuration: kubeletConfiguration(options),
    }),
    shutDown: (done) => agent.shutDown(done),
    stop: () => {
      logs.stop();
      agent.stop();
    },
  };
}

/**
 * The kubelet: takes Pods from the API server and from the manifest directory, has a worker for each, and reports on
 * the node. After `pkg/kubelet/kubelet.go`.
 */
class NodeAgent implements PodWorkerHost {
  readonly context: KubeletContext;
  readonly prober: Prober;
  readonly statuses: StatusWriter;
  readonly allocatable = (resource: string): number => this.#nodeStatus.allocatable(resource);
  readonly #workers = new Map<string, PodWorker>();
  /** Pods that wait until an earlier one of the same name has ended. */
  readonly #queued = new Map<string, Pod>();
  readonly #mirrors: Mirrors;
  readonly #informer: Informer<Pod>;
  readonly #nodeStatus: NodeStatusUpdater;
  readonly #lease: NodeLease;
  readonly #staticPods: StaticPodSource | undefined;
  readonly #cgroups: PodCgroups | undefined;
  readonly #eviction: EvictionManager | undefined;
  readonly #shutdown: NodeShutdown;
  readonly #imageGc: ImageGc;
  readonly #configuration: KubeletConfiguration;
  readonly #cleaning = new Set<TaskHandle>();
  readonly #orphans: Orphans;
  #unsubscribe: (() => void) | undefined;

  constructor(options: KubeletOptions) {
    const { sim, root, nodeName, transport, runtime, images } = options;
    this.#configuration = options.configuration ?? DEFAULT_CONFIGURATION;
    const resources = new NodeResources(options.capacity, this.#configuration);
    const userAgent = `kubelet/${options.kubeletVersion}`;
    const client = new Client(transport, { userAgent, isComponent: true });
    const recorder = new EventRecorder(sim, client, { component: 'kubelet', host: nodeName });
    this.context = createContext(options, client, recorder, {
      activePods: () => this.#running(),
      sourcesReady: () => this.#informer.hasSynced,
      statusChanged: () => this.#nodeStatus.refresh(),
    });
    // What a file on the node says may be too large for the server.
    this.#mirrors = new Mirrors(new Client(transport, { userAgent }).resource(pods));
    this.#orphans = new Orphans(this.context, (uid) => this.#workers.has(uid) || this.#wanted(uid));
    this.prober = new Prober(this.context, (uid) => this.#workers.get(uid)?.ring());
    this.statuses = new StatusWriter(sim, this.context.pods, this.context.component);
    this.#nodeStatus = new NodeStatusUpdater(
      {
        sim,
        nodes: client.resource(nodes),
        recorder,
        runtime,
        images,
        volumesInUse: () => this.context.plugins.volumesInUse(),
        hasPressure: (type) => this.#eviction?.has(type) === true,
        shuttingDown: () => this.#shutdown.active,
        devices: this.context.devices,
        journal: options.journal,
      },
      { ...options, resources, labels: options.nodeLabels, taints: options.registerWithTaints },
    );
    this.#eviction = createEviction(this.context, options, {
      pods: () => this.pods(),
      activePods: () => [...this.#workers.values()].filter(({ active }) => active).map(({ pod }) => pod),
      evict: (pod, message, graceSeconds) => this.#evict(pod, message, graceSeconds),
      conditionsChanged: () => this.#nodeStatus.refresh(),
    });
    this.#cgroups = options.cgroups && new PodCgroups(options.cgroups, (resource) => resources.forPods(resource));
    this.#imageGc = new ImageGc(this.context, this.#configuration.imageGc);
    this.#shutdown = new NodeShutdown(
      {
        ...this.context,
        runningPods: () => this.#running(),
        terminate: ({ metadata }, seconds) =>
          this.#workers.get(metadata.uid)?.disrupt(TERMINATED.reason, TERMINATED.message, seconds),
        changed: () => this.#nodeStatus.refresh(),
      },
      this.#configuration.shutdown,
    );
    this.#lease = new NodeLease(
      { sim, leases: client.resource(leases), journal: options.journal },
      nodeName,
      () => this.#nodeStatus.current,
    );
    this.#informer = new Informer(sim, this.context.pods, {
      name: `${this.context.component} pods`,
      fieldSelector: `spec.nodeName=${nodeName}`,
    });
    const path = options.staticPodPath ?? MANIFESTS;
    this.#staticPods =
      root &&
      new StaticPodSource({ sim, root, journal: options.journal }, path, nodeName, (manifests) =>
        this.#takeStaticPods(manifests),
      );
  }

  start(): void {
    this.context.cache.relist();
    this.#cgroups?.enforceAllocatable(this.#configuration.enforceNodeAllocatable.includes('pods'));
    this.#shutdown.start();
    if (this.context.root !== undefined) this.#imageGc.start();
    this.#eviction?.start();
    this.#unsubscribe = this.context.runtime.subscribe((event) => {
      this.context.cache.observe(event);
      const worker = this.#workers.get(event.podUid);
      if (worker !== undefined) worker.ring();
      else if (event.type === 'CONTAINER_STARTED_EVENT') this.#orphans.removeSoon();
    });
    this.context.devices.start();
    this.context.plugins.start();
    this.#nodeStatus.start();
    this.#lease.start();
    this.#staticPods?.start();
    this.#informer.addHandlers({
      add: (pod) => this.#takePod(pod),
      update: (_, pod) => this.#takePod(pod),
      delete: (pod) => this.#forgetPod(pod),
    });
    this.#informer.whenSynced(() => {
      this.#orphans.remove();
      for (const worker of this.#workers.values()) worker.ring();
    });
    this.#informer.start();
    // A hollow node's containers have no environment.
    if (this.context.root !== undefined) this.context.services.start();
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#informer.stop();
    this.context.services.stop();
    this.context.objects.stop();
    this.#staticPods?.stop();
    this.#nodeStatus.stop();
    this.#eviction?.stop();
    this.#shutdown.stop();
    this.#imageGc.stop();
    this.#lease.stop();
    this.prober.stop();
    this.statuses.stop();
    this.context.recorder.stop();
    for (const worker of this.#workers.values()) worker.stop();
    this.context.devices.stop();
    this.context.plugins.stop();
    for (const task of this.#cleaning) task.cancel();
    this.#orphans.stop();
  }

  enforceLimits(pod: Pod): void {
    this.#cgroups?.apply(pod);
  }

  #evict(pod: Pod, message: string, graceSeconds: number): void {
    podEvent(this.context, pod, 'Warning', 'Evicted', message);
    this.#workers.get(pod.metadata.uid)?.disrupt('Evicted', message, graceSeconds);
  }

  admit(pod: Pod): Rejection | undefined {
    const refusal = this.#shutdown.admit() ?? this.#eviction?.admit(pod);
    if (refusal !== undefined) return refusal;
    const others: Pod[] = [];
    this.#workers.forEach((worker) => {
      if (worker.active && worker.uid !== pod.metadata.uid) others.push(worker.pod);
    });
    const rejection = admitPod(pod, others, this.allocatable, this.#nodeStatus.current);
    if (rejection?.reason !== 'NodeAffinity' && rejection?.reason !== 'TaintToleration') return rejection;
    // The scheduler may have seen labels and taints that are newer than the last report.
    this.#nodeStatus.refresh();
    return admitPod(pod, others, this.allocatable, this.#nodeStatus.current);
  }

  get node(): Node | undefined {
    return this.#nodeStatus.current;
  }

  networkNotReady(): string | undefined {
    return this.#nodeStatus.notReady();
  }

  statusTarget(pod: Pod): Pod | undefined {
    if (this.#workers.get(pod.metadata.uid)?.isStatic !== true) return pod;
    return this.#ensureMirror(pod);
  }

  /** Those that have not ended. */
  #running(): readonly Pod[] {
    return [...this.#workers.values()].filter(({ terminated }) => !terminated).map(({ pod }) => pod);
  }

  volumesOf(uid: string): MountedVolumes {
    return this.#workers.get(uid)?.mountedVolumes ?? new Map();
  }

  shutDown(done: () => void): void {
    this.#shutdown.begin(done);
  }

  pods(): readonly Pod[] {
    return [...this.#workers.values()].map(({ pod }) => pod);
  }

  findPod({ namespace, name, uid }: PodIdentity): Pod | undefined {
    const own = this.#workers.get(uid)?.pod;
    if (own !== undefined) return own;
    for (const { pod } of this.#workers.values()) {
      if (pod.metadata.name === name && pod.metadata.namespace === namespace) return pod;
    }
    return undefined;
  }

  onTerminated(worker: PodWorker): void {
    const { pod, uid } = worker;
    const known = worker.isStatic ? undefined : this.#informer.lister.byKey(objectKey(pod));
    if (worker.isStatic || known?.metadata.uid !== uid) this.#cleanUp(worker);
  }

  #takePod(pod: Pod): void {
    if (isMirror(pod)) {
      this.#takeMirror(pod);
      return;
    }
    const worker = this.#workers.get(pod.metadata.uid);
    if (worker === undefined) {
      this.#begin(pod, false);
      return;
    }
    this.statuses.reconcile(pod);
    worker.update(pod);
  }

  #begin(pod: Pod, isStatic: boolean): void {
    const { uid } = pod.metadata;
    const worker = new PodWorker(this, pod, isStatic, !this.#informer.hasSynced);
    this.#workers.set(uid, worker);
    if (pod.metadata.deletionTimestamp !== undefined && !isStatic) worker.end();
  }

  #forgetPod(pod: Pod): void {
    if (isMirror(pod)) {
      this.#loseMirror(pod);
      return;
    }
    const worker = this.#workers.get(pod.metadata.uid);
    if (worker === undefined) return;
    if (worker.terminated) this.#cleanUp(worker);
    else worker.end();
  }

  /** Removes what a Pod that is no more left in the runtime and on the disk. */
  #cleanUp(worker: PodWorker): void {
    const { uid, pod } = worker;
    const { cache, waiting, containerBackOff, imageBackOff, objects, tokens, root, sim } = this.context;
    this.#workers.delete(uid);
    this.statuses.forget(uid);
    waiting.forget(uid);
    containerBackOff.forget(uid);
    imageBackOff.forget(uid);
    objects.forget(uid);
    tokens.forget(uid);
    this.context.userNamespaces.forget(uid);
    this.#cgroups?.remove(pod);
    if (worker.isStatic) this.#removeMirrorOf(pod);
    const task = runTask(sim, `${this.context.component} clean up`, removeSandboxes(this.context, uid), () => {
      this.#cleaning.delete(task);
      cache.forget(uid);
      if (root !== undefined) removeTree(root, podLogDirectory(pod));
    });
    this.#cleaning.add(task);
    this.#beginQueued(pod);
  }

  /** While not all Pods are known any may be wanted. */
  #wanted(uid: string): boolean {
    if (!this.#informer.hasSynced) return true;
    const queued = [...this.#queued.values()].some(({ metadata }) => metadata.uid === uid);
    return queued || this.#informer.lister.list().some(({ metadata }) => metadata.uid === uid);
  }

  #takeStaticPods(manifests: readonly Pod[]): void {
    const uids = new Set(manifests.map(({ metadata }) => metadata.uid));
    for (const worker of this.#workers.values()) {
      if (worker.isStatic && !uids.has(worker.uid)) worker.end();
    }
    this.#queued.clear();
    for (const pod of manifests) {
      if (this.#workers.has(pod.metadata.uid)) continue;
      const sameName = [...this.#workers.values()].some(({ pod: other }) => objectKey(other) === objectKey(pod));
      // One Pod of a name at a time: the new one waits for the end of the old.
      if (sameName) this.#queued.set(objectKey(pod), pod);
      else this.#begin(pod, true);
    }
  }

  #beginQueued({ metadata }: Pod): void {
    const key = objectKey({ metadata });
    const queued = this.#queued.get(key);
    if (queued === undefined) return;
    this.#queued.delete(key);
    this.#begin(queued, true);
  }

  #takeMirror(mirror: Pod): void {
    const key = objectKey(mirror);
    this.#mirrors.note(mirror);
    const worker = this.#staticWorker(key);
    if (worker === undefined) {
      if (this.#queued.has(key)) return;
      deleteMirror(this.context.pods, mirror);
    } else {
      this.statuses.setTarget(worker.uid, mirror);
      this.statuses.reconcile(mirror, worker.uid);
      if (mirror.metadata.deletionTimestamp !== undefined) worker.ring();
    }
  }

  #loseMirror(mirror: Pod): void {
    this.#mirrors.forget(mirror);
    this.#staticWorker(objectKey(mirror))?.ring();
  }

  #staticWorker(key: string): PodWorker | undefined {
    for (const worker of this.#workers.values()) {
      if (worker.isStatic && objectKey(worker.pod) === key) return worker;
    }
    return undefined;
  }

  #ensureMirror(pod: Pod): Pod | undefined {
    const key = objectKey(pod);
    // Before the first list nobody knows whether there is one.
    if (!this.#informer.hasSynced || this.#workers.get(pod.metadata.uid)?.active !== true) return this.#mirrors.of(pod);
    const { sim } = this.context;
    return sim.trace.during({ component: this.context.component, key }, () =>
      this.#mirrors.ensure(pod, this.#nodeStatus.current),
    );
  }

  #removeMirrorOf(pod: Pod): void {
    if (!this.#queued.has(objectKey(pod))) this.#mirrors.remove(pod);
  }
}
