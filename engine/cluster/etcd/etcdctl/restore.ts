import { writeDatabase } from '../../../etcd/database.ts';
import { Errno } from '../../../linux/errno.ts';
import type { FlagSpecs, Flags } from '../../../linux/programs/go/flags.ts';
import { printError } from '../../../linux/stdio.ts';
import type { Process } from '../../../linux/syscalls.ts';
import type { Task } from '../../../sim/index.ts';
import { DATABASE_PATH, makeDataDirectory } from '../etcd-server.ts';
import { EtcdctlError } from './session.ts';
import { readSnapshot, verifiedDatabase } from './snapshot.ts';

const PEER = 'http://localhost:2380';

export const RESTORE_FLAGS: FlagSpecs = {
  'data-dir': { type: 'string', default: '', usage: 'Path to the output data directory' },
  'wal-dir': { type: 'string', default: '', usage: 'Path to the WAL directory (use --data-dir if none given)' },
  name: { type: 'string', default: 'default', usage: 'Human-readable name for this member' },
  'initial-cluster': {
    type: 'string',
    default: `default=${PEER}`,
    usage: 'Initial cluster configuration for restore bootstrap',
  },
  'initial-cluster-token': {
    type: 'string',
    default: 'etcd-cluster',
    usage: 'Initial cluster token for the etcd cluster during restore bootstrap',
  },
  'initial-advertise-peer-urls': {
    type: 'string',
    default: PEER,
    usage: "List of this member's peer URLs to advertise to the rest of the cluster",
  },
  'skip-hash-check': {
    type: 'bool',
    default: false,
    usage: 'Ignore snapshot integrity hash value (required if copied from data directory)',
  },
  'bump-revision': {
    type: 'int',
    default: 0,
    usage: 'How much to increase the latest revision after restore',
  },
  'mark-compacted': {
    type: 'bool',
    default: false,
    usage:
      'Mark the latest revision after restore as the point of scheduled compaction (required if --bump-revision > 0, disallowed otherwise)',
  },
};

/**
 * `etcdutl snapshot restore`: a new data directory out of a snapshot. As the real one it leaves what it has begun when the
 * snapshot turns out to be no good, so that the next try needs another directory.
 * https://etcd.io/docs/v3.6/op-guide/recovery/#restoring-a-cluster
 *
 * @throws EtcdctlError
 */
export function* restoreSnapshot(process: Process, flags: Flags, args: readonly string[]): Task<void> {
  const [path, ...more] = args;
  if (path === undefined || more.length > 0) {
    throw new EtcdctlError('snapshot restore requires exactly one argument', 128);
  }
  const [bump, compacted] = [flags.number('bump-revision'), flags.bool('mark-compacted')];
  if (bump > 0 !== compacted) throw new EtcdctlError('--mark-compacted required if --revision-bump > 0', 128);
  const directory = flags.string('data-dir').replace(/(?<=.)\/+$/, '');
  checkMember(flags);
  checkEmpty(process, directory);
  const where = {
    path,
    'wal-dir': `${directory}/member/wal`,
    'data-dir': directory,
    'snap-dir': `${directory}/member/snap`,
  };
  yield* log(process, 'snapshot/v3_snapshot.go:305', 'restoring snapshot', where);
  const bytes = readSnapshot(process, path, 'open');
  try {
    process.makeDirectories(where['snap-dir'], 0o700);
    process.writeFile(`${directory}/${DATABASE_PATH}`, bytes, { mode: 0o600 });
    const state = verifiedDatabase(bytes, flags.bool('skip-hash-check'));
    if (state === undefined) return yield* noDatabase(process, `${directory}/${DATABASE_PATH}`);
    const revision = state.revision + bump;
    if (bump > 0) {
      const bumped = { 'latest-revision': state.revision, 'bump-amount': bump, 'new-latest-revision': revision };
      yield* log(process, 'snapshot/v3_snapshot.go:395', 'bumping latest revision', bumped);
      yield* log(process, 'snapshot/v3_snapshot.go:412', 'marking revision compacted', { revision });
    }
    process.writeFile(`${directory}/${DATABASE_PATH}`, writeDatabase({ ...state, revision }));
    process.writeFile(`${where['snap-dir']}/0000000000000001-0000000000000001.snap`, '', { mode: 0o600 });
    makeDataDirectory(process, directory);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new EtcdctlError(`mkdir ${directory}: ${error.message.toLowerCase()}`);
  }
  yield* log(process, 'snapshot/v3_snapshot.go:333', 'restored snapshot', where);
}

/** Where a member's name comes from, whoever restores it for himself rarely knows. */
function checkMember(flags: Flags): void {
  if (flags.string('data-dir') === '') throw new EtcdctlError('required flag(s) "data-dir" not set');
  const name = flags.string('name');
  const members = flags.string('initial-cluster').split(',');
  if (members.some((member) => member.startsWith(`${name}=`))) return;
  throw new EtcdctlError(`couldn't find local name ${JSON.stringify(name)} in the initial cluster configuration`);
}

function checkEmpty(process: Process, directory: string): void {
  if (!process.access(directory, 'exists')) return;
  const isEmpty = process.stat(directory).type === 'directory' && process.readdir(directory).length === 0;
  if (!isEmpty) throw new EtcdctlError(`data-dir ${JSON.stringify(directory)} not empty or could not be read`);
}

function* noDatabase(process: Process, path: string): Task<never> {
  yield* log(
    process,
    'backend/backend.go:203',
    'failed to open database',
    { path, error: 'invalid database' },
    'panic',
  );
  yield* printError(process, 'panic: failed to open database\n\ngoroutine 1 [running]:\n');
  throw new EtcdctlError('invalid database', 2);
}

type Fields = Readonly<Record<string, string | number>>;

function log(process: Process, caller: string, text: string, values: Fields, level = 'info'): Task<void> {
  const time = new Date(Math.floor(process.now())).toISOString().replace(/\.\d+Z$/, 'Z');
  const said = Object.entries(values).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  return printError(process, `${time}\t${level}\t${caller}\t${text}\t{${said.join(', ')}}\n`);
}
