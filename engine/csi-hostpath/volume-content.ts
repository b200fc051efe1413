import { removeTree } from '../linux/directory-tree.ts';
import { GrpcError } from '../linux/grpc.ts';
import { runCommand } from '../linux/run-command.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import type { StoredVolume, VolumesOnDisk } from './volumes-on-disk.ts';

/** What a new volume is to hold, as CSI has it. */
export interface ContentSource {
  readonly snapshot?: { readonly snapshot_id: string } | undefined;
  readonly volume?: { readonly volume_id: string } | undefined;
}

/** Does what takes a while, unless the same is being done: whoever asked for it has lost patience and asks again. */
export type OneAtATime = (what: string, work: Task<void>) => Task<void>;

export function onlyOnce(): OneAtATime {
  const underWay = new Set<string>();
  return function* (what, work) {
    if (underWay.has(what)) throw new GrpcError('Aborted', `An operation with the given ${what} already exists`);
    underWay.add(what);
    try {
      yield* work;
    } finally {
      underWay.delete(what);
    }
  };
}

/**
 * Copies a directory or a file with all that is in it; what could only be copied in part is removed. (The real driver packs
 * directories with tar.)
 *
 * @param what for whoever asked: `failed create snapshot`
 * @throws GrpcError
 */
export function* copyContent(process: Process, from: string, to: string, what: string): Task<void> {
  const { exitCode, stderr } = yield* runCommand(process, ['cp', '-aT', from, to]);
  if (exitCode === 0) return;
  removeTree(process, to);
  throw new GrpcError('Internal', `${what}: exit status ${exitCode}: ${stderr.trim()}`);
}

/** Puts into the volume, which nobody knows of yet, what it is to begin with. @throws GrpcError */
export function* fillVolume(
  process: Process,
  volumes: VolumesOnDisk,
  { id, sizeBytes, block = false }: StoredVolume,
  source: ContentSource,
): Task<void> {
  const to = volumes.pathOf(id);
  if (source.snapshot !== undefined) {
    const { snapshot_id } = source.snapshot;
    const snapshot = volumes.snapshots().find((each) => each.id === snapshot_id);
    if (snapshot === undefined) throw noSnapshot(snapshot_id);
    checkFits(`snapshot ${snapshot_id}`, snapshot, sizeBytes, block);
    yield* copyContent(
      process,
      volumes.snapshotPathOf(snapshot_id),
      to,
      `failed pre-populate data from snapshot ${snapshot_id}`,
    );
  } else if (source.volume !== undefined) {
    const { volume_id } = source.volume;
    const volume = volumes.get(volume_id);
    if (volume === undefined) {
      throw new GrpcError('NotFound', `volume id ${volume_id} does not exist in the volumes list`);
    }
    checkFits(`volume ${volume_id}`, volume, sizeBytes, block);
    yield* copyContent(process, volumes.pathOf(volume_id), to, `failed pre-populate data from volume ${volume_id}`);
  }
}

function checkFits(
  what: string,
  { sizeBytes, block = false }: Pick<StoredVolume, 'sizeBytes' | 'block'>,
  wantedBytes: number,
  asBlock: boolean,
): void {
  if (sizeBytes > wantedBytes) {
    throw new GrpcError(
      'InvalidArgument',
      `${what} size ${sizeBytes} is greater than requested volume size ${wantedBytes}`,
    );
  }
  if (block !== asBlock) {
    throw new GrpcError(
      'InvalidArgument',
      `${what} mode is not compatible with requested mode ${asBlock ? 'block' : 'mount'}`,
    );
  }
}

function noSnapshot(id: string): GrpcError {
  return new GrpcError('NotFound', `snapshot id ${id} does not exist in the snapshots list`);
}
