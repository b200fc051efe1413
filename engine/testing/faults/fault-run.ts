import { pods, statefulSets } from '../../api/resources.ts';
import type { Random } from '../../sim/index.ts';
import type { FaultyTransport } from './faulty-transport.ts';
import { Invariants } from './invariants.ts';
import { SmallCluster } from './small-cluster.ts';
import { createWorkloads, setImage, unsettled } from './workloads.ts';

const NODES = 3;
/** So long things go wrong … */
const TROUBLE_MS = 90_000;
/** … and so long they have to come to rest afterwards. */
const REST_MS = 600_000;

export interface FaultRunReport {
  /** What was done to the cluster, and when. */
  readonly story: readonly string[];
  readonly violations: readonly string[];
  /** What had not come to rest in the end. */
  readonly unsettled: readonly string[];
}

/** One run of a small cluster through random trouble. The seed says everything: the same one tells the same story. */
export function faultRun(seed: string): FaultRunReport {
  const cluster = new SmallCluster(seed, NODES);
  const random = cluster.sim.random('trouble');
  const trouble = new Trouble(cluster, random);
  const invariants = new Invariants(cluster);
  createWorkloads(cluster.client);
  finishTasks(cluster, random);
  const endMs = cluster.sim.nowMs + TROUBLE_MS;
  while (cluster.sim.nowMs < endMs) {
    cluster.sim.runFor(1_000 + random.below(6_000));
    trouble.make();
  }
  trouble.end();
  const restMs = cluster.sim.nowMs + REST_MS;
  while (cluster.sim.nowMs < restMs && unsettled(cluster.client, NODES).length > 0) cluster.sim.runFor(5_000);
  const { story } = trouble;
  return { story, violations: invariants.violations, unsettled: unsettled(cluster.client, NODES) };
}

/** The Job's containers end by themselves, one in eight badly. */
function finishTasks(cluster: SmallCluster, random: Random): void {
  cluster.sim.schedule(2_000, 'tasks end', () => {
    for (const { runtime } of cluster.nodes) {
      const tasks = new Set(
        runtime
          .listPodSandboxes()
          .filter(({ metadata }) => metadata.name.startsWith('task-'))
          .map(({ id }) => id),
      );
      for (const { id, podSandboxId, state } of runtime.listContainers()) {
        if (state === 'CONTAINER_RUNNING' && tasks.has(podSandboxId))
          runtime.exitContainer(id, random.below(8) === 0 ? 1 : 0);
      }
    }
    finishTasks(cluster, random);
  });
}

/** Everything that can go wrong. */
class Trouble {
  readonly story: string[] = [];
  readonly #cluster: SmallCluster;
  readonly #random: Random;
  #images = 1;

  constructor(cluster: SmallCluster, random: Random) {
    this.#cluster = cluster;
    this.#random = random;
  }

  make(): void {
    const { controllersLine, schedulerLine } = this.#cluster;
    const makers: readonly (() => void)[] = [
      () => this.#tell('controllers restart', () => this.#cluster.restartControllers()),
      () => this.#tell('scheduler restarts', () => this.#cluster.restartScheduler()),
      () => this.#tell('controllers lose their watches', () => controllersLine.loseWatches()),
      () => this.#tell('scheduler loses its watches', () => schedulerLine.loseWatches()),
      () => this.#conflicts(controllersLine),
      () => this.#cutOff(controllersLine),
      () => this.#loseNode(),
      () => this.#slowNode(),
      () => this.#change(),
      () => this.#change(),
      () => this.#scale(),
      () => this.#deletePod(),
    ];
    makers[this.#random.below(makers.length)]!();
  }

  end(): void {
    const { nodes, controllersLine, schedulerLine } = this.#cluster;
    for (const node of nodes) node.start();
    for (const line of [controllersLine, schedulerLine, ...nodes.map((node) => node.line)]) {
      line.isCut = false;
      line.conflicts = 0;
      line.watchDelayMs = 0;
    }
    this.#tell('all is well', () => {});
  }

  #tell(what: string, act: () => void): void {
    this.story.push(`${(this.#cluster.sim.nowMs / 1_000).toFixed(3)} s: ${what}`);
    act();
  }

  #later(maxMs: number, act: () => void): void {
    this.#cluster.sim.schedule(1_000 + this.#random.below(maxMs), 'trouble ends', act);
  }

  #conflicts(line: FaultyTransport): void {
    this.#tell('every third write of a controller is refused', () => {
      line.conflicts = 0.33;
    });
    this.#later(20_000, () => {
      line.conflicts = 0;
    });
  }

  #cutOff(line: FaultyTransport): void {
    this.#tell('controllers are cut off', () => line.cut());
    this.#later(20_000, () => {
      line.isCut = false;
    });
  }

  /** Its Pods run on, unseen. No more than one at a time, so that there is always somewhere to go. */
  #loseNode(): void {
    const { nodes } = this.#cluster;
    const node = nodes[this.#random.below(nodes.length)]!;
    if (nodes.some(({ isLost }) => isLost)) return;
    this.#tell(`the kubelet of ${node.name} is lost`, () => node.lose());
    this.#later(100_000, () => node.start());
  }

  #slowNode(): void {
    const { nodes } = this.#cluster;
    const { name, line } = nodes[this.#random.below(nodes.length)]!;
    this.#tell(`the kubelet of ${name} is slow`, () => {
      line.watchDelayMs = 500 + this.#random.below(5_000);
    });
    this.#later(30_000, () => {
      line.watchDelayMs = 0;
    });
  }

  #change(): void {
    const name = (['web', 'web', 'db', 'agent'] as const)[this.#random.below(4)]!;
    this.#images += 1;
    this.#tell(`${name} gets another image`, () => setImage(this.#cluster.client, name, `${name}:${this.#images}`));
  }

  #scale(): void {
    const replicas = 1 + this.#random.below(4);
    this.#tell(`db is scaled to ${replicas}`, () => {
      this.#cluster.client.resource(statefulSets).patch('db', 'default', 'merge', { spec: { replicas } });
    });
  }

  #deletePod(): void {
    const client = this.#cluster.client.resource(pods);
    const { items } = client.list({ namespace: 'default' });
    const pod = items[this.#random.below(Math.max(1, items.length))];
    if (pod === undefined) return;
    this.#tell(`${pod.metadata.name} is deleted`, () => client.delete(pod.metadata.name, 'default'));
  }
}
