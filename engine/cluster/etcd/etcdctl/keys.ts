import type { Etcd, KeyValue } from '../../../etcd/index.ts';
import type { Flags } from '../../../linux/programs/go/flags.ts';
import { fields, header, headerFields, json, keyValueFields, keyValueJson, valueText } from './output.ts';
import { EtcdctlError } from './session.ts';

// get, put and del. https://etcd.io/docs/v3.6/dev-guide/interacting_v3/

interface Found {
  readonly keyValues: readonly KeyValue[];
  readonly count: number;
}

export function getKeys(etcd: Etcd, flags: Flags, args: readonly string[]): string {
  const asked = flags.number('rev');
  const { keyValues, count } = find(etcd, flags, args, 'get', asked === 0 ? {} : { revision: asked });
  const ordered = flags.string('order') === 'DESCEND' ? keyValues.toReversed() : keyValues;
  const limit = flags.number('limit');
  const shown = limit > 0 ? ordered.slice(0, limit) : ordered;
  const keysOnly = flags.bool('keys-only');
  const more = shown.length < ordered.length;
  const format = flags.string('write-out');
  if (format === 'json') {
    const kvs = flags.bool('count-only') ? [] : shown.map((each) => keyValueJson(each, keysOnly));
    return json({
      header: header(etcd),
      ...(kvs.length > 0 ? { kvs } : {}),
      ...(more ? { more } : {}),
      count,
    });
  }
  if (format === 'fields') {
    const each = flags.bool('count-only') ? '' : shown.map(keyValueFields).join('');
    return headerFields(etcd) + each + fields({ More: more, Count: count });
  }
  if (format === 'table') throw new EtcdctlError('table is not supported as output format', 128);
  // As the real one: the simple form tells nothing of a mere count.
  if (flags.bool('count-only')) return '';
  if (flags.bool('print-value-only')) return shown.map(({ value }) => `${valueText(value)}\n`).join('');
  return shown.map(({ key, value }) => `${key}\n${keysOnly ? '' : valueText(value)}\n`).join('');
}

export function putKey(etcd: Etcd, flags: Flags, args: readonly string[]): string {
  const [key, value] = args;
  if (key === undefined)
    throw new EtcdctlError('put command needs 1 argument and input from stdin or 2 arguments', 128);
  if (value === undefined)
    throw new EtcdctlError(
      'put of what comes from standard input is not supported by this simulation: give the value as an argument',
      128,
    );
  const previous = etcd.get(key);
  const revision = etcd.put(key, stored(key, value));
  if (flags.string('write-out') === 'json') return json({ header: header(etcd, revision) });
  const before = flags.bool('prev-kv') && previous !== undefined ? `${key}\n${valueText(previous.value)}\n` : '';
  return `OK\n${before}`;
}

/** The API server's keys hold objects. What is none would be found by it only when it reads the key, and nothing works from then on. */
function stored(key: string, text: string): unknown {
  if (!key.startsWith('/registry/')) return text;
  try {
    const value = JSON.parse(text) as { metadata?: { name?: unknown } } | null;
    if (typeof value === 'object' && typeof value?.metadata?.name === 'string') return value;
  } catch {
    // Told below.
  }
  throw new EtcdctlError(`what kube-apiserver keeps under ${key} has to be an object in JSON, with metadata.name`);
}

export function deleteKeys(etcd: Etcd, flags: Flags, args: readonly string[]): string {
  const { keyValues } = find(etcd, flags, args, 'del', {});
  for (const { key } of keyValues) etcd.delete(key);
  if (flags.string('write-out') === 'json') return json({ header: header(etcd), deleted: keyValues.length });
  const before = flags.bool('prev-kv')
    ? keyValues.map(({ key, value }) => `${key}\n${valueText(value)}\n`).join('')
    : '';
  return `${keyValues.length}\n${before}`;
}

function find(
  etcd: Etcd,
  flags: Flags,
  args: readonly string[],
  command: string,
  at: { readonly revision?: number },
): Found {
  const [key, end] = args;
  if (key === undefined || args.length > 2) {
    throw new EtcdctlError(`${command} command needs one argument as key and an optional argument as range_end`, 128);
  }
  const [prefix, fromKey] = [flags.bool('prefix'), flags.bool('from-key')];
  if (prefix && fromKey)
    throw new EtcdctlError('`--prefix` and `--from-key` cannot be set at the same time, choose one', 128);
  if (end !== undefined && (prefix || fromKey)) {
    throw new EtcdctlError(
      `too many arguments, only accept one argument when \`--${prefix ? 'prefix' : 'from-key'}\` is set`,
      128,
    );
  }
  if (key === '' && !prefix && !fromKey) throw new EtcdctlError('etcdserver: key is not provided');
  const wanted = prefix ? key : end !== undefined || fromKey ? '' : key;
  const { keyValues } = etcd.range(wanted, at);
  const chosen = keyValues.filter((each) => {
    if (prefix) return true;
    if (fromKey) return each.key >= key;
    return end === undefined ? each.key === key : each.key >= key && each.key < end;
  });
  return { keyValues: chosen, count: chosen.length };
}
