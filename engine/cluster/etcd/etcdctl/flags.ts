import { type FlagSpecs, type Flags, parseFlags } from '../../../linux/programs/go/flags.ts';
import type { Process } from '../../../linux/syscalls.ts';

const GLOBAL: FlagSpecs = {
  endpoints: { type: 'string', default: '127.0.0.1:2379', usage: 'gRPC endpoints' },
  cacert: {
    type: 'string',
    default: '',
    usage: 'verify certificates of TLS-enabled secure servers using this CA bundle',
  },
  cert: { type: 'string', default: '', usage: 'identify secure client using this TLS certificate file' },
  key: { type: 'string', default: '', usage: 'identify secure client using this TLS key file' },
  'write-out': { type: 'string', default: 'simple', short: 'w', usage: 'fields, json, simple, table' },
  'command-timeout': { type: 'duration', default: 5000, usage: 'timeout for short running command' },
  'dial-timeout': { type: 'duration', default: 2000, usage: 'dial timeout for client connections' },
  'insecure-skip-tls-verify': { type: 'bool', default: false, usage: 'skip server certificate verification' },
  hex: { type: 'bool', default: false, usage: 'print byte strings as hex encoded strings' },
  debug: { type: 'bool', default: false, usage: 'enable client-side debug logging' },
};

const RANGE: FlagSpecs = {
  prefix: { type: 'bool', default: false, usage: 'with matching prefix' },
  'from-key': { type: 'bool', default: false, usage: 'keys that are greater than or equal to the given key' },
  'prev-kv': { type: 'bool', default: false, usage: 'the previous key-value pair' },
};

const PEER_URLS: FlagSpecs = {
  'peer-urls': { type: 'string', default: '', usage: 'comma separated peer URLs for the new member.' },
};

const OWN: Readonly<Record<string, FlagSpecs>> = {
  get: {
    ...RANGE,
    'keys-only': { type: 'bool', default: false, usage: 'get only the keys' },
    'count-only': { type: 'bool', default: false, usage: 'get only the count' },
    'print-value-only': { type: 'bool', default: false, usage: 'only write values' },
    limit: { type: 'int', default: 0, usage: 'maximum number of results' },
    rev: { type: 'int', default: 0, usage: 'the kv revision' },
    consistency: { type: 'string', default: 'l', usage: 'Linearizable(l) or Serializable(s)' },
    order: { type: 'string', default: '', usage: 'order of results; ASCEND or DESCEND' },
  },
  put: { 'prev-kv': RANGE['prev-kv']! },
  del: RANGE,
  watch: { ...RANGE, rev: { type: 'int', default: 0, usage: 'revision to start watching' } },
  'member add': {
    learner: { type: 'bool', default: false, usage: 'indicates if the new member is raft learner' },
    ...PEER_URLS,
  },
  'member update': PEER_URLS,
  'endpoint health': { cluster: { type: 'bool', default: false, usage: 'use all endpoints from the member list' } },
  'endpoint status': { cluster: { type: 'bool', default: false, usage: 'use all endpoints from the member list' } },
};

/**
 * The flags of a command, with what `ETCDCTL_…` in the environment says of the global ones.
 *
 * @throws FlagError
 */
export function readFlags(process: Process, command: string, words: readonly string[]): Flags {
  const specs = Object.entries(GLOBAL).map(([name, spec]) => {
    const variable = process.env[`ETCDCTL_${name.toUpperCase().replaceAll('-', '_')}`];
    return [name, variable === undefined || spec.type !== 'string' ? spec : { ...spec, default: variable }] as const;
  });
  return parseFlags(words, { ...Object.fromEntries(specs), ...(Object.hasOwn(OWN, command) ? OWN[command] : {}) });
}

/** Flags that take no value, so that a command behind one is found: `etcdctl --debug get k`. */
export function takesValue(flag: string): boolean {
  const name = flag.replace(/^-+/, '');
  const spec = GLOBAL[name] ?? Object.values(GLOBAL).find(({ short }) => short === name);
  return spec !== undefined && spec.type !== 'bool';
}
