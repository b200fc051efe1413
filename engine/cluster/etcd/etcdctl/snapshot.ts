import { readDatabase, writeDatabase } from '../../../etcd/database.ts';
import type { Etcd, EtcdState } from '../../../etcd/index.ts';
import { Errno } from '../../../linux/errno.ts';
import { createSha256 } from '../../../linux/hash.ts';
import { decode } from '../../../linux/stdio.ts';
import type { Process } from '../../../linux/syscalls.ts';
import { hash32 } from '../../../sim/index.ts';
import { EtcdctlError } from './session.ts';

// A snapshot is a database with its SHA-256 behind it; a database that was copied out of a data directory has none.

const DIGEST_BYTES = 32;
const SECTOR_BYTES = 512;

export interface SnapshotStatus {
  readonly hash: string;
  readonly revision: number;
  readonly totalKeys: number;
  readonly totalBytes: number;
}

/** @throws EtcdctlError */
export function saveSnapshot(process: Process, etcd: Etcd, path: string): void {
  const database = writeDatabase(etcd.state);
  const snapshot = new Uint8Array(database.length + DIGEST_BYTES);
  snapshot.set(database);
  snapshot.set(digestOf(database), database.length);
  try {
    process.writeFile(`${path}.part`, snapshot, { mode: 0o600 });
    process.rename(`${path}.part`, path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new EtcdctlError(`could not open ${path}.part (open ${path}.part: ${error.message.toLowerCase()})`);
  }
}

/** @throws EtcdctlError when it is no snapshot, or not a whole one */
export function snapshotStatus(process: Process, path: string): SnapshotStatus {
  const { database } = partsOf(readSnapshot(process, path, 'stat'));
  const state = readDatabase(database);
  if (state === undefined) throw new EtcdctlError('invalid database');
  return {
    hash: (hash32(decode(database), 0) >>> 0).toString(16),
    revision: state.revision,
    totalKeys: state.keyValues.length,
    totalBytes: database.length,
  };
}

/**
 * The database in a snapshot, once its digest has been looked at, and what it says.
 *
 * @throws EtcdctlError
 */
export function verifiedDatabase(bytes: Uint8Array, skipHashCheck: boolean): EtcdState | undefined {
  const { database, digest } = partsOf(bytes);
  if (!skipHashCheck) {
    if (digest === undefined) throw new EtcdctlError('snapshot missing hash but --skip-hash-check=false');
    const actual = digestOf(database);
    if (actual.some((byte, index) => byte !== digest[index])) {
      throw new EtcdctlError(`expected sha256 [${digest.join(' ')}], got [${actual.join(' ')}]`);
    }
  }
  return readDatabase(database);
}

/** @throws EtcdctlError */
export function readSnapshot(process: Process, path: string, call: 'stat' | 'open'): Uint8Array {
  try {
    return process.readFile(path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new EtcdctlError(`${call} ${path}: ${error.message.toLowerCase()}`);
  }
}

/** Whether there is a digest, the length says: databases come in whole pages. */
function partsOf(bytes: Uint8Array): { readonly database: Uint8Array; readonly digest?: Uint8Array } {
  if (bytes.length % SECTOR_BYTES !== DIGEST_BYTES) return { database: bytes };
  const end = bytes.length - DIGEST_BYTES;
  return { database: bytes.subarray(0, end), digest: bytes.subarray(end) };
}

function digestOf(bytes: Uint8Array): Uint8Array {
  const hash = createSha256();
  hash.update(bytes);
  return hash.digest();
}
