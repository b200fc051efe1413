import type { Pod, Service } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import type { Timestamps } from '../api/timestamp.ts';
import type { ResourceClient } from '../client/client.ts';
import type { EventRecorder, EventType } from '../client/event-recorder.ts';
import type { Informer } from '../client/informer.ts';
import type { ImageService, RuntimeService } from '../containerd/cri.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Activity, Simulation } from '../sim/index.ts';
import type { BackOff } from './back-off.ts';
import type { Turnstile } from './concurrent.ts';
import type { Devices } from './devices.ts';
import type { RunCommand } from './host-command.ts';
import type { ImagePullRecords } from './image-pull-records.ts';
import type { KubeletJournal } from './journal.ts';
import type { Plugins } from './plugins.ts';
import type { ReferencedObjects } from './referenced-objects.ts';
import type { ResolvConf } from './resolv-conf.ts';
import type { RuntimeCache } from './runtime-cache.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';
import type { UserNamespaces } from './user-namespaces.ts';
import type { VolumeClaims } from './volumes/volume.ts';
import type { WaitingReasons } from './waiting-reasons.ts';

/** What the parts of one kubelet share. */
export interface KubeletContext {
  readonly sim: Simulation;
  readonly timestamps: Timestamps;
  readonly nodeName: string;
  /** Who it is in the trace: `kubelet/node-1`. */
  readonly component: string;
  readonly nodeAddress: string;
  /** Root's system calls on the node; absent on a hollow node, which has no files. */
  readonly root: Process | undefined;
  /** The node's memory. */
  readonly capacityBytes: number;
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  readonly cache: RuntimeCache;
  readonly recorder: EventRecorder;
  readonly pods: ResourceClient<Pod>;
  readonly objects: ReferencedObjects;
  readonly tokens: ServiceAccountTokens;
  readonly claims: VolumeClaims;
  readonly services: Informer<Service>;
  readonly containerBackOff: BackOff;
  readonly imageBackOff: BackOff;
  /** Images are pulled one after the other, as `serializeImagePulls` has it. */
  readonly pulls: Turnstile;
  readonly pullRecords: ImagePullRecords;
  readonly waiting: WaitingReasons;
  readonly clusterDns: ClusterDns | undefined;
  readonly seccompDefault: boolean;
  /** Absent, like the files, on a hollow node. */
  readonly resolvConf: ResolvConf | undefined;
  readonly userNamespaces: UserNamespaces;
  readonly devices: Devices;
  /** Runs one of the node's own programs. */
  readonly run: RunCommand | undefined;
  readonly plugins: Plugins;
  /** Absent where nobody would read it. */
  readonly journal: KubeletJournal | undefined;
}

export interface ClusterDns {
  readonly server: string;
  readonly domain: string;
}

/** What a write about this Pod is part of, for the trace. */
export function podActivity(component: string, pod: Pod): Omit<Activity, 'parent'> {
  const revision = Number(pod.metadata.resourceVersion);
  const key = objectKey(pod);
  return revision > 0 ? { component, key, causeRevision: revision } : { component, key };
}

/** Reports an event about a Pod. */
export function podEvent(
  { sim, component, recorder }: Pick<KubeletContext, 'sim' | 'component' | 'recorder'>,
  pod: Pod,
  type: EventType,
  reason: string,
  message: string,
  fieldPath?: string,
): void {
  sim.trace.during(podActivity(component, pod), () => recorder.event(pod, type, reason, message, fieldPath));
}
