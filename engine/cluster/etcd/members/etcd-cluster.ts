import { EtcdError, type EtcdState } from '../../../etcd/index.ts';
import { type Command, EtcdReplica, type LogPort } from '../../../etcd/replica.ts';
import type { Host } from '../../../linux/host.ts';
import type { Simulation, Timer } from '../../../sim/index.ts';
import type { Reachability } from '../../component/api-endpoint.ts';
import { idOf, type Member, type Seat } from './member.ts';

/** etcd's `--election-timeout`: a follower waits so long, and up to twice that, before it stands for election. */
const ELECTION_MS = 1000;

/** An entry of the log: a write, or a change of who is a member. */
type Entry = Command | 'membership';

/** What all members agree on that is not the store. */
export interface RaftStatus {
  readonly term: number;
  /** 0 where a member knows of none. */
  readonly leaderId: bigint;
  readonly index: number;
  readonly appliedIndex: number;
}

/** A replica that knows its cluster. */
export class MemberReplica extends EtcdReplica {
  readonly cluster: EtcdCluster;

  constructor(sim: Simulation, state: EtcdState | undefined, port: LogPort, cluster: EtcdCluster) {
    super(sim, state, port);
    this.cluster = cluster;
  }
}

/**
 * Several etcds that agree on one log. What can be seen of Raft is here: a leader by terms, a majority without which nothing is
 * written, elections that take a second or two, members that were away and catch up, learners. What cannot is left out: messages and
 * votes between members are not sent one by one, and an entry is with all members that can be reached in the moment it is committed,
 * so that none is ever taken back. https://raft.github.io, https://etcd.io/docs/v3.6/learning/design-learner/
 */
export class EtcdCluster {
  readonly id: bigint;
  readonly #sim: Simulation;
  readonly #reachable: Reachability;
  readonly #base: EtcdState | undefined;
  readonly #log: Entry[] = [];
  #members: readonly Member[];
  readonly #seats = new Map<bigint, Seat>();
  readonly #removed = new Set<bigint>();
  #term = 1;
  #leader: bigint | undefined;
  #election: Timer | undefined;
  /** Whose changes are in the trace: those of whoever applies an entry first. */
  #recorder: Seat | undefined;
  readonly #onChange = new Set<() => void>();

  /** @param base what the store begins with: a snapshot, or nothing */
  constructor(sim: Simulation, reachable: Reachability, first: Omit<Member, 'id' | 'isLearner'>, base?: EtcdState) {
    this.#sim = sim;
    this.#reachable = reachable;
    this.#base = base;
    const made = String(sim.wallMs);
    this.id = idOf(first.peerUrls.join(), made);
    this.#members = [{ ...first, id: idOf(first.peerUrls.join(), 'etcd-cluster'), isLearner: false }];
  }

  get members(): readonly Member[] {
    return this.#members;
  }

  /** As the member that has this replica knows it. */
  statusOf(replica: EtcdReplica): RaftStatus {
    const seat = this.#seatOf(replica);
    return {
      term: this.#term,
      leaderId: this.#hears(seat) ? this.#leader! : 0n,
      index: this.#log.length + FIRST_INDEX,
      appliedIndex: seat.applied + FIRST_INDEX,
    };
  }

  memberOf(replica: EtcdReplica): Member | undefined {
    const found = [...this.#seats].find(([, seat]) => seat.replica === replica);
    return this.#members.find(({ id }) => id === found?.[0]);
  }

  /** Whether a replica's member takes part in a majority: what it reads is true, and what it writes will be. */
  isServing(replica: EtcdReplica): boolean {
    return this.#hears(this.#seatOf(replica)) && this.memberOf(replica)?.isLearner === false;
  }

  /** A member that has been started, and does not answer now. */
  get silent(): Member | undefined {
    return this.#members.find(({ id, name }) => {
      const seat = this.#seats.get(id);
      return name !== '' && !(seat !== undefined && this.#hears(seat));
    });
  }

  /** Whether there will be a leader soon. */
  get isElecting(): boolean {
    return this.#leader === undefined && this.#candidate() !== undefined;
  }

  /** Whether one of the members with these URLs answers a machine, and knows of a leader. */
  isReachableFrom(host: Host, peerUrls: readonly string[]): boolean {
    return this.#members.some(({ id, peerUrls: own }) => {
      const seat = this.#seats.get(id);
      if (seat === undefined || !this.#hears(seat) || !own.some((url) => peerUrls.includes(url))) return false;
      return seat.host === host || this.#reachable(host, seat.host);
    });
  }

  /** Calls `listener` when members have come, gone, or elected one of them, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#onChange.add(listener);
    return () => this.#onChange.delete(listener);
  }

  /** The replica of a member that has been added, on the machine where it begins; it learns what the others know. */
  seat(member: Member, host: Host): MemberReplica {
    const port: LogPort = {
      propose: (write) => this.#propose(seat, write),
      isRecorded: () => this.#recorder === seat,
    };
    const replica = new MemberReplica(this.#sim, this.#base, port, this);
    const seat: Seat = { host, applied: 0, isRunning: false, replica };
    this.#seats.set(member.id, seat);
    return replica;
  }

  hasBegun({ id }: Member): boolean {
    return this.#seats.has(id);
  }

  /** Whether the replica's member has been removed for good. */
  isRemoved(replica: EtcdReplica): boolean {
    return this.memberOf(replica) === undefined;
  }

  /** A member's process serves; the returned function says that it does no more. */
  start(replica: EtcdReplica, told: Pick<Member, 'name' | 'clientUrls'>): () => void {
    const seat = this.#seatOf(replica);
    const member = this.memberOf(replica);
    seat.isRunning = true;
    this.#members = this.#members.map((each) => (each.id === member?.id ? { ...each, ...told } : each));
    this.settle();
    return () => {
      seat.isRunning = false;
      replica.leases.pause();
      this.settle();
    };
  }

  /** @throws EtcdError */
  add(peerUrls: readonly string[], isLearner: boolean): Member {
    this.#requireLeader();
    if (this.#members.some((each) => each.peerUrls.some((url) => peerUrls.includes(url))))
      throw new EtcdError('etcdserver: Peer URLs already exists');
    if (isLearner && this.#members.some((each) => each.isLearner))
      throw new EtcdError('etcdserver: too many learner members in cluster');
    const voters = this.#voters();
    // `--strict-reconfig-check`: with one more who is not there yet, a majority must still be.
    if (!isLearner && voters.length > 1 && this.#running(voters).length < Math.floor((voters.length + 1) / 2) + 1)
      throw new EtcdError('etcdserver: re-configuration failed due to not enough started members');
    const id = idOf(peerUrls.join(), String(this.#sim.wallMs), String(this.#log.length));
    const member: Member = { id, name: '', peerUrls, clientUrls: [], isLearner };
    this.#change([...this.#members, member]);
    return member;
  }

  /** @throws EtcdError */
  remove(id: bigint): Member {
    this.#requireLeader();
    const member = this.#find(id);
    const voters = this.#voters().filter((each) => each.id !== id);
    if (!member.isLearner && this.#running(voters).length < Math.floor(voters.length / 2) + 1)
      throw new EtcdError('etcdserver: re-configuration failed due to not enough started members');
    this.#removed.add(id);
    this.#change(this.#members.filter((each) => each.id !== id));
    return member;
  }

  /** Gives a learner its vote. @throws EtcdError */
  promote(id: bigint): Member {
    this.#requireLeader();
    const member = this.#find(id);
    if (!member.isLearner) throw new EtcdError('etcdserver: can only promote a learner member');
    if (this.#seats.get(id)?.isRunning !== true)
      throw new EtcdError('etcdserver: can only promote a learner member which is in sync with leader');
    const promoted = { ...member, isLearner: false };
    this.#change(this.#members.map((each) => (each.id === id ? promoted : each)));
    return promoted;
  }

  /** Gives a member other addresses for its peers. @throws EtcdError */
  update(id: bigint, peerUrls: readonly string[]): Member {
    this.#requireLeader();
    const updated = { ...this.#find(id), peerUrls };
    this.#change(this.#members.map((each) => (each.id === id ? updated : each)));
    return updated;
  }

  /** Gives the lead to another member. @throws EtcdError */
  moveLeader(id: bigint): void {
    this.#requireLeader();
    const member = this.#find(id);
    const seat = this.#seats.get(id);
    if (member.isLearner || seat === undefined || !this.#hears(seat))
      throw new EtcdError('etcdserver: bad leader transferee');
    this.#lead(id);
  }

  /** Members hear each other no more, or again; one has come, or gone. */
  settle(): void {
    if (this.#leader !== undefined && !this.#hasMajority(this.#leader)) {
      this.#seats.get(this.#leader)?.replica.leases.pause();
      this.#leader = undefined;
    }
    if (this.#leader === undefined) this.#arrangeElection();
    else this.#catchUp();
    for (const listener of [...this.#onChange]) listener();
  }

  #arrangeElection(): void {
    const alone = this.#voters().length === 1 ? this.#candidate() : undefined;
    if (alone !== undefined) this.#lead(alone);
    else if (this.#candidate() !== undefined) {
      const delayMs = ELECTION_MS + this.#sim.random('etcd election').below(ELECTION_MS);
      this.#election ??= this.#sim.schedule(delayMs, 'etcd election', () => {
        this.#election = undefined;
        const id = this.#candidate();
        if (id !== undefined && this.#leader === undefined) this.#lead(id);
      });
    }
  }

  /** Who would be elected: of those who reach a majority the one that knows most. */
  #candidate(): bigint | undefined {
    const standing = this.#voters().filter(({ id }) => this.#hasMajority(id));
    const applied = ({ id }: Member) => this.#seats.get(id)!.applied;
    return standing.toSorted((a, b) => applied(b) - applied(a))[0]?.id;
  }

  #lead(id: bigint): void {
    if (this.#leader !== undefined) this.#seats.get(this.#leader)!.replica.leases.pause();
    this.#leader = id;
    this.#term += 1;
    this.#log.push('membership');
    this.#catchUp();
    const { replica } = this.#seats.get(id)!;
    replica.apply(() => replica.leases.resume());
    for (const listener of [...this.#onChange]) listener();
  }

  #change(members: readonly Member[]): void {
    this.#members = members;
    this.#log.push('membership');
    this.#catchUp();
    this.settle();
  }

  #propose<T>(asked: Seat, write: Command): T {
    const leader = this.#leader === undefined ? undefined : this.#seats.get(this.#leader);
    if (leader === undefined || !this.#hears(asked)) throw new EtcdError('etcdserver: request timed out');
    let own = this.#commit(leader, write);
    for (const seat of this.#seats.values()) {
      if (seat === leader || seat.applied !== this.#log.length - 1 || !this.#hears(seat)) continue;
      const done = seat.replica.apply(write);
      seat.applied = this.#log.length;
      if (seat === asked) own = done;
    }
    return own as T;
  }

  /** What is refused is refused by the leader, and gets no entry. */
  #commit(leader: Seat, write: Command): unknown {
    this.#recorder = leader;
    try {
      const outcome = leader.replica.apply(write);
      this.#log.push(write);
      leader.applied = this.#log.length;
      return outcome;
    } finally {
      this.#recorder = undefined;
    }
  }

  /** Those who hear the leader get to know what they have missed. */
  #catchUp(): void {
    for (const seat of this.#seats.values()) {
      if (!this.#hears(seat)) continue;
      while (seat.applied < this.#log.length) {
        const entry = this.#log[seat.applied]!;
        seat.applied += 1;
        if (entry !== 'membership') seat.replica.apply(entry);
      }
    }
  }

  #voters(): readonly Member[] {
    return this.#members.filter(({ isLearner }) => !isLearner);
  }

  #running(members: readonly Member[]): readonly Member[] {
    return members.filter(({ id }) => this.#seats.get(id)?.isRunning === true);
  }

  #hasMajority(id: bigint): boolean {
    const own = this.#seats.get(id);
    const voters = this.#voters();
    if (own?.isRunning !== true || !voters.some((each) => each.id === id)) return false;
    const reached = this.#running(voters).filter((each) => this.#joins(own, this.#seats.get(each.id)!));
    return reached.length > voters.length / 2;
  }

  /** Whether a member runs and hears the leader. */
  #hears(seat: Seat): boolean {
    const leader = this.#leader === undefined ? undefined : this.#seats.get(this.#leader);
    if (leader === undefined || !seat.isRunning || !this.#isMember(seat)) return false;
    return this.#joins(leader, seat);
  }

  #isMember(seat: Seat): boolean {
    return this.#members.some(({ id }) => this.#seats.get(id) === seat);
  }

  #joins(a: Seat, b: Seat): boolean {
    return a === b || (a.host.running && b.host.running && this.#reachable(a.host, b.host));
  }

  #seatOf(replica: EtcdReplica): Seat {
    for (const seat of this.#seats.values()) if (seat.replica === replica) return seat;
    throw new Error('a replica of another cluster');
  }

  #find(id: bigint): Member {
    if (this.#removed.has(id)) throw new EtcdError('etcdserver: member has already been permanently removed');
    const member = this.#members.find((each) => each.id === id);
    if (member === undefined) throw new EtcdError('etcdserver: member not found');
    return member;
  }

  #requireLeader(): void {
    if (this.#leader === undefined) throw new EtcdError('etcdserver: no leader');
  }
}

/** Where the log of a new cluster begins. */
const FIRST_INDEX = 8;
