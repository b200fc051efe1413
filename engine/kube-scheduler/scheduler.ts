import type { Pod } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { nodes, pods } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import type { Client, ResourceClient } from '../client/client.ts';
import { EventSeriesRecorder } from '../client/event-series-recorder.ts';
import type { Informer } from '../client/informer.ts';
import { SharedInformers } from '../client/shared-informers.ts';
import { timestamp } from '../client/timestamp.ts';
import { ConnectionError } from '../client/transport.ts';
import type { Simulation, Timer } from '../sim/index.ts';
import { SchedulerCache } from './cache.ts';
import { fitErrorMessage, NO_NODES } from './fit-error.ts';
import { podInfo } from './pod-info.ts';
import { DEFAULT_PROFILE } from './profile.ts';
import { PodPlacer } from './schedule-pod.ts';
import { type QueuedPod, SchedulingQueue } from './scheduling-queue.ts';

export interface SchedulerOptions {
  readonly schedulerName: string;
  /** The machine it runs on, for its events. */
  readonly hostname: string;
}

/**
 * Takes one Pod after another from the queue, finds a node for it (scheduling cycle) and tells the API server (binding
 * cycle). Each cycle is an event of its own: the next Pod does not wait for the binding of the last.
 */
export class Scheduler {
  readonly #sim: Simulation;
  readonly #options: SchedulerOptions;
  readonly #pods: ResourceClient<Pod>;
  readonly #informers: SharedInformers;
  readonly #podInformer: Informer<Pod>;
  readonly #recorder: EventSeriesRecorder;
  readonly #cache = new SchedulerCache();
  readonly #queue: SchedulingQueue;
  readonly #placer: PodPlacer;
  #cycle: Timer | undefined;
  #unsynced = 2;
  #stopped = false;

  constructor(sim: Simulation, client: Client, options: SchedulerOptions) {
    this.#sim = sim;
    this.#options = options;
    this.#pods = client.resource(pods);
    this.#recorder = new EventSeriesRecorder(sim, client, options.schedulerName, options.hostname);
    this.#queue = new SchedulingQueue(
      sim,
      DEFAULT_PROFILE.map(({ plugin }) => plugin),
    );
    this.#placer = new PodPlacer(DEFAULT_PROFILE, sim.random(options.schedulerName));
    this.#informers = new SharedInformers(sim, client, options.schedulerName);
    this.#podInformer = this.#informers.for(pods);
  }

  start(): void {
    this.#queue.onReady(() => this.#arrange());
    const nodeInformer = this.#informers.for(nodes);
    nodeInformer.addHandlers({
      add: (node) => {
        this.#cache.setNode(node);
        this.#queue.moveOn({ kind: 'NodeAdd', node });
      },
      update: (previous, node) => {
        this.#cache.setNode(node);
        this.#queue.moveOn({ kind: 'NodeUpdate', previous, node });
      },
      delete: (node) => this.#cache.removeNode(node.metadata.name),
    });
    this.#podInformer.addHandlers({
      add: (pod) => this.#observe(undefined, pod),
      update: (previous, pod) => this.#observe(previous, pod),
      delete: (pod) => this.#remove(pod),
    });
    for (const informer of [nodeInformer, this.#podInformer]) {
      informer.whenSynced(() => {
        this.#unsynced -= 1;
        this.#arrange();
      });
    }
    this.#informers.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#informers.stop();
    this.#queue.stop();
    this.#recorder.stop();
    this.#cycle?.cancel();
  }

  #observe(previous: Pod | undefined, pod: Pod): void {
    if (isFinished(pod)) {
      this.#remove(pod);
    } else if (isAssigned(pod)) {
      if (previous === undefined || !isAssigned(previous)) this.#queue.delete(objectKey(pod));
      this.#cache.setPod(pod);
    } else if (pod.spec.schedulerName === this.#options.schedulerName && !this.#cache.isAssumed(pod)) {
      if (previous === undefined) this.#queue.add(pod);
      else this.#queue.update(previous, pod);
    }
  }

  #remove(pod: Pod): void {
    this.#queue.delete(objectKey(pod));
    if (!isAssigned(pod)) {
      this.#cache.forget(pod);
      return;
    }
    this.#cache.removePod(pod.metadata.uid);
    if (this.#queue.pending.unschedulable > 0) this.#queue.moveOn({ kind: 'AssignedPodDelete', info: podInfo(pod) });
  }

  #arrange(): void {
    if (this.#stopped || this.#unsynced > 0 || this.#cycle !== undefined || !this.#queue.isReady) return;
    this.#cycle = this.#sim.schedule(0, 'scheduling cycle', () => {
      this.#cycle = undefined;
      const queued = this.#queue.pop();
      if (queued !== undefined) this.#during(queued, () => this.#schedule(queued));
      this.#arrange();
    });
  }

  #during(queued: QueuedPod, body: () => void): void {
    const causeRevision = Number(queued.info.pod.metadata.resourceVersion);
    this.#sim.trace.during({ component: 'kube-scheduler', key: queued.key, causeRevision }, body);
  }

  /** The scheduling cycle. */
  #schedule(queued: QueuedPod): void {
    const { info } = queued;
    if (info.pod.metadata.deletionTimestamp !== undefined) {
      const message = `skip schedule deleting pod: ${queued.key}`;
      this.#recorder.event(info.pod, 'Warning', 'FailedScheduling', 'Scheduling', message);
      return;
    }
    if (this.#cache.nodes.length === 0) {
      this.#queue.addFailed(queued);
      this.#report(info.pod, 'Unschedulable', NO_NODES);
      return;
    }
    const placement = this.#placer.place(info, this.#cache.nodes);
    if ('diagnosis' in placement) {
      this.#queue.addUnschedulable(queued, placement.diagnosis.plugins);
      this.#report(info.pod, 'Unschedulable', fitErrorMessage(info, placement.diagnosis));
      return;
    }
    const nodeName = placement.node.name;
    this.#cache.assume(info, nodeName);
    this.#sim.schedule(0, 'binding cycle', () => this.#during(queued, () => this.#bind(queued, nodeName)));
  }

  /** The binding cycle. */
  #bind(queued: QueuedPod, nodeName: string): void {
    if (this.#stopped) return;
    const { pod } = queued.info;
    const { name, namespace, uid } = pod.metadata;
    try {
      this.#pods.createSubresource(name, namespace, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: nodeName },
      });
    } catch (error) {
      if (!isExpected(error)) throw error;
      this.#cache.forget(pod);
      this.#queue.moveOn({ kind: 'AssignedPodDelete', info: queued.info });
      const current = this.#podInformer.lister.get(name, namespace);
      if (current === undefined || isAssigned(current) || current.metadata.uid !== uid) return;
      queued.info = { ...queued.info, pod: current };
      this.#queue.addFailed(queued);
      this.#report(
        current,
        'SchedulerError',
        `binding rejected: running Bind plugin "DefaultBinder": ${error.message}`,
      );
      return;
    }
    this.#recorder.event(pod, 'Normal', 'Scheduled', 'Binding', `Successfully assigned ${queued.key} to ${nodeName}`);
  }

  /** Tells why the Pod still waits: an event, and a condition when that says something new. */
  #report(pod: Pod, reason: string, message: string): void {
    this.#recorder.event(pod, 'Warning', 'FailedScheduling', 'Scheduling', truncated(message));
    const current = pod.status?.conditions?.find((condition) => condition.type === 'PodScheduled');
    if (current?.status === 'False' && current.reason === reason && current.message === message) return;
    const transition = current?.status === 'False' ? current.lastTransitionTime : undefined;
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      observedGeneration: pod.metadata.generation,
      lastProbeTime: null,
      lastTransitionTime: transition ?? timestamp(this.#sim.wallMs),
    };
    const { name, namespace } = pod.metadata;
    try {
      this.#pods.patch(
        name,
        namespace,
        'strategic-merge',
        { status: { conditions: [condition] } },
        { subresource: 'status' },
      );
    } catch (error) {
      // The event has told it; the next attempt tells it again.
      if (!isExpected(error)) throw error;
    }
  }
}

const MAX_NOTE_LENGTH = 1024;

function truncated(message: string): string {
  return message.length <= MAX_NOTE_LENGTH ? message : `${message.slice(0, MAX_NOTE_LENGTH - 4)} ...`;
}

function isExpected(error: unknown): error is StatusError | ConnectionError {
  return error instanceof StatusError || error instanceof ConnectionError;
}

function isAssigned(pod: Pod): boolean {
  return pod.spec.nodeName !== undefined && pod.spec.nodeName !== '';
}

function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
}
