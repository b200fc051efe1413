import type { Etcd, KeyValue } from '../../../etcd/index.ts';
import { encode } from '../../../linux/stdio.ts';
import { identityOf } from './session.ts';

// The four ways in which etcdctl writes: simple, fields, json, table. After etcdctl/ctlv3/command/printer*.go.

/** A value's text: what is in the store under /registry is an object, which kube-apiserver would have written as JSON. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function base64(text: string): string {
  let binary = '';
  for (const byte of encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** JSON with numbers of 64 bits. */
export function json(value: unknown): string {
  const text = JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `\u0000${each}\u0000` : each));
  return `${text.replace(/"\\u0000(\d+)\\u0000"/g, '$1')}\n`;
}

export function header(etcd: Etcd, revision = etcd.revision) {
  const { id, clusterId, raftTerm } = identityOf(etcd);
  return { cluster_id: clusterId, member_id: id, revision, raft_term: raftTerm };
}

export function headerFields(etcd: Etcd): string {
  const { id, clusterId, raftTerm } = identityOf(etcd);
  return fields({ ClusterID: clusterId, MemberID: id, Revision: etcd.revision, RaftTerm: raftTerm });
}

export function fields(values: Readonly<Record<string, string | number | bigint | boolean>>): string {
  const text = (value: string | number | bigint | boolean): string =>
    typeof value === 'string' ? quoted(value) : String(value);
  return Object.entries(values)
    .map(([name, value]) => `"${name}" : ${text(value)}\n`)
    .join('');
}

/** As Go's `%q` writes text: bytes that are none, and control characters, as `\x9a`. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\u(?:dc|00)([0-9a-f]{2})/g, '\\x$1');
}

export function keyValueFields({ key, createRevision, modRevision, version, value, lease }: KeyValue): string {
  return fields({
    Key: key,
    CreateRevision: createRevision,
    ModRevision: modRevision,
    Version: version,
    Value: valueText(value),
    Lease: lease,
  });
}

export function keyValueJson({ key, createRevision, modRevision, version, value, lease }: KeyValue, keysOnly = false) {
  return {
    key: base64(key),
    create_revision: createRevision,
    mod_revision: modRevision,
    version,
    ...(keysOnly ? {} : { value: base64(valueText(value)) }),
    ...(lease === 0 ? {} : { lease }),
  };
}

/** As the library tablewriter draws it: headings in the middle, cells to the right if they are numbers. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((cells) => cells[column]!.length)),
  );
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+\n`;
  const middle = (text: string, width: number): string => {
    const left = Math.floor((width - text.length) / 2);
    return `${' '.repeat(left)}${text}`.padEnd(width);
  };
  const right = (text: string, width: number): string =>
    /^-?[\d.,]+%?$/.test(text) ? text.padStart(width) : text.padEnd(width);
  const line = (cells: readonly string[], place: (text: string, width: number) => string): string =>
    `| ${cells.map((cell, column) => place(cell, widths[column]!)).join(' | ')} |\n`;
  return `${rule}${line(headings, middle)}${rule}${rows.map((cells) => line(cells, right)).join('')}${rule}`;
}

/** As `%x`. */
export function hexId(id: bigint): string {
  return id.toString(16);
}

/** `2.1 MB`, as the library go-humanize has it. */
export function humanBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
