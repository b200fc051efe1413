import { StatusError } from '../api/status-error.ts';
import { Client } from '../client/client.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { SharedInformers } from '../client/shared-informers.ts';
import { ConnectionError, type Transport } from '../client/transport.ts';
import { WorkQueue } from '../client/workqueue.ts';
import { IDENTITY, NODE } from '../csi/spec.ts';
import { Errno } from '../linux/errno.ts';
import { GrpcError } from '../linux/grpc.ts';
import { print } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import { type Simulation, type Task, waitFor } from '../sim/index.ts';
import { callPatiently } from './driver-call.ts';

export interface Surroundings {
  readonly sim: Simulation;
  /** The way to the API server from where the process runs, as the driver's ServiceAccount. */
  connect(process: Process): Transport;
}

/** What a sidecar has when it begins. */
export interface SidecarSetup {
  readonly process: Process;
  readonly sim: Simulation;
  readonly client: Client;
  readonly informers: SharedInformers;
  readonly recorder: EventRecorder;
  /** Keys of objects to be looked at. */
  readonly queue: WorkQueue;
  readonly driver: string;
  readonly nodeId: string;
  /** Where the driver's volumes can be used; empty: everywhere. */
  readonly topology: Readonly<Record<string, string>>;
}

/** Looks at one object. What it throws of what can be expected is tried again. */
type Reconcile = (key: string) => Task<void>;

/**
 * A controller beside a driver: it watches objects and asks the driver over its socket, one thing after the other.
 * https://kubernetes-csi.github.io/docs/sidecar-containers.html
 */
export function sidecar(
  name: string,
  { sim, connect }: Surroundings,
  begin: (setup: SidecarSetup) => Reconcile,
): Program {
  return function* (process) {
    process.setSignalAction('TERM', 'catch');
    let key = '';
    const transport = connect(process);
    const traced: Transport = (request) => sim.trace.during({ component: name, key }, () => transport(request));
    const client = new Client(traced, { userAgent: name });
    const informers = new SharedInformers(sim, client, `${name}@${process.hostname}`);
    const queue = new WorkQueue(sim, { name });
    let recorder: EventRecorder | undefined;
    try {
      const { name: driver } = yield* callPatiently(process, IDENTITY, 'GetPluginInfo', {});
      const { node_id, accessible_topology } = yield* callPatiently(process, NODE, 'NodeGetInfo', {});
      yield* print(process, `CSI driver name: "${driver}"\n`);
      recorder = new EventRecorder(sim, client, { component: `${driver}_${process.hostname}` });
      const topology = accessible_topology?.segments ?? {};
      const setup = { process, sim, client, informers, recorder, queue, driver, nodeId: node_id, topology };
      const reconcile = begin(setup);
      informers.start();
      for (;;) {
        key = yield* nextKey(queue);
        yield* work(queue, key, reconcile);
      }
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
      return 0;
    } finally {
      queue.shutDown();
      informers.stop();
      recorder?.stop();
    }
  };
}

function* nextKey(queue: WorkQueue): Task<string> {
  for (;;) {
    const key = queue.take();
    if (key !== undefined) return key;
    yield* waitFor<void>({
      start: (resume) => {
        queue.onReady(resume);
        return () => queue.onReady(() => {});
      },
    });
    queue.onReady(() => {});
  }
}

function* work(queue: WorkQueue, key: string, reconcile: Reconcile): Task<void> {
  try {
    yield* reconcile(key);
    queue.forget(key);
  } catch (error) {
    if (!(error instanceof StatusError || error instanceof ConnectionError || error instanceof GrpcError)) throw error;
    queue.addRateLimited(key);
  }
  queue.done(key);
}
