import type { Etcd, KeyValue } from '../../etcd/index.ts';
import { Errno } from '../../linux/errno.ts';
import { decode, encode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import { hash32 } from '../../sim/index.ts';
import { valueText } from './output.ts';
import { EtcdctlError } from './session.ts';

// A snapshot is what the store holds at one revision. The file's form is this simulation's own: a line about it, then a
// line of JSON for each key (the real one is a page-mapped database).

const MAGIC = 'drydock etcd snapshot';

export interface SnapshotStatus {
  readonly hash: string;
  readonly revision: number;
  readonly totalKeys: number;
  readonly totalBytes: number;
}

export function saveSnapshot(process: Process, etcd: Etcd, path: string): void {
  const { keyValues, revision } = etcd.range('');
  const lines = [JSON.stringify({ format: MAGIC, revision, keys: keyValues.length }), ...keyValues.map(lineOf)];
  const text = `${lines.join('\n')}\n`;
  try {
    process.writeFile(`${path}.part`, encode(text), { mode: 0o600 });
    process.rename(`${path}.part`, path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new EtcdctlError(`could not open ${path}.part (open ${path}.part: ${error.message.toLowerCase()})`);
  }
}

function lineOf({ key, value, createRevision, modRevision, version, lease }: KeyValue): string {
  return JSON.stringify([key, createRevision, modRevision, version, lease, valueText(value)]);
}

/** @throws EtcdctlError when it is no snapshot, or not a whole one */
export function snapshotStatus(process: Process, path: string): SnapshotStatus {
  let bytes: Uint8Array;
  try {
    bytes = process.readFile(path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new EtcdctlError(`stat ${path}: ${error.message.toLowerCase()}`);
  }
  const text = decode(bytes);
  const lines = text.split('\n');
  const head = readHead(lines[0]!);
  if (head === undefined || lines.length !== head.keys + 2) throw new EtcdctlError('invalid database');
  return {
    hash: (hash32(text, 0) >>> 0).toString(16),
    revision: head.revision,
    totalKeys: head.keys,
    totalBytes: bytes.length,
  };
}

function readHead(line: string): { readonly revision: number; readonly keys: number } | undefined {
  try {
    const head = JSON.parse(line) as { format?: string; revision: number; keys: number };
    return head.format === MAGIC ? head : undefined;
  } catch {
    return undefined;
  }
}
