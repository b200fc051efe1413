import { type FeatureGates, readFeatureGates } from '../../api/feature-gates.ts';
import { KINDS } from '../../api/kind-list.ts';
import type { Deployment, Event, Namespace, Node, Pod, ReplicaSet } from '../../api/kinds.ts';
import type { KubeObject, Manifest } from '../../api/object.ts';
import { deployments, events, leases, namespaces, nodes, pods, RESOURCES, replicaSets } from '../../api/resources.ts';
import { alphaKinds } from '../../api/runtime-config.ts';
import { timestamp } from '../../api/timestamp.ts';
import { apiExtensions } from '../../apiextensions-apiserver/index.ts';
import { Client } from '../../client/client.ts';
import type { Transport } from '../../client/transport.ts';
import { Etcd } from '../../etcd/index.ts';
import { createApiServer } from '../../kube-apiserver/index.ts';
import { Simulation } from '../../sim/index.ts';

/** A real API server, and a stand-in for kubelets: for tests of what runs on top. */
export class ControlPlane {
  readonly sim: Simulation;
  readonly client: Client;
  readonly transport: Transport;
  /** To plant what the API server would refuse. */
  readonly etcd: Etcd;
  readonly featureGates: FeatureGates;

  /**
   * @param epochMs what clocks show at the start.
   * @param features as `--feature-gates` has them; with any, all alpha versions are served.
   */
  constructor(seed: string, epochMs?: number, features?: string) {
    this.featureGates = readFeatureGates(features);
    this.sim = new Simulation({ seed, ...(epochMs !== undefined && { epochMs }) });
    this.etcd = new Etcd(this.sim);
    const { etcd } = this;
    const server = createApiServer({
      sim: this.sim,
      etcd,
      kinds: [...KINDS, ...alphaKinds('api/alpha=true', this.featureGates)],
      featureGates: this.featureGates,
      extensions: () => apiExtensions,
      dialNode: () => undefined,
      serverVersion: 'v1.36.2',
    });
    this.transport = server.handle;
    this.client = new Client(server.handle, { userAgent: 'test' });
  }

  /** Creates an object from its manifest, in `default` where it needs a namespace. */
  apply<T extends KubeObject>(manifest: Manifest<T>): T {
    const resource = RESOURCES.find(({ kind }) => kind === manifest.kind)!;
    const namespace = resource.namespaced ? (manifest.metadata.namespace ?? 'default') : undefined;
    const object = { ...manifest, metadata: { ...manifest.metadata, namespace } } as Manifest<KubeObject>;
    return this.client.resource(resource).create(object) as unknown as T;
  }

  /** A strategic merge patch of an object, in `default` where it has a namespace. */
  patch(kind: string, name: string, change: object): void {
    const resource = RESOURCES.find((each) => each.kind === kind)!;
    this.client.resource(resource).patch(name, resource.namespaced ? 'default' : undefined, 'strategic-merge', change);
  }

  createNode(name: string, allocatable: Readonly<Record<string, string>> = { cpu: '4', memory: '8Gi' }): Node {
    this.apply<Node>({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {} });
    const status = { allocatable: { pods: '110', ...allocatable }, capacity: { pods: '110', ...allocatable } };
    const client = this.client.resource(nodes);
    client.patch(name, undefined, 'merge', { spec: { taints: null } });
    return client.patch(name, undefined, 'merge', { status }, { subresource: 'status' });
  }

  pods(namespace = 'default'): readonly Pod[] {
    return this.client.resource(pods).list({ namespace }).items;
  }

  replicaSets(): readonly ReplicaSet[] {
    return this.client.resource(replicaSets).list({ namespace: 'default' }).items;
  }

  deployment(name = 'web'): Deployment {
    return this.client.resource(deployments).get(name, 'default');
  }

  namespaces(): readonly Namespace[] {
    return this.client.resource(namespaces).list().items;
  }

  /** What a component wrote in vain: `PUT /api/…: 409 …`. */
  refusals(component: string): string[] {
    return this.sim.trace.entries
      .filter(({ kind, activity }) => kind === 'request.refused' && activity?.component === component)
      .map(({ subject, detail }) => `${subject}: ${detail}`);
  }

  /** `reason: message` of the events about an object, oldest first; random name suffixes masked. */
  eventsOf(kind: string, name?: string): string[] {
    const about = ({ involvedObject }: Event) =>
      involvedObject.kind === kind && (name === undefined || involvedObject.name === name);
    return this.client
      .resource(events)
      .list()
      .items.filter(about)
      .toSorted((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map(({ reason, message }) => `${reason}: ${message}`);
  }

  /** Lets every Pod with a node become ready and every deleted one end, each within a second. */
  startKubelets(
    options: {
      readonly isHealthy?: (pod: Pod) => boolean;
      /** How a Pod that has run for a second ends; undefined lets it run on. */
      readonly end?: (pod: Pod) => 'Succeeded' | 'Failed' | undefined;
      /** Of its containers when it fails; 1 unless told. */
      readonly exitCode?: (pod: Pod) => number;
    } = {},
  ): void {
    this.sim.schedule(1_000, 'stand-in kubelets', () => {
      const items = this.client.resource(pods).list().items;
      for (const pod of items) {
        const end = pod.status?.phase === 'Running' ? options.end?.(pod) : undefined;
        if (end !== undefined && pod.metadata.deletionTimestamp === undefined)
          this.#end(pod, end, end === 'Succeeded' ? 0 : (options.exitCode?.(pod) ?? 1));
        else this.#tend(pod, options.isHealthy?.(pod) ?? true);
      }
      this.startKubelets(options);
    });
  }

  #end(pod: Pod, phase: 'Succeeded' | 'Failed', exitCode: number): void {
    const finishedAt = timestamp(this.sim.wallMs);
    const containerStatuses = pod.spec.containers.map(({ name, image = '' }) => ({
      name,
      image,
      imageID: '',
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode, finishedAt, startedAt: finishedAt } },
    }));
    const conditions = [{ type: 'Ready', status: 'False', reason: 'PodCompleted', lastTransitionTime: finishedAt }];
    this.client
      .resource(pods)
      .updateStatus({ ...pod, status: { ...pod.status, phase, conditions, containerStatuses } });
  }

  #tend(pod: Pod, isHealthy: boolean): void {
    const { name, namespace, deletionTimestamp } = pod.metadata;
    const client = this.client.resource(pods);
    if (deletionTimestamp !== undefined) {
      client.delete(name, namespace, { gracePeriodSeconds: 0 });
      return;
    }
    const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;
    if (
      !pod.spec.nodeName ||
      pod.status?.phase === 'Failed' ||
      pod.status?.phase === 'Succeeded' ||
      (pod.status?.phase === 'Running' && isReady === isHealthy)
    ) {
      return;
    }
    const lastTransitionTime = timestamp(this.sim.wallMs);
    const ready = { type: 'Ready', status: isHealthy ? 'True' : 'False', lastTransitionTime };
    const others = pod.status?.conditions?.filter(({ type }) => type !== 'Ready') ?? [];
    const startTime = pod.status?.startTime ?? lastTransitionTime;
    client.updateStatus({
      ...pod,
      status: { ...pod.status, phase: 'Running', startTime, conditions: [...others, ready] },
    });
  }

  /** A node's heartbeat every ten seconds, until the returned function is called. */
  startHeartbeat(nodeName: string): () => void {
    const leaseClient = this.client.resource(leases);
    const metadata = { name: nodeName, namespace: 'kube-node-lease' };
    leaseClient.create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: {} });
    this.#setNodeReady(nodeName);
    let isAlive = true;
    const beat = (): void => {
      if (!isAlive) return;
      const lease = leaseClient.get(nodeName, metadata.namespace);
      const renewTime = `${new Date(this.sim.wallMs).toISOString().slice(0, 23)}000Z`;
      leaseClient.update({ ...lease, spec: { holderIdentity: nodeName, renewTime } });
      this.sim.schedule(10_000, 'heartbeat', beat);
    };
    beat();
    return () => {
      isAlive = false;
    };
  }

  /** What a kubelet says when it comes up. */
  #setNodeReady(nodeName: string): void {
    const node = this.client.resource(nodes).get(nodeName);
    const now = timestamp(this.sim.wallMs);
    const condition = (type: string, status: string, reason: string) => ({
      type,
      status,
      reason,
      message: '',
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    });
    const conditions = [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID'),
      condition('Ready', 'True', 'KubeletReady'),
    ];
    this.client.resource(nodes).updateStatus({ ...node, status: { ...node.status, conditions } });
  }

  restartHeartbeat(nodeName: string): void {
    this.client.resource(leases).delete(nodeName, 'kube-node-lease');
    this.startHeartbeat(nodeName);
  }
}
