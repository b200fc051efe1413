import { type Etcd, EtcdError } from '../../../etcd/index.ts';
import type { Flags } from '../../../linux/programs/go/flags.ts';
import { print } from '../../../linux/stdio.ts';
import type { Task } from '../../../sim/index.ts';
import { commaSeparated } from '../../component/component-program.ts';
import { type EtcdCluster, MemberReplica } from '../members/etcd-cluster.ts';
import type { Member } from '../members/member.ts';
import { fields, header, headerFields, hexId, json, table } from './output.ts';
import { type Command, connect, EtcdctlError, endpointsOf, guarded, type Invocation, MEMBER } from './session.ts';

// Who is a member: https://etcd.io/docs/v3.6/op-guide/runtime-configuration/. After etcdctl/ctlv3/command/member_command.go.

export const MEMBER_COMMANDS: Readonly<Record<string, Command>> = {
  'member list': memberList,
  'member add': memberAdd,
  'member remove': changes('removed from', (cluster, id) => cluster.remove(id)),
  'member promote': changes('promoted in', (cluster, id) => cluster.promote(id)),
  'member update': changes('updated in', (cluster, id, flags) => cluster.update(id, peerUrlsOf(flags))),
  'move-leader': moveLeader,
};

/** All members, as the one that was asked knows them. */
export function membersOf({ process, flags }: Pick<Invocation, 'process' | 'flags'>, etcd: Etcd): readonly Member[] {
  if (etcd instanceof MemberReplica) return etcd.cluster.members;
  const given = endpointsOf(flags)[0]!.replace(/^\w+:\/\//, '');
  const client = `https://${given.replace(/^(?:127\.0\.0\.1|localhost)(?=:)/, '10.0.0.10')}`;
  const peerUrls = [client.replace(/:\d+$/, ':2380')];
  return [{ id: MEMBER.id, name: process.hostname, peerUrls, clientUrls: [client], isLearner: false }];
}

function* memberList(asked: Invocation): Task<void> {
  const { process, flags } = asked;
  const etcd = yield* connect(asked);
  const members = membersOf(asked, etcd);
  const format = flags.string('write-out');
  const rows = members.map(({ id, name, peerUrls, clientUrls, isLearner }) => [
    hexId(id),
    name === '' ? 'unstarted' : 'started',
    name,
    peerUrls.join(),
    clientUrls.join(),
    String(isLearner),
  ]);
  if (format === 'table') {
    yield* print(process, table(['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'], rows));
  } else if (format === 'json') {
    yield* print(process, json({ header: header(etcd), members: members.map(memberJson) }));
  } else if (format === 'fields') {
    const texts = members.map(({ id, name, peerUrls, clientUrls, isLearner }) =>
      fields({ ID: id, Name: name, PeerURL: peerUrls.join(), ClientURL: clientUrls.join(), IsLearner: isLearner }),
    );
    yield* print(process, headerFields(etcd) + texts.join(''));
  } else yield* print(process, rows.map((row) => `${row.join(', ')}\n`).join(''));
}

function memberJson({ id, name, peerUrls, clientUrls, isLearner }: Member) {
  return {
    ID: id,
    ...(name === '' ? {} : { name }),
    peerURLs: peerUrls,
    ...(clientUrls.length === 0 ? {} : { clientURLs: clientUrls }),
    ...(isLearner ? { isLearner } : {}),
  };
}

function* memberAdd(asked: Invocation): Task<void> {
  const { process, flags, args } = asked;
  const [name, ...more] = args;
  if (name === undefined) throw new EtcdctlError('member name not provided', 128);
  if (more.length > 0) throw new EtcdctlError('too many arguments', 128);
  const peerUrls = peerUrlsOf(flags);
  const { cluster, etcd } = yield* connectMember(asked);
  const added = guarded(() => cluster.add(peerUrls, flags.bool('learner')));
  if (flags.string('write-out') === 'json') {
    const members = cluster.members.map(memberJson);
    yield* print(process, json({ header: header(etcd), member: memberJson(added), members }));
    return;
  }
  const named = cluster.members.flatMap((each) =>
    each.peerUrls.map((url) => `${each.id === added.id ? name : each.name}=${url}`),
  );
  yield* print(
    process,
    `Member ${padded(added.id)} added to cluster ${padded(cluster.id)}\n\nETCD_NAME=${JSON.stringify(name)}\n` +
      `ETCD_INITIAL_CLUSTER="${named.join(',')}"\nETCD_INITIAL_ADVERTISE_PEER_URLS="${peerUrls.join(',')}"\n` +
      'ETCD_INITIAL_CLUSTER_STATE="existing"\n',
  );
}

/** As `%16x`. */
function padded(id: bigint): string {
  return hexId(id).padStart(16);
}

/** A command about one member, and what it says when that is done. */
function changes(done: string, work: (cluster: EtcdCluster, id: bigint, flags: Flags) => Member): Command {
  return function* (asked) {
    const { process, flags, args } = asked;
    const id = idOf(args);
    const { cluster, etcd } = yield* connectMember(asked);
    guarded(() => work(cluster, id, flags));
    const text =
      flags.string('write-out') === 'json'
        ? json({ header: header(etcd), members: cluster.members.map(memberJson) })
        : `Member ${padded(id)} ${done} cluster ${padded(cluster.id)}\n`;
    yield* print(process, text);
  };
}

/** Only the leader gives its lead away. */
function* moveLeader(asked: Invocation): Task<void> {
  const { process, args } = asked;
  if (args.length !== 1) throw new EtcdctlError('move-leader command needs 1 argument', 128);
  const id = idOf(args);
  const { cluster, etcd } = yield* connectMember(asked);
  const leader = cluster.statusOf(etcd).leaderId;
  if (cluster.memberOf(etcd)?.id !== leader)
    throw new EtcdctlError(`no leader endpoint given at [${endpointsOf(asked.flags).join(' ')}]`, 128);
  guarded(() => cluster.moveLeader(id));
  yield* print(process, `Leadership transferred from ${hexId(leader)} to ${hexId(id)}\n`);
}

/** @throws EtcdctlError where etcd is one that stays alone */
function* connectMember(asked: Invocation): Task<{ readonly cluster: EtcdCluster; readonly etcd: MemberReplica }> {
  const etcd = yield* connect(asked);
  if (etcd instanceof MemberReplica) return { cluster: etcd.cluster, etcd };
  throw new EtcdctlError('other members are not simulated in a cluster that was begun without a controlPlaneEndpoint');
}

function peerUrlsOf(flags: Flags): readonly string[] {
  const urls = commaSeparated(flags.string('peer-urls'));
  if (urls.length === 0) throw new EtcdctlError('member peer urls not provided', 128);
  const bad = urls.find((url) => !/^https?:\/\/[^/]+:\d+$/.test(url));
  if (bad !== undefined) throw new EtcdctlError(new EtcdError('etcdserver: given member URLs are invalid').message);
  return urls;
}

/** @throws EtcdctlError */
function idOf(args: readonly string[]): bigint {
  const [text, ...more] = args;
  if (text === undefined || more.length > 0) throw new EtcdctlError('member ID is not provided', 128);
  if (/^[0-9a-fA-F]{1,16}$/.test(text)) return BigInt(`0x${text}`);
  const problem = `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw new EtcdctlError(`bad member ID arg (${problem}), expecting ID in Hex`, 128);
}
