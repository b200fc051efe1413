import { timestamp } from '../api/timestamp.ts';
import { unlessGone } from '../client/unless-gone.ts';
import { CONTROLLER } from '../csi/spec.ts';
import { GrpcError } from '../linux/grpc.ts';
import type { Task } from '../sim/index.ts';
import { NotYet, type Surroundings } from './controller-loop.ts';
import { callDriver } from './driver-call.ts';
import { isSet } from './flags.ts';
import { type SidecarSetup, sidecar } from './sidecar.ts';
import {
  BEING_CREATED,
  BEING_DELETED,
  CONTENT_FINALIZER,
  MANAGED_BY,
  snapshotClasses,
  snapshotContents,
  type VolumeSnapshotClass,
  type VolumeSnapshotContent,
} from './snapshot-kinds.ts';

/** Has the driver take snapshots, and remove them, as VolumeSnapshotContents ask. https://github.com/kubernetes-csi/external-snapshotter */
export const snapshotter = (surroundings: Surroundings) =>
  sidecar(
    'csi-snapshotter',
    surroundings,
    (setup) => {
      const { informers, queue, process } = setup;
      const contents = informers.for(snapshotContents);
      informers.for(snapshotClasses);
      const onEveryNode = isSet(process, 'node-deployment');
      const look = ({ metadata, spec }: VolumeSnapshotContent): void => {
        if (spec.driver !== setup.driver) return;
        if (!onEveryNode || metadata.labels?.[MANAGED_BY] === setup.nodeId) queue.add(metadata.name);
      };
      contents.addHandlers({ add: look, update: (_, content) => look(content) });
      return function* (name) {
        const content = contents.lister.get(name);
        if (content !== undefined) yield* sync(setup, content);
      };
    },
    (driver) => `csi-snapshotter ${driver}`,
  );

function* sync(setup: SidecarSetup, content: VolumeSnapshotContent): Task<void> {
  const { spec, status } = content;
  if (shouldDelete(content)) {
    if (spec.deletionPolicy === 'Delete' && status?.snapshotHandle !== undefined) yield* remove(setup, content);
    else release(setup, content);
  } else if (status?.readyToUse !== true) {
    try {
      if (spec.source.snapshotHandle !== undefined) yield* check(setup, content, spec.source.snapshotHandle);
      else yield* create(setup, content);
    } catch (error) {
      if (!(error instanceof GrpcError || error instanceof NotYet)) throw error;
      const first = status === undefined && spec.source.volumeHandle !== undefined;
      const [reason, what] = first
        ? ['SnapshotCreationFailed', 'Failed to create snapshot']
        : ['SnapshotContentCheckandUpdateFailed', 'Failed to check and update snapshot content'];
      report(setup, content, reason, `${what}: ${error.description}`);
      throw error;
    }
  }
}

function shouldDelete({ metadata, spec }: VolumeSnapshotContent): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  if (spec.source.snapshotHandle !== undefined && (spec.volumeSnapshotRef.uid ?? '') === '') return true;
  if (metadata.annotations?.[BEING_CREATED] !== undefined) return false;
  return metadata.annotations?.[BEING_DELETED] !== undefined;
}

function* create(setup: SidecarSetup, content: VolumeSnapshotContent): Task<void> {
  const { process, informers } = setup;
  const { metadata, spec } = content;
  const { volumeSnapshotClassName = '', volumeSnapshotRef, source } = spec;
  const found = informers.for<VolumeSnapshotClass>(snapshotClasses).lister.get(volumeSnapshotClassName);
  if (found === undefined) {
    const why = `failed to retrieve snapshot class ${volumeSnapshotClassName} from the informer: "volumesnapshotclass.snapshot.storage.k8s.io \\"${volumeSnapshotClassName}\\" not found"`;
    throw new NotYet(`failed to get input parameters to create snapshot for content ${metadata.name}: "${why}"`);
  }
  annotate(setup, content, 'yes');
  try {
    const { snapshot } = yield* callDriver(process, CONTROLLER, 'CreateSnapshot', {
      name: `snapshot-${volumeSnapshotRef.uid}`,
      source_volume_id: source.volumeHandle ?? '',
      parameters: ownParameters(found),
    });
    succeed(setup, content, snapshot!);
    annotate(setup, content, null);
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    if (isFinal(error)) annotate(setup, content, null);
    throw new NotYet(`failed to take snapshot of the volume ${source.volumeHandle}: "${error.description}"`);
  }
}

/** A snapshot that was there before its objects. */
function* check(setup: SidecarSetup, content: VolumeSnapshotContent, handle: string): Task<void> {
  const { entries } = yield* callDriver(setup.process, CONTROLLER, 'ListSnapshots', { snapshot_id: handle });
  const snapshot = entries[0]?.snapshot;
  if (snapshot === undefined)
    throw new NotYet(
      `failed to list snapshot for content ${content.metadata.name}: "can not find snapshot for snapshotID ${handle}"`,
    );
  succeed(setup, content, snapshot);
}

function* remove(setup: SidecarSetup, content: VolumeSnapshotContent): Task<void> {
  const { client, recorder, process } = setup;
  const { name } = content.metadata;
  try {
    yield* callDriver(process, CONTROLLER, 'DeleteSnapshot', { snapshot_id: content.status!.snapshotHandle! });
  } catch (error) {
    if (error instanceof GrpcError)
      recorder.event(content, 'Warning', 'SnapshotDeleteError', 'Failed to delete snapshot');
    throw error;
  }
  const nothing = { snapshotHandle: null, readyToUse: null, creationTime: null, restoreSize: null };
  unlessGone(() =>
    client.resource(snapshotContents).patch(name, undefined, 'merge', { status: nothing }, { subresource: 'status' }),
  );
}

function release({ client }: SidecarSetup, { metadata }: VolumeSnapshotContent): void {
  const finalizers = metadata.finalizers?.filter((each) => each !== CONTENT_FINALIZER) ?? [];
  if (finalizers.length === (metadata.finalizers?.length ?? 0)) return;
  unlessGone(() =>
    client.resource(snapshotContents).patch(metadata.name, undefined, 'merge', { metadata: { finalizers } }),
  );
}

function annotate({ client }: SidecarSetup, { metadata }: VolumeSnapshotContent, value: 'yes' | null): void {
  const annotations = { [BEING_CREATED]: value };
  unlessGone(() =>
    client.resource(snapshotContents).patch(metadata.name, undefined, 'merge', { metadata: { annotations } }),
  );
}

interface Taken {
  readonly snapshot_id: string;
  readonly size_bytes: number;
  readonly creation_time?: { readonly seconds: number; readonly nanos: number } | undefined;
  readonly ready_to_use: boolean;
}

function succeed({ client, sim }: SidecarSetup, content: VolumeSnapshotContent, taken: Taken): void {
  const { seconds, nanos } = taken.creation_time ?? { seconds: Math.floor(sim.wallMs / 1_000), nanos: 0 };
  const status = {
    snapshotHandle: taken.snapshot_id,
    creationTime: seconds * 1_000_000_000 + nanos,
    readyToUse: taken.ready_to_use,
    restoreSize: taken.size_bytes,
    error: null,
  };
  client
    .resource(snapshotContents)
    .patch(content.metadata.name, undefined, 'merge', { status }, { subresource: 'status' });
  if (!taken.ready_to_use) throw new NotYet(`snapshot ${taken.snapshot_id} is not ready to use`);
}

/** Written, and told, once for each thing that went wrong. */
function report(
  { client, recorder, sim }: SidecarSetup,
  content: VolumeSnapshotContent,
  reason: string,
  message: string,
) {
  if (content.status?.error?.message === message) return;
  const status = { readyToUse: false, error: { message, time: timestamp(sim.wallMs) } };
  const { name } = content.metadata;
  unlessGone(() =>
    client.resource(snapshotContents).patch(name, undefined, 'merge', { status }, { subresource: 'status' }),
  );
  recorder.event(content, 'Warning', reason, message);
}

/** Whether it is certain that the driver has taken no snapshot. */
function isFinal({ code }: GrpcError): boolean {
  return !['Canceled', 'DeadlineExceeded', 'Unavailable', 'ResourceExhausted', 'Aborted'].includes(code);
}

/** Those with the prefix are the sidecars' own, and not handed on. */
function ownParameters({ parameters = {} }: VolumeSnapshotClass): Record<string, string> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !name.startsWith('csi.storage.k8s.io/')));
}
