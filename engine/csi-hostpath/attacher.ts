import type { CSINode, PersistentVolume, VolumeAttachment } from '../api/kinds.ts';
import { csiNodes, persistentVolumes, volumeAttachments } from '../api/resources.ts';
import { timestamp } from '../api/timestamp.ts';
import { unlessGone } from '../client/unless-gone.ts';
import { CONTROLLER, volumeCapability } from '../csi/spec.ts';
import { GrpcError } from '../linux/grpc.ts';
import type { Task } from '../sim/index.ts';
import type { Surroundings } from './controller-loop.ts';
import { callDriver } from './driver-call.ts';
import { type SidecarSetup, sidecar } from './sidecar.ts';

/** Brings volumes to nodes and takes them away, as VolumeAttachments ask. https://github.com/kubernetes-csi/external-attacher */
export const attacher = (surroundings: Surroundings) =>
  sidecar('csi-attacher', surroundings, (setup) => {
    const { informers, queue, driver } = setup;
    const attachments = informers.for(volumeAttachments);
    const look = ({ metadata, spec }: VolumeAttachment): void => {
      if (spec?.attacher === driver) queue.add(metadata.name);
    };
    attachments.addHandlers({ add: look, update: (_, attachment) => look(attachment) });
    return function* (key) {
      const attachment = attachments.lister.get(key);
      if (attachment === undefined) return;
      if (attachment.metadata.deletionTimestamp !== undefined) yield* detach(setup, attachment);
      else if (attachment.status?.attached !== true) yield* attach(setup, attachment);
    };
  });

/** Keeps the object until the volume is detached. */
function finalizerOf(driver: string): string {
  return `external-attacher/${driver.replaceAll('.', '-')}`;
}

/** The volume, and what its driver calls the node. */
function subjects({ client, driver }: SidecarSetup, { spec }: VolumeAttachment) {
  const volume = unlessGone(() =>
    client.resource<PersistentVolume>(persistentVolumes).get(spec!.source.persistentVolumeName ?? ''),
  );
  const node = unlessGone(() => client.resource<CSINode>(csiNodes).get(spec!.nodeName));
  return { volume, nodeId: node?.spec?.drivers?.find(({ name }) => name === driver)?.nodeID };
}

function* attach(setup: SidecarSetup, attachment: VolumeAttachment): Task<void> {
  const { client, process, driver, sim } = setup;
  const resource = client.resource<VolumeAttachment>(volumeAttachments);
  const { name, finalizers = [] } = attachment.metadata;
  const report = (status: object): void => {
    unlessGone(() => resource.patch(name, undefined, 'merge', { status }, { subresource: 'status' }));
  };
  const finalizer = finalizerOf(driver);
  if (!finalizers.includes(finalizer)) {
    unlessGone(() =>
      resource.patch(name, undefined, 'merge', { metadata: { finalizers: [...finalizers, finalizer] } }),
    );
  }
  const { volume, nodeId } = subjects(setup, attachment);
  try {
    if (nodeId === undefined) {
      throw new GrpcError('NotFound', `CSINode ${attachment.spec!.nodeName} does not contain driver ${driver}`);
    }
    if (volume === undefined) throw new GrpcError('NotFound', 'persistentvolume not found');
    const { csi, accessModes, volumeMode } = volume.spec;
    const { publish_context } = yield* callDriver(process, CONTROLLER, 'ControllerPublishVolume', {
      volume_id: csi!.volumeHandle,
      node_id: nodeId,
      volume_capability: volumeCapability(accessModes, volumeMode),
      volume_context: csi!.volumeAttributes ?? {},
    });
    report({ attached: true, attachmentMetadata: publish_context, attachError: null });
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    report({ attached: false, attachError: { message: error.description, time: timestamp(sim.wallMs) } });
    throw error;
  }
}

function* detach(setup: SidecarSetup, attachment: VolumeAttachment): Task<void> {
  const { client, process, driver } = setup;
  const finalizers = attachment.metadata.finalizers ?? [];
  const finalizer = finalizerOf(driver);
  if (!finalizers.includes(finalizer)) return;
  const { volume, nodeId } = subjects(setup, attachment);
  if (volume?.spec.csi !== undefined) {
    yield* callDriver(process, CONTROLLER, 'ControllerUnpublishVolume', {
      volume_id: volume.spec.csi.volumeHandle,
      node_id: nodeId ?? attachment.spec!.nodeName,
    });
  }
  const rest = { finalizers: finalizers.filter((each) => each !== finalizer) };
  unlessGone(() =>
    client.resource(volumeAttachments).patch(attachment.metadata.name, undefined, 'merge', { metadata: rest }),
  );
}
