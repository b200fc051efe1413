import { isReady } from '../../api/core/ready.ts';
import type { Node, VolumeAttachment } from '../../api/kinds.ts';
import {
  csiDrivers,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  volumeAttachments,
} from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { SharedInformers } from '../../client/shared-informers.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import { attachmentName } from '../../client/volume-attachment.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isOutOfService } from '../node-state.ts';
import {
  attachmentKey,
  mayShare,
  multiAttachError,
  uniqueName,
  type WantedAttachment,
  wantedAttachments,
} from './attachments.ts';

/** All is looked at together: whether a volume can come here depends on where else it is. */
const EVERYTHING = 'volumes';
/** A burst of changes is looked at once. */
const GATHER_MS = 100;
/** A node that is not well and does not unmount has lost its volumes after so long. */
const MAX_UNMOUNT_MS = 360_000;
const LOOK_AGAIN_MS = 15_000;

/**
 * Has volumes attached to the nodes whose Pods need them, and detached when none does. It only writes down what is wanted, as
 * VolumeAttachments; a driver's attacher does it. After `pkg/controller/volume/attachdetach`.
 */
export class AttachDetachController {
  readonly #sim: Simulation;
  readonly #informers: SharedInformers;
  readonly #attachments: ResourceClient<VolumeAttachment>;
  readonly #nodeClient: ResourceClient<Node>;
  readonly #recorder: EventRecorder;
  readonly #controller: Controller;
  /** What has been told already, by volume and node. */
  readonly #told = new Map<string, string>();
  /** Since when a volume is not wanted where it is. */
  readonly #unwantedSinceMs = new Map<string, number>();

  constructor({ sim, client, informers, recorder }: ControllerContext) {
    this.#sim = sim;
    this.#informers = informers;
    this.#attachments = client.resource(volumeAttachments);
    this.#nodeClient = client.resource(nodes);
    this.#recorder = recorder('attachdetach-controller');
    const followed = [pods, persistentVolumeClaims, persistentVolumes, volumeAttachments, nodes, csiDrivers].map(
      (resource) => informers.for<never>(resource as never),
    );
    this.#controller = new Controller(sim, {
      name: 'persistentvolume-attach-detach-controller',
      reconcile: () => this.#reconcile(),
      informers: followed,
    });
    const [all, volumes] = [informers.for(volumeAttachments).lister, informers.for(persistentVolumes).lister];
    /** Most clusters have no volume that would have to be attached. */
    const isConcerned = (): boolean =>
      all.size > 0 || (volumes.size > 0 && volumes.list().some(({ spec }) => spec.csi !== undefined));
    const look = (): void => {
      if (isConcerned()) this.#controller.queue.addAfter(EVERYTHING, GATHER_MS);
    };
    for (const informer of followed) informer.addHandlers({ add: look, update: look, delete: look });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(): void {
    const wanted = wantedAttachments({
      pods: this.#informers.for(pods).lister,
      claims: this.#informers.for(persistentVolumeClaims).lister,
      volumes: this.#informers.for(persistentVolumes).lister,
      csiDrivers: this.#informers.for(csiDrivers).lister,
    });
    const existing = new Map<string, VolumeAttachment>();
    for (const attachment of this.#informers.for(volumeAttachments).lister.list()) {
      const { nodeName, source } = attachment.spec!;
      existing.set(attachmentKey(source.persistentVolumeName ?? '', nodeName), attachment);
    }
    for (const [key, attachment] of existing) {
      if (wanted.has(key)) this.#unwantedSinceMs.delete(key);
      else this.#detach(key, attachment);
    }
    for (const [key, each] of wanted) this.#attach(key, each, existing, wanted);
    for (const key of this.#told.keys()) if (!wanted.has(key)) this.#told.delete(key);
    this.#reportToNodes([...existing.values()]);
  }

  #attach(
    key: string,
    { volume, nodeName, pods: users }: WantedAttachment,
    existing: ReadonlyMap<string, VolumeAttachment>,
    wanted: ReadonlyMap<string, WantedAttachment>,
  ): void {
    const { name } = volume.metadata;
    const found = existing.get(key);
    if (found !== undefined) {
      const { attached, attachError } = found.status ?? {};
      if (attached === true)
        this.#tell(key, users, 'SuccessfulAttachVolume', `AttachVolume.Attach succeeded for volume "${name}" `);
      else if (attachError !== undefined) {
        const text = `AttachVolume.Attach failed for volume "${name}" : ${attachError.message}`;
        this.#tell(key, users, 'FailedAttachVolume', text);
      }
      return;
    }
    const elsewhere = [...existing.values()].some(({ spec }) => spec?.source.persistentVolumeName === name);
    if (elsewhere && !mayShare(volume)) {
      const others = [...wanted.values()].filter((each) => each.volume.metadata.name === name);
      for (const pod of users) {
        const text = multiAttachError(
          volume,
          others.filter((each) => each.nodeName !== nodeName).flatMap((each) => each.pods),
          pod,
        );
        this.#tell(key, [pod], 'FailedAttachVolume', text);
      }
      return;
    }
    const { driver, volumeHandle } = volume.spec.csi!;
    try {
      this.#attachments.create({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'VolumeAttachment',
        metadata: { name: attachmentName(volumeHandle, driver, nodeName) },
        spec: { attacher: driver, nodeName, source: { persistentVolumeName: name } },
      });
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
    }
  }

  #tell(key: string, users: WantedAttachment['pods'], reason: string, message: string): void {
    if (this.#told.get(key) === message) return;
    this.#told.set(key, message);
    const type = reason.startsWith('Failed') ? 'Warning' : 'Normal';
    for (const pod of users) this.#recorder.event(pod, type, reason, message);
  }

  /** Not while the node has it mounted; if the node is lost, not before it has had its time. */
  #detach(key: string, { metadata, spec }: VolumeAttachment): void {
    if (metadata.deletionTimestamp !== undefined) return;
    const sinceMs = this.#unwantedSinceMs.get(key) ?? this.#sim.nowMs;
    this.#unwantedSinceMs.set(key, sinceMs);
    const node = this.#informers.for(nodes).lister.get(spec!.nodeName);
    const volume = this.#informers.for(persistentVolumes).lister.get(spec!.source.persistentVolumeName ?? '');
    const isMounted = volume !== undefined && node?.status?.volumesInUse?.includes(uniqueName(volume)) === true;
    const isLost = node !== undefined && !isReady(node) && this.#sim.nowMs - sinceMs >= MAX_UNMOUNT_MS;
    if (isMounted && !isLost && !isOutOfService(node!)) {
      this.#controller.queue.addAfter(EVERYTHING, LOOK_AGAIN_MS);
      return;
    }
    this.#unwantedSinceMs.delete(key);
    unlessGone(() => this.#attachments.delete(metadata.name));
  }

  /** `status.volumesAttached` of every node. */
  #reportToNodes(all: readonly VolumeAttachment[]): void {
    for (const node of this.#informers.for(nodes).lister.list()) {
      const { name } = node.metadata;
      const volumesAttached = all
        .filter(({ spec, status }) => spec?.nodeName === name && status?.attached === true)
        .flatMap(
          ({ spec }) =>
            this.#informers.for(persistentVolumes).lister.get(spec!.source.persistentVolumeName ?? '') ?? [],
        )
        .map((volume) => ({ name: uniqueName(volume), devicePath: '' }));
      const before = node.status?.volumesAttached ?? [];
      if (before.map((each) => each.name).join() === volumesAttached.map((each) => each.name).join()) continue;
      const status = { volumesAttached: volumesAttached.length === 0 ? null : volumesAttached };
      unlessGone(() => this.#nodeClient.patch(name, undefined, 'merge', { status }, { subresource: 'status' }));
    }
  }
}
