import type { ConfigMap, Pod, Volume } from '../../api/kinds.ts';
import type { ResourceClient } from '../../client/client.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { DownwardFacts } from '../field-path.ts';

/** A volume could not be set up; the message is what the event shows after `MountVolume.SetUp failed for volume "x" : `. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
}

export interface VolumeContext {
  readonly root: Process;
  readonly configMaps: ResourceClient<ConfigMap>;
  readonly facts: DownwardFacts;
  /** Of the node, for limits that are not set. */
  readonly allocatable: (resource: string) => number;
}

/**
 * How one kind of volume comes to be on the node. `setUp` is called again from time to time: what is there already stays,
 * what has changed is brought up to date. Returns the path on the host.
 *
 * @throws VolumeError, Errno
 */
export interface VolumePlugin {
  readonly field: keyof Volume;
  setUp(context: VolumeContext, pod: Pod, volume: Volume, directory: string): string;
  /** Undoes what removing the directory does not. */
  tearDown?(context: { readonly root: Process }, directory: string): void;
}
