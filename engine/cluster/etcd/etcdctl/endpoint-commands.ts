import type { Etcd } from '../../../etcd/index.ts';
import { print, printError } from '../../../linux/stdio.ts';
import type { Task } from '../../../sim/index.ts';
import { VERSIONS } from '../../versions.ts';
import { MemberReplica } from '../members/etcd-cluster.ts';
import { membersOf } from './member-commands.ts';
import { header, hexId, humanBytes, json, table, valueText } from './output.ts';
import {
  type Command,
  connect,
  connectTo,
  EtcdctlError,
  endpointsOf,
  type Invocation,
  identityOf,
  waitForLeader,
} from './session.ts';

export const ETCD_VERSION = VERSIONS.etcd.replace(/-.*/, '');
export const STORAGE_VERSION = '3.6.0';

// How each member is: https://etcd.io/docs/v3.6/tutorials/how-to-check-cluster-status/. After etcdctl/ctlv3/command/ep_command.go.

export const ENDPOINT_COMMANDS: Readonly<Record<string, Command>> = {
  'endpoint health': endpointHealth,
  'endpoint status': endpointStatus,
};

/** Those given, or with `--cluster` those of all members. */
function* endpointsAsked(asked: Invocation): Task<readonly string[]> {
  if (!asked.flags.bool('cluster')) return endpointsOf(asked.flags);
  try {
    return membersOf(asked, yield* connect(asked)).flatMap(({ clientUrls }) => clientUrls);
  } catch (error) {
    if (!(error instanceof EtcdctlError)) throw error;
    throw new EtcdctlError(`failed to fetch endpoints from etcd cluster member list: ${error.message}`);
  }
}

function* endpointHealth(asked: Invocation): Task<void> {
  const { process, flags } = asked;
  const rows: string[][] = [];
  let failed = false;
  for (const endpoint of yield* endpointsAsked(asked)) {
    const beganMs = process.now();
    try {
      yield* waitForLeader(process, flags, yield* connectTo(asked, endpoint), endpoint);
      yield* process.sleep(2);
      rows.push([endpoint, 'true', `${(process.now() - beganMs).toFixed(6)}ms`, '']);
    } catch (error) {
      if (!(error instanceof EtcdctlError)) throw error;
      failed = true;
      rows.push([endpoint, 'false', `${((process.now() - beganMs) / 1000).toFixed(6)}s`, error.message]);
    }
  }
  const format = flags.string('write-out');
  if (format === 'table') yield* print(process, table(['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'], rows));
  else if (format === 'json') {
    yield* print(
      process,
      json(rows.map(([endpoint, health, took]) => ({ endpoint, health: health === 'true', took }))),
    );
  } else {
    for (const [endpoint, health, took, error] of rows) {
      if (health === 'true') {
        yield* print(process, `${endpoint} is healthy: successfully committed proposal: took = ${took}\n`);
      } else yield* printError(process, `${endpoint} is unhealthy: failed to commit proposal: ${error}\n`);
    }
  }
  if (failed) throw new EtcdctlError('unhealthy cluster');
}

const STATUS_HEADINGS = [
  ['ENDPOINT', 'ID', 'VERSION', 'STORAGE VERSION', 'DB SIZE', 'IN USE', 'PERCENTAGE NOT IN USE', 'QUOTA', 'IS LEADER'],
  [
    'IS LEARNER',
    'RAFT TERM',
    'RAFT INDEX',
    'RAFT APPLIED INDEX',
    'ERRORS',
    'DOWNGRADE TARGET VERSION',
    'DOWNGRADE ENABLED',
  ],
].flat();

/** A member tells of itself whether it hears the others or not. */
function* endpointStatus(asked: Invocation): Task<void> {
  const { process, flags } = asked;
  const answers: { readonly endpoint: string; readonly etcd: Etcd }[] = [];
  let failed = false;
  for (const endpoint of yield* endpointsAsked(asked)) {
    try {
      answers.push({ endpoint, etcd: yield* connectTo(asked, endpoint) });
    } catch (error) {
      if (!(error instanceof EtcdctlError)) throw error;
      failed = true;
      yield* printError(process, `Failed to get the status of endpoint ${endpoint} (${error.message})\n`);
    }
  }
  const statuses = answers.map(({ endpoint, etcd }) => ({ endpoint, etcd, ...statusOf(etcd) }));
  const rows = statuses.map(({ endpoint, id, bytes, leaderId, isLearner, raftTerm, index, appliedIndex, errors }) => [
    ...[endpoint, hexId(id), ETCD_VERSION, STORAGE_VERSION, humanBytes(bytes), humanBytes(bytes), '0%', '2.1 GB'],
    ...[String(leaderId === id), String(isLearner), String(raftTerm), String(index), String(appliedIndex)],
    ...[errors.join(', '), '', 'false'],
  ]);
  const format = flags.string('write-out');
  if (format === 'table') yield* print(process, table(STATUS_HEADINGS, rows));
  else if (format === 'json') yield* print(process, json(statuses.map(statusJson)));
  else yield* print(process, rows.map((row) => `${row.join(', ')}\n`).join(''));
  if (failed) throw new SilentFailure();
}

/** All has been said. */
export class SilentFailure extends EtcdctlError {
  constructor() {
    super('');
  }
}

interface Status {
  readonly id: bigint;
  readonly bytes: number;
  readonly leaderId: bigint;
  readonly isLearner: boolean;
  readonly raftTerm: number;
  readonly index: number;
  readonly appliedIndex: number;
  readonly errors: readonly string[];
}

function statusOf(etcd: Etcd): Status {
  const { id, raftTerm } = identityOf(etcd);
  const bytes = storeBytes(etcd);
  if (etcd instanceof MemberReplica) {
    const { leaderId, index, appliedIndex } = etcd.cluster.statusOf(etcd);
    const isLearner = etcd.cluster.memberOf(etcd)?.isLearner === true;
    const errors = leaderId === 0n ? ['etcdserver: no leader'] : [];
    return { id, bytes, leaderId, isLearner, raftTerm, index, appliedIndex, errors };
  }
  const index = etcd.revision + 8;
  return { id, bytes, leaderId: id, isLearner: false, raftTerm, index, appliedIndex: index, errors: [] };
}

function statusJson({ endpoint, etcd, ...status }: Status & { readonly endpoint: string; readonly etcd: Etcd }) {
  const { bytes, leaderId, raftTerm, index, appliedIndex, errors, isLearner } = status;
  const about = { header: header(etcd), version: ETCD_VERSION, dbSize: bytes, leader: leaderId };
  const counters = { raftIndex: index, raftTerm, raftAppliedIndex: appliedIndex };
  const rare = { ...(errors.length > 0 ? { errors } : {}), ...(isLearner ? { isLearner } : {}) };
  return {
    Endpoint: endpoint,
    Status: { ...about, ...counters, ...rare, dbSizeInUse: bytes, storageVersion: STORAGE_VERSION },
  };
}

/** What the values come to as text. */
function storeBytes(etcd: Etcd): number {
  let bytes = 0;
  for (const { key, value } of etcd.range('').keyValues) bytes += key.length + valueText(value).length;
  return bytes;
}
