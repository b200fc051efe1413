import { EventRecorder } from '../client/event-recorder.ts';
import { IDENTITY, NODE } from '../csi/spec.ts';
import { print } from '../linux/stdio.ts';
import type { Program } from '../linux/syscalls.ts';
import { type LoopSetup, type Reconcile, runLoop, type Surroundings } from './controller-loop.ts';
import { callPatiently } from './driver-call.ts';

/** What a sidecar has when it begins. */
export interface SidecarSetup extends LoopSetup {
  readonly recorder: EventRecorder;
  readonly driver: string;
  readonly nodeId: string;
  /** Where the driver's volumes can be used; empty: everywhere. */
  readonly topology: Readonly<Record<string, string>>;
}

/**
 * A controller beside a driver: it watches objects and asks the driver over its socket, one thing after the other.
 * https://kubernetes-csi.github.io/docs/sidecar-containers.html
 *
 * @param source as which its events are from: its driver's name and the machine's, unless told
 */
export function sidecar(
  name: string,
  surroundings: Surroundings,
  begin: (setup: SidecarSetup) => Reconcile,
  source?: (driver: string) => string,
): Program {
  return (process) =>
    runLoop(process, name, surroundings, function* (loop) {
      const { name: driver } = yield* callPatiently(process, IDENTITY, 'GetPluginInfo', {});
      const { node_id, accessible_topology } = yield* callPatiently(process, NODE, 'NodeGetInfo', {});
      yield* print(process, `CSI driver name: "${driver}"\n`);
      const component = source?.(driver) ?? `${driver}_${process.hostname}`;
      const recorder = new EventRecorder(loop.sim, loop.client, { component });
      const topology = accessible_topology?.segments ?? {};
      const reconcile = begin({ ...loop, recorder, driver, nodeId: node_id, topology });
      return { reconcile, stop: () => recorder.stop() };
    });
}
