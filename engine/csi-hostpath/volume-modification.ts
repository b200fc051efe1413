import type { PersistentVolume, PersistentVolumeClaim, VolumeAttributesClass } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { persistentVolumes, volumeAttributesClasses } from '../api/resources.ts';
import { CONTROLLER } from '../csi/spec.ts';
import { GrpcError } from '../linux/grpc.ts';
import type { Task } from '../sim/index.ts';
import { condition, isFinal, patchStatus, SlowSet } from './claim-status.ts';
import { callDriver } from './driver-call.ts';
import type { SidecarSetup } from './sidecar.ts';

type State = 'Pending' | 'InProgress' | 'Infeasible';

const CONDITIONS = ['ModifyingVolume', 'ModifyVolumeError'];

/**
 * Gives a volume the attributes of the class that its claim names. After the external-resizer's `modifycontroller`.
 * https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/
 */
export class Modification {
  readonly #setup: SidecarSetup;
  readonly #slow: SlowSet;
  /** Claims of which nobody knows what came of the last call: it has to be made again before another. */
  readonly #uncertain = new Set<string>();

  constructor(setup: SidecarSetup) {
    this.#setup = setup;
    this.#slow = new SlowSet(setup);
  }

  /** @throws GrpcError for what may work soon, StatusError */
  *modify(claim: PersistentVolumeClaim, volume: PersistentVolume): Task<void> {
    const key = objectKey(claim);
    const wanted = claim.spec.volumeAttributesClassName ?? '';
    const { currentVolumeAttributesClassName: current = '', modifyVolumeStatus: last } = claim.status ?? {};
    if (last === undefined && wanted === current) return;
    const isUnderWay = last?.status === 'InProgress';
    const target = last?.targetVolumeAttributesClassName ?? '';
    if (wanted === '' && !isUnderWay) {
      this.#rollBack(claim);
      return;
    }
    if (target !== wanted) this.#slow.remove(key);
    else if (this.#slow.has(key)) return;
    if (isUnderWay && (wanted === '' || this.#uncertain.has(key))) {
      const found = this.#classNamed(claim, target);
      if (found !== undefined) yield* this.#change(claim, volume, found);
      return;
    }
    const found = this.#classNamed(claim, wanted);
    if (found === undefined) {
      if (last?.status !== 'Pending' || target !== wanted) this.#mark(claim, 'Pending', wanted);
      return;
    }
    const marked = this.#mark(claim, 'InProgress', wanted);
    const told = `external resizer is modifying volume ${claim.metadata.name} with vac ${wanted}`;
    this.#setup.recorder.event(claim, 'Normal', 'VolumeModify', told);
    yield* this.#change(marked, volume, found);
  }

  #classNamed(claim: PersistentVolumeClaim, name: string): VolumeAttributesClass | undefined {
    const { informers, recorder } = this.#setup;
    const found = informers.for(volumeAttributesClasses).lister.get(name);
    if (found === undefined) recorder.event(claim, 'Warning', 'VolumeModifyFailed', `VAC "${name}" does not exist.`);
    return found;
  }

  *#change(claim: PersistentVolumeClaim, volume: PersistentVolume, to: VolumeAttributesClass): Task<void> {
    const { client, process, recorder } = this.#setup;
    const { name } = to.metadata;
    try {
      yield* callDriver(process, CONTROLLER, 'ControllerModifyVolume', {
        volume_id: volume.spec.csi!.volumeHandle,
        mutable_parameters: to.parameters ?? {},
      });
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      this.#fail(claim, name, error);
      return;
    }
    this.#uncertain.delete(objectKey(claim));
    const spec = { volumeAttributesClassName: name };
    client.resource(persistentVolumes).patch(volume.metadata.name, undefined, 'merge', { spec });
    const done = { currentVolumeAttributesClassName: name, modifyVolumeStatus: null };
    patchStatus(this.#setup, claim, CONDITIONS, [], done);
    const told = `external resizer modified volume ${claim.metadata.name} with vac ${name} successfully`;
    recorder.event(claim, 'Normal', 'VolumeModifySuccessful', told);
  }

  /** @throws GrpcError for what may work soon */
  #fail(claim: PersistentVolumeClaim, name: string, error: GrpcError): void {
    const key = objectKey(claim);
    const isHopeless = error.code === 'InvalidArgument';
    if (isFinal(error)) this.#uncertain.delete(key);
    else this.#uncertain.add(key);
    if (isHopeless) this.#slow.add(key);
    this.#mark(claim, isHopeless ? 'Infeasible' : 'InProgress', name, error);
    const more = isFinal(error) ? '' : `. Still modifying to VAC ${name}`;
    this.#setup.recorder.event(claim, 'Warning', 'VolumeModifyFailed', `${error.description}${more}`);
    if (!isHopeless) throw error;
  }

  #mark(claim: PersistentVolumeClaim, state: State, target: string, error?: GrpcError): PersistentVolumeClaim {
    const modifying = condition(this.#setup, 'ModifyingVolume', 'ModifyVolume operation in progress.');
    const failed = error && [
      condition(
        this.#setup,
        'ModifyVolumeError',
        `ModifyVolume failed with error: ${error.description}. Waiting for retry.`,
      ),
    ];
    const own = state === 'Pending' ? [] : [modifying, ...(failed ?? [])];
    const change = { modifyVolumeStatus: { status: state, targetVolumeAttributesClassName: target } };
    return patchStatus(this.#setup, claim, CONDITIONS, own, change);
  }

  /** Nothing is asked for any more, and nothing has been done. */
  #rollBack(claim: PersistentVolumeClaim): void {
    if (claim.status?.conditions?.some(({ type }) => type === 'ModifyingVolume') !== true) return;
    this.#setup.recorder.event(claim, 'Normal', 'VolumeModifyCancelled', 'Cancelled modify.');
    patchStatus(this.#setup, claim, CONDITIONS, [], {});
  }
}
