import type { Container, Node, PersistentVolume, PersistentVolumeClaim, Pod, Volume } from '../../api/kinds.ts';
import type { ResourceClient } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Simulation, Task } from '../../sim/index.ts';
import type { DynamicResources } from '../dynamic-resources.ts';
import type { DownwardFacts } from '../field-path.ts';
import type { RunCommand } from '../host-command.ts';
import type { ReferencedObjects } from '../referenced-objects.ts';
import type { ServiceAccountTokens } from '../service-account-tokens.ts';
import type { Files } from './atomic-writer.ts';

/** A volume could not be set up; the message is what the event shows after `MountVolume.SetUp failed for volume "x" : `. */
export class VolumeError extends Error {
  override readonly name = 'VolumeError';
  /** `MountVolume.SetUp` unless another step failed. */
  readonly step: string;
  /** The volume's name in the event, where it is not the one in the Pod: a PersistentVolume's. */
  readonly volume: string | undefined;

  constructor(message: string, step = 'MountVolume.SetUp', volume?: string) {
    super(message);
    this.step = step;
    this.volume = volume;
  }
}

/** It is not even known yet what the volume is: its claim is not bound. */
export class UnknownVolume extends Error {
  override readonly name = 'UnknownVolume';
}

/** A volume as it lies on the host: a file or a directory to be mounted, or a device. */
export interface MountedVolume {
  readonly hostPath: string;
  /** No container may write to it, whatever its mount says. */
  readonly readOnly: boolean;
  /** The group that everybody who uses it is a member of, where its PersistentVolume names one. */
  readonly gid?: number;
  /** The files that the kubelet has put into it, and when it has last seen them there (virtual milliseconds). */
  readonly shown?: { readonly files: Files; readonly seenMs: number };
  /** An image, of which nothing lies on the host yet. */
  readonly image?: { readonly reference: string; readonly pullPolicy: Container['imagePullPolicy'] };
}

/** A Pod's volumes on the host, by name. */
export type MountedVolumes = ReadonlyMap<string, MountedVolume>;

/** Where claims and what they are bound to are looked up. */
export interface VolumeClaims {
  readonly claims: ResourceClient<PersistentVolumeClaim>;
  readonly volumes: ResourceClient<PersistentVolume>;
}

export interface VolumeContext {
  readonly sim: Simulation;
  readonly nodeName: string;
  /** Who the kubelet is in the trace. */
  readonly component: string;
  readonly recorder: EventRecorder;
  readonly root: Process;
  readonly objects: ReferencedObjects;
  readonly tokens: ServiceAccountTokens;
  readonly claims: VolumeClaims;
  readonly facts: DownwardFacts;
  /** Of the node, for limits that are not set. */
  readonly allocatable: (resource: string) => number;
  readonly node: () => Node | undefined;
  /** Runs one of the node's own programs. */
  readonly run: RunCommand | undefined;
  readonly plugins: { get(): NodePlugins | undefined };
  /** Names of the Pod's volumes that the node does not have yet: their disks are still to be attached. */
  readonly unattached: Set<string>;
}

/** A volume that is there, or on its way. */
export type Mounting = MountedVolume | Task<MountedVolume>;

export function isTask(mounting: Mounting): mounting is Task<MountedVolume> {
  return 'next' in mounting;
}

/** A CSI volume as a Pod has it: bound to a claim, or (`volume.csi`) made for the Pod alone. */
export interface CsiVolume {
  readonly pod: Pod;
  readonly volume: Volume;
  /** Absent for a volume that lives and dies with its Pod. */
  readonly persistentVolume?: PersistentVolume;
  readonly readOnly: boolean;
}

/** How much of a volume is in use. What is not known is absent: of a disk only its size is. */
export interface VolumeUsage {
  readonly capacityBytes?: number;
  readonly availableBytes?: number;
  readonly usedBytes?: number;
  readonly inodes?: number;
  readonly inodesFree?: number;
  readonly inodesUsed?: number;
}

/**
 * The part of a kubelet that speaks to drivers of storage and devices over their sockets. It is a module of its own, which is loaded late:
 * nothing asks for it before a driver shows itself.
 */
export interface NodePlugins {
  readonly dynamicResources: DynamicResources;
  /** @throws VolumeError, UnknownVolume */
  setUp(context: VolumeContext, volume: CsiVolume): Mounting;
  /**
   * Undoes `setUp`.
   *
   * @param directory of the volume below the Pod's: `…/volumes/kubernetes.io~csi/NAME`, `…/volumeDevices/kubernetes.io~csi/NAME`
   * @throws VolumeError when it has to be tried again
   */
  tearDown(directory: string): Task<void>;
  /** What the driver said last about a volume that lies at the path. */
  usageOf(path: string): VolumeUsage | undefined;
  /** What has to stay attached to the node, as `status.volumesInUse` names it. */
  volumesInUse(): readonly string[];
  stop(): void;
}

/**
 * How one kind of volume comes to be on the node. `setUp` is called again from time to time: what is there already stays,
 * what has changed is brought up to date. It returns a task where that takes time.
 *
 * @throws VolumeError, UnknownVolume, Errno
 */
export interface VolumePlugin {
  readonly field: keyof Volume;
  /** Whether the volume shows something that may change while the Pod runs. */
  readonly changes: boolean;
  /** The directory below a Pod's `volumes`, as the real plugins name theirs. */
  readonly directory: string;
  /** @param known what it has returned last, in the life of this kubelet */
  setUp(
    context: VolumeContext,
    pod: Pod,
    volume: Volume,
    directory: string,
    known: MountedVolume | undefined,
  ): Mounting;
}
