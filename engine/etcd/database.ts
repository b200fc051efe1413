import { decode, encode } from '../linux/stdio.ts';
import type { EtcdState } from './etcd.ts';
import type { KeyValue } from './key-value.ts';

// What a store holds, as a file. Its form is this simulation's own (the real one is a page-mapped database): a line about it,
// then a line of JSON for each key, and blanks up to the end of a page. History is not in it.

const FORMAT = 'drydock etcd';
const PAGE_BYTES = 4096;

type Row = readonly [
  key: string,
  createRevision: number,
  modRevision: number,
  version: number,
  lease: number,
  value: unknown,
];

interface Head extends Pick<EtcdState, 'revision' | 'leases'> {
  readonly format: string;
  readonly keys: number;
}

/** `state` as the bytes of a database, in whole pages. */
export function writeDatabase({ revision, keyValues, leases }: EtcdState): Uint8Array {
  const head: Head = { format: FORMAT, revision, keys: keyValues.length, leases };
  const text = `${[head, ...keyValues.map(rowOf)].map((each) => JSON.stringify(each)).join('\n')}\n`;
  const written = encode(text);
  const pages = new Uint8Array(Math.ceil(written.length / PAGE_BYTES) * PAGE_BYTES).fill(0x20);
  pages.set(written);
  return pages;
}

function rowOf({ key, createRevision, modRevision, version, lease, value }: KeyValue): Row {
  return [key, createRevision, modRevision, version, lease, value];
}

/** What the bytes of a database say; undefined for bytes that are none, or not a whole one. */
export function readDatabase(bytes: Uint8Array): EtcdState | undefined {
  if (bytes.length === 0 || bytes.length % PAGE_BYTES !== 0) return undefined;
  const [first = '', ...lines] = decode(bytes).trimEnd().split('\n');
  try {
    const { format, keys, revision, leases } = JSON.parse(first) as Head;
    if (format !== FORMAT || keys !== lines.length) return undefined;
    return { revision, leases, keyValues: lines.map((line) => keyValueOf(JSON.parse(line) as Row)) };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function keyValueOf([key, createRevision, modRevision, version, lease, value]: Row): KeyValue {
  return { key, value, createRevision, modRevision, version, lease };
}
