import { isReady } from '../../api/core/ready.ts';
import type { Lease, Node, Pod, Taint } from '../../api/kinds.ts';
import { leases, nodes, pods } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { timestamp } from '../../api/timestamp.ts';
import type { Client, ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { TokenBucket } from '../../client/rate-limiter.ts';
import { ConnectionError } from '../../client/transport.ts';
import type { Simulation, Timer } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { indexByNode, podsOnNode } from '../node-index.ts';
import { withConditionTaints, withEvictionTaint } from './condition-taints.ts';
import { Heartbeat, lostConditions, readyStatus } from './node-health.ts';
import { evictionRate, zoneOf, zoneState } from './zone-health.ts';

/** `--node-monitor-period` */
const MONITOR_PERIOD_MS = 5_000;
const LEASE_NAMESPACE = 'kube-node-lease';

/** How fast Pods may be moved out of a zone; no bucket: not at all. */
interface Zone {
  readonly rate: number;
  readonly bucket: TokenBucket | undefined;
}

/**
 * Notices nodes that fall silent, marks them and their Pods as not ready, and taints nodes by their conditions.
 * Eviction itself is the work of the taint-eviction-controller.
 * https://kubernetes.io/docs/concepts/architecture/nodes/#node-controller, after `pkg/controller/nodelifecycle`.
 */
export class NodeLifecycleController {
  readonly #sim: Simulation;
  readonly #nodeClient: ResourceClient<Node>;
  readonly #podClient: ResourceClient<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #leases: Informer<Lease>;
  readonly #pods: Informer<Pod>;
  readonly #recorder: EventRecorder;
  readonly #heartbeats = new Map<string, Heartbeat>();
  readonly #ready = new Map<string, string | undefined>();
  readonly #zones = new Map<string, Zone>();
  readonly #tainting: Controller;
  #monitor: Timer | undefined;
  #isCutOff = false;

  constructor(context: ControllerContext) {
    const { sim, informers } = context;
    const client: Client = context.client;
    this.#sim = sim;
    this.#nodeClient = client.resource(nodes);
    this.#podClient = client.resource(pods);
    this.#nodes = informers.for(nodes);
    this.#leases = informers.for(leases);
    this.#pods = informers.for(pods);
    this.#recorder = context.recorder('node-controller');
    this.#tainting = new Controller(sim, {
      name: 'node-lifecycle-controller',
      reconcile: (key) => this.#taintByCondition(key),
      informers: [this.#nodes, this.#leases, this.#pods],
    });
    indexByNode(this.#pods);
    this.#nodes.addHandlers({
      add: (node) => this.#tainting.enqueue(node),
      update: (_, node) => this.#tainting.enqueue(node),
      delete: ({ metadata }) => this.#forget(metadata.name, metadata.uid),
    });
  }

  start(): void {
    this.#tainting.start();
    this.#arrange();
  }

  stop(): void {
    this.#tainting.stop();
    this.#monitor?.cancel();
  }

  #arrange(): void {
    this.#monitor = this.#sim.schedule(MONITOR_PERIOD_MS, 'node monitor', () => {
      if (this.#nodes.hasSynced && this.#leases.hasSynced) this.#monitorNodes();
      this.#arrange();
    });
  }

  #monitorNodes(): void {
    const all = this.#nodes.lister.list();
    this.#judgeZones(all);
    for (const node of all) {
      const { name } = node.metadata;
      this.#sim.trace.during({ component: 'node-lifecycle-controller', key: name }, () => {
        try {
          this.#monitorNode(node);
        } catch (error) {
          // Tried again at the next turn.
          if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
        }
      });
    }
  }

  #judgeZones(all: readonly Node[]): void {
    // When every node is silent it is rather we who are cut off: then nobody is evicted.
    this.#isCutOff = all.every((node) => readyStatus(node) !== 'True');
    for (const [name, members] of Map.groupBy(all, zoneOf)) {
      const rate = evictionRate(zoneState(members), members.length, this.#isCutOff);
      if (this.#zones.get(name)?.rate === rate) continue;
      const bucket = rate === 0 ? undefined : new TokenBucket(this.#sim, rate, 1);
      this.#zones.set(name, { rate, bucket });
    }
  }

  #monitorNode(given: Node): void {
    let node = given;
    const { name } = node.metadata;
    const { nowMs, wallMs } = this.#sim;
    let heartbeat = this.#heartbeats.get(name);
    if (heartbeat === undefined) {
      heartbeat = new Heartbeat(nowMs);
      this.#heartbeats.set(name, heartbeat);
      this.#reportNode(node, 'RegisteredNode', `Registered Node ${name} in Controller`);
    }
    heartbeat.observe(node, this.#leases.lister.get(name, LEASE_NAMESPACE), nowMs);
    if (heartbeat.isLost(node, nowMs)) {
      const conditions = lostConditions(node, wallMs);
      if (conditions !== node.status?.conditions) {
        node = this.#nodeClient.updateStatus({ ...node, status: { ...node.status, conditions } });
      }
    }
    this.#followReadiness(node);
    this.#taintForEviction(node);
  }

  #followReadiness(node: Node): void {
    const { name } = node.metadata;
    const ready = readyStatus(node);
    const before = this.#ready.get(name);
    if (before === 'True' && ready !== 'True') {
      const message = `Node ${name} status is now: NodeNotReady`;
      this.#recorder.event(node, 'Normal', 'NodeNotReady', message);
    }
    if (ready !== undefined && ready !== 'True') this.#markPodsNotReady(name);
    this.#ready.set(name, ready);
  }

  #markPodsNotReady(nodeName: string): void {
    for (const pod of podsOnNode(this.#pods, nodeName)) {
      if (!isReady(pod)) continue;
      const lastTransitionTime = timestamp(this.#sim.wallMs);
      const conditions = pod.status?.conditions?.map((condition) =>
        condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime } : condition,
      );
      try {
        this.#podClient.updateStatus({ ...pod, status: { ...pod.status, conditions } });
        this.#recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
      } catch (error) {
        if (!(error instanceof StatusError)) throw error;
      }
    }
  }

  #taintForEviction(node: Node): void {
    const ready = this.#isCutOff ? 'True' : readyStatus(node);
    const current = node.spec?.taints ?? [];
    const taints = withEvictionTaint(node, ready, timestamp(this.#sim.wallMs));
    if (taints === current || taints.length + current.length === 0) return;
    const adds = taints.some(({ effect }) => effect === 'NoExecute');
    if (adds && this.#zones.get(zoneOf(node))?.bucket?.tryAccept() !== true) return;
    this.#writeTaints(node, taints);
  }

  #taintByCondition(name: string): void {
    const node = this.#nodes.lister.get(name);
    if (node === undefined) return;
    const current = node.spec?.taints ?? [];
    const taints = withConditionTaints(node, timestamp(this.#sim.wallMs));
    if (taints === current || (taints.length === 0 && current.length === 0)) return;
    this.#writeTaints(node, taints);
  }

  #writeTaints({ metadata }: Node, taints: readonly Taint[]): void {
    const { name, resourceVersion } = metadata;
    const spec = { taints: taints.length === 0 ? null : taints };
    this.#nodeClient.patch(name, undefined, 'merge', { metadata: { resourceVersion }, spec });
  }

  #forget(name: string, uid: string): void {
    this.#heartbeats.delete(name);
    this.#ready.delete(name);
    this.#recorder.eventAbout(
      { kind: 'Node', apiVersion: 'v1', name, uid },
      'Normal',
      'RemovingNode',
      `Node ${name} event: Removing Node ${name} from Controller`,
    );
  }

  #reportNode(node: Node, reason: string, message: string): void {
    this.#recorder.event(node, 'Normal', reason, `Node ${node.metadata.name} event: ${message}`);
  }
}
