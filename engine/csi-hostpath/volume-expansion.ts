import type { PersistentVolume, PersistentVolumeClaim } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { compareQuantities, numericValue } from '../api/quantity.ts';
import { persistentVolumes } from '../api/resources.ts';
import { requestedStorage, storageCapacity } from '../client/volume-binding.ts';
import { CONTROLLER, volumeCapability } from '../csi/spec.ts';
import { GrpcError } from '../linux/grpc.ts';
import type { Task } from '../sim/index.ts';
import { condition, isFinal, patchStatus, SlowSet } from './claim-status.ts';
import { callDriver } from './driver-call.ts';
import type { SidecarSetup } from './sidecar.ts';

type Size = string | number;
type Amounts = Readonly<Record<string, Size>> | undefined;

const CONDITIONS = ['Resizing', 'FileSystemResizePending', 'ControllerResizeError', 'NodeResizeError'];
const PENDING = 'Waiting for user to (re-)start a pod to finish file system resize of volume on node.';

/**
 * The first half of an expansion: the volume grows to what its claim asks for. What failed can be asked for less; so the status
 * remembers what is being tried (`allocatedResources`). After the external-resizer's `expandAndRecover`.
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#recovering-from-failure-when-expanding-volumes
 */
export class Expansion {
  readonly #setup: SidecarSetup;
  readonly #slow: SlowSet;
  /** Claims whose last attempt has failed for certain, so that another size can be tried. */
  readonly #failed = new Set<string>();

  constructor(setup: SidecarSetup) {
    this.#setup = setup;
    this.#slow = new SlowSet(setup);
  }

  *expand(claim: PersistentVolumeClaim, volume: PersistentVolume): Task<void> {
    const key = objectKey(claim);
    const has = (claim.status?.capacity as Amounts)?.['storage'] ?? '0';
    if (compareQuantities(requestedStorage(claim), has) <= 0) return;
    const size = nextSize(claim, volume, this.#failed.has(key));
    if (size === undefined) return;
    const { state, allocated } = progressOf(claim);
    const isSame = allocated !== undefined && compareQuantities(allocated, size) === 0;
    if (isSame && state === 'ControllerResizeInfeasible' && this.#slow.has(key)) return;
    const { recorder } = this.#setup;
    const change = isSame ? {} : progress('ControllerResizeInProgress', size);
    const resizing = condition(this.#setup, 'Resizing');
    const marked = patchStatus(this.#setup, claim, CONDITIONS, [resizing], change);
    recorder.event(claim, 'Normal', 'Resizing', `External resizer is resizing volume ${volume.metadata.name}`);
    try {
      yield* this.#resize(marked, volume, size);
      this.#failed.delete(key);
      this.#slow.remove(key);
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      this.#fail(marked, volume, error);
    }
  }

  *#resize(claim: PersistentVolumeClaim, volume: PersistentVolume, size: Size): Task<void> {
    const { client, process, recorder } = this.#setup;
    const { accessModes, volumeMode, csi } = volume.spec;
    const { node_expansion_required } = yield* callDriver(process, CONTROLLER, 'ControllerExpandVolume', {
      volume_id: csi!.volumeHandle,
      capacity_range: { required_bytes: numericValue(size) },
      volume_capability: volumeCapability(accessModes, volumeMode),
    });
    if (compareQuantities(storageCapacity(volume), size) < 0) {
      const spec = { capacity: { storage: String(size) } };
      client.resource(persistentVolumes).patch(volume.metadata.name, undefined, 'merge', { spec });
    }
    if (node_expansion_required) {
      const pending = condition(this.#setup, 'FileSystemResizePending', PENDING);
      patchStatus(this.#setup, claim, CONDITIONS, [pending], progress('NodeResizePending', size));
      const text = 'Require file system resize of volume on node';
      recorder.event(claim, 'Normal', 'FileSystemResizeRequired', text);
      return;
    }
    const done = { capacity: { storage: String(size) }, allocatedResourceStatuses: null };
    patchStatus(this.#setup, claim, CONDITIONS, [], done);
    recorder.event(claim, 'Normal', 'VolumeResizeSuccessful', 'Resize volume succeeded');
  }

  /** @throws GrpcError for what may work soon */
  #fail(claim: PersistentVolumeClaim, { metadata }: PersistentVolume, error: GrpcError): void {
    const key = objectKey(claim);
    const isHopeless = ['InvalidArgument', 'OutOfRange', 'NotFound'].includes(error.code);
    if (isFinal(error)) {
      this.#failed.add(key);
      const message = `failed to expand pvc with: ${error.description}`;
      const own = [condition(this.#setup, 'Resizing'), condition(this.#setup, 'ControllerResizeError', message)];
      const state = isHopeless ? { allocatedResourceStatuses: { storage: 'ControllerResizeInfeasible' } } : {};
      patchStatus(this.#setup, claim, CONDITIONS, own, state);
    } else this.#failed.delete(key);
    const { driver, recorder } = this.#setup;
    const text = `resize volume "${metadata.name}" by resizer "${driver}" failed: ${error.description}`;
    recorder.event(claim, 'Warning', 'VolumeResizeFailed', text);
    if (!isHopeless) throw error;
    this.#slow.add(key);
  }
}

function progress(state: string, size: Size): object {
  return { allocatedResourceStatuses: { storage: state }, allocatedResources: { storage: String(size) } };
}

interface Progress {
  /** How far the last attempt has come. */
  readonly state: string;
  readonly allocated: Size | undefined;
}

function progressOf({ status }: PersistentVolumeClaim): Progress {
  return {
    state: (status?.allocatedResourceStatuses as Readonly<Record<string, string>> | undefined)?.['storage'] ?? '',
    allocated: (status?.allocatedResources as Amounts)?.['storage'],
  };
}

/** The size that is to be tried now; undefined while the node has to finish an earlier one. */
function nextSize(claim: PersistentVolumeClaim, volume: PersistentVolume, hasFailed: boolean): Size | undefined {
  const wanted = requestedStorage(claim);
  const { state, allocated } = progressOf(claim);
  const isSmall = compareQuantities(storageCapacity(volume), wanted) < 0;
  switch (state) {
    case 'NodeResizePending':
    case 'NodeResizeInProgress':
      if (!isSmall || allocated === undefined) return isSmall ? wanted : undefined;
      return compareQuantities(storageCapacity(volume), allocated) >= 0 ? undefined : allocated;
    case 'NodeResizeInfeasible':
      return allocated ?? wanted;
    case 'ControllerResizeInProgress':
      return isSmall && hasFailed ? wanted : (allocated ?? wanted);
    case 'ControllerResizeInfeasible':
      return isSmall ? wanted : (allocated ?? wanted);
    default:
      if (isSmall) return wanted;
      if (allocated !== undefined) return allocated;
      return claim.status?.conditions?.some(({ type }) => type === 'FileSystemResizePending') === true
        ? undefined
        : wanted;
  }
}
