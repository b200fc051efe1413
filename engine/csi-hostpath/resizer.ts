import type { PersistentVolume, PersistentVolumeClaim } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { compareQuantities, numericValue } from '../api/quantity.ts';
import { persistentVolumeClaims, persistentVolumes } from '../api/resources.ts';
import { timestamp } from '../api/timestamp.ts';
import { requestedStorage, storageCapacity } from '../client/volume-binding.ts';
import { CONTROLLER, volumeCapability } from '../csi/spec.ts';
import { GrpcError } from '../linux/grpc.ts';
import type { Task } from '../sim/index.ts';
import type { Surroundings } from './controller-loop.ts';
import { callDriver } from './driver-call.ts';
import { isOwnVolume } from './provisioned-volume.ts';
import { type SidecarSetup, sidecar } from './sidecar.ts';

type Condition = NonNullable<NonNullable<PersistentVolumeClaim['status']>['conditions']>[number];

/** Lets volumes grow with their claims. https://github.com/kubernetes-csi/external-resizer */
export const resizer = (surroundings: Surroundings) =>
  sidecar('csi-resizer', surroundings, (setup) => {
    const { informers, queue } = setup;
    const claims = informers.for(persistentVolumeClaims);
    const volumes = informers.for(persistentVolumes);
    const look = (claim: PersistentVolumeClaim): void => queue.add(objectKey(claim));
    claims.addHandlers({ add: look, update: (_, claim) => look(claim) });
    return function* (key) {
      const claim = claims.lister.byKey(key);
      const volume = claim && volumes.lister.get(claim.spec.volumeName ?? '');
      if (claim !== undefined && volume !== undefined && isWanted(setup, claim, volume)) {
        yield* expand(setup, claim, volume);
      }
    };
  });

function isWanted({ driver, topology }: SidecarSetup, claim: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  if (claim.status?.phase !== 'Bound' || volume.spec.csi?.driver !== driver || !isOwnVolume(volume, topology))
    return false;
  return compareQuantities(requestedStorage(claim), storageCapacity(volume)) > 0;
}

function* expand(setup: SidecarSetup, claim: PersistentVolumeClaim, volume: PersistentVolume): Task<void> {
  const { client, driver, process, recorder, sim } = setup;
  const { name } = volume.metadata;
  const wanted = requestedStorage(claim);
  const now = timestamp(sim.wallMs);
  setConditions(setup, claim, [{ type: 'Resizing', status: 'True', lastTransitionTime: now }]);
  recorder.event(claim, 'Normal', 'Resizing', `External resizer is resizing volume ${name}`);
  try {
    const { accessModes, volumeMode, csi } = volume.spec;
    const { node_expansion_required } = yield* callDriver(process, CONTROLLER, 'ControllerExpandVolume', {
      volume_id: csi!.volumeHandle,
      capacity_range: { required_bytes: numericValue(wanted) },
      volume_capability: volumeCapability(accessModes, volumeMode),
    });
    const spec = { capacity: { storage: String(wanted) } };
    client.resource(persistentVolumes).patch(name, undefined, 'merge', { spec });
    if (node_expansion_required) {
      const message = 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.';
      setConditions(setup, claim, [
        { type: 'FileSystemResizePending', status: 'True', lastTransitionTime: now, message },
      ]);
      const text = 'Require file system resize of volume on node';
      recorder.event(claim, 'Normal', 'FileSystemResizeRequired', text);
      return;
    }
    setConditions(setup, claim, [], { storage: String(wanted) });
    recorder.event(claim, 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded');
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    const text = `resize volume "${name}" by resizer "${driver}" failed: ${error.description}`;
    recorder.event(claim, 'Warning', 'VolumeResizeFailed', text);
    throw error;
  }
}

/** Those of the resize replace one another; what others say of the claim stays. */
function setConditions(
  { client }: SidecarSetup,
  claim: PersistentVolumeClaim,
  own: readonly Condition[],
  capacity?: Readonly<Record<string, string>>,
): void {
  const others = (claim.status?.conditions ?? []).filter(
    ({ type }) => type !== 'Resizing' && type !== 'FileSystemResizePending',
  );
  const status = { conditions: [...others, ...own], ...(capacity === undefined ? {} : { capacity }) };
  const { name, namespace } = claim.metadata;
  client.resource(persistentVolumeClaims).patch(name, namespace, 'merge', { status }, { subresource: 'status' });
}
