import { expect, test } from 'vitest';
import type { KeyEvent } from '../../../etcd/index.ts';
import type { Host } from '../../../linux/host.ts';
import { Simulation } from '../../../sim/index.ts';
import { EtcdCluster, type MemberReplica } from './etcd-cluster.ts';

const peerUrl = (name: string) => `https://${name}:2380`;

/** A cluster of machines that are names only. */
class Bed {
  readonly sim = new Simulation({ seed: 'etcd members' });
  readonly cut = new Set<string>();
  readonly replicas: Record<string, MemberReplica> = {};
  readonly stops: Record<string, () => void> = {};
  readonly #hosts: Record<string, Host> = {};
  readonly cluster: EtcdCluster;

  constructor(...names: readonly string[]) {
    const [first, ...others] = names;
    const reachable = (a: Host, b: Host) =>
      !this.cut.has(`${a.name}-${b.name}`) && !this.cut.has(`${b.name}-${a.name}`);
    const told = { name: first!, peerUrls: [peerUrl(first!)], clientUrls: [] };
    this.cluster = new EtcdCluster(this.sim, reachable, told);
    this.#begin(first!);
    for (const name of others) {
      const { id } = this.cluster.add([peerUrl(name)], true);
      this.#begin(name);
      this.cluster.promote(id);
    }
  }

  #begin(name: string): void {
    this.#hosts[name] = { name, running: true } as unknown as Host;
    this.replicas[name] = this.cluster.seat(this.member(name), this.#hosts[name]!);
    this.start(name);
  }

  member(name: string) {
    return this.cluster.members.find(({ peerUrls }) => peerUrls.includes(peerUrl(name)))!;
  }

  start(name: string): void {
    this.stops[name] = this.cluster.start(this.replicas[name]!, { name, clientUrls: [`https://${name}:2379`] });
  }

  /** The name of the leader, as a member knows it. */
  leader(asked: string): string | undefined {
    const { leaderId } = this.cluster.statusOf(this.replicas[asked]!);
    return this.cluster.members.find(({ id }) => id === leaderId)?.name;
  }

  part(a: string, b: string): void {
    this.cut.add(`${a}-${b}`);
    this.cluster.settle();
  }

  heal(): void {
    this.cut.clear();
    this.cluster.settle();
  }
}

test('a write through any member is with all of them, at the same revision', () => {
  const { replicas } = new Bed('a', 'b', 'c');
  const revision = replicas['b']!.put('/x/1', 'one');
  for (const replica of Object.values(replicas)) {
    expect(replica.get('/x/1')).toMatchObject({ value: 'one', modRevision: revision });
    expect(replica.revision).toBe(revision);
  }
  expect(replicas['c']!.delete('/x/1')).toMatchObject({ value: 'one' });
  expect(replicas['a']!.get('/x/1')).toBeUndefined();
});

test('a change is in the trace once', () => {
  const { replicas, sim } = new Bed('a', 'b', 'c');
  replicas['c']!.put('/x/1', 'one');
  expect(sim.trace.entries.filter(({ kind }) => kind === 'etcd.put')).toHaveLength(1);
});

test('what is refused is refused for all, and changes nothing', () => {
  const { replicas, cluster } = new Bed('a', 'b');
  const { index } = cluster.statusOf(replicas['a']!);
  expect(() => replicas['b']!.put('/x/1', 'one', 77)).toThrow('etcdserver: requested lease not found');
  expect(cluster.statusOf(replicas['a']!).index).toBe(index);
  expect(replicas['a']!.revision).toBe(1);
});

test('one of three may go: another leads a term later, and who comes back hears all it has missed in order', () => {
  const bed = new Bed('a', 'b', 'c');
  const { replicas, sim, cluster } = bed;
  expect(bed.leader('b')).toBe('a');
  const { term } = cluster.statusOf(replicas['b']!);
  const heard: KeyEvent[] = [];
  replicas['a']!.watch('/x/', 2, { event: (event) => heard.push(event), cancelled: () => {} });
  bed.stops['a']!();
  expect(() => replicas['b']!.put('/x/1', 'early')).toThrow('etcdserver: request timed out');
  expect(cluster.isElecting).toBe(true);
  sim.runFor(2000);
  expect(bed.leader('b')).toMatch(/b|c/);
  expect(cluster.statusOf(replicas['b']!).term).toBe(term + 1);
  replicas['b']!.put('/x/1', 'one');
  replicas['c']!.put('/x/2', 'two');
  expect(replicas['a']!.revision).toBe(1);
  bed.start('a');
  expect(heard.map(({ key }) => key)).toEqual(['/x/1', '/x/2']);
  expect(replicas['a']!.range('').keyValues.map(({ value }) => value)).toEqual(['one', 'two']);
  expect(bed.leader('a')).toBe(bed.leader('b'));
});

test('two of three may not', () => {
  const bed = new Bed('a', 'b', 'c');
  bed.stops['a']!();
  bed.stops['b']!();
  bed.sim.runFor(60_000);
  const last = bed.replicas['c']!;
  expect(bed.cluster.isServing(last)).toBe(false);
  expect(bed.cluster.isElecting).toBe(false);
  expect(() => last.put('/x/1', 'one')).toThrow('etcdserver: request timed out');
  bed.start('a');
  bed.sim.runFor(2000);
  expect(last.put('/x/1', 'one')).toBe(2);
});

test('a leader that is cut off leads no more, and its leases run out elsewhere', () => {
  const bed = new Bed('a', 'b', 'c');
  const { replicas, sim } = bed;
  const lease = replicas['a']!.leases.grant(10);
  replicas['a']!.put('/x/1', 'mortal', lease);
  bed.part('a', 'b');
  bed.part('a', 'c');
  expect(bed.leader('a')).toBeUndefined();
  sim.runFor(2000);
  expect(bed.leader('c')).toMatch(/b|c/);
  sim.runFor(8500);
  // They begin anew with a new leader.
  expect(replicas['b']!.get('/x/1')).toBeDefined();
  sim.runFor(2000);
  expect(replicas['b']!.get('/x/1')).toBeUndefined();
  expect(replicas['a']!.get('/x/1')).toBeDefined();
  bed.heal();
  expect(replicas['a']!.get('/x/1')).toBeUndefined();
  expect(replicas['a']!.revision).toBe(replicas['b']!.revision);
});

test('a learner knows all and decides nothing, until it is promoted', () => {
  const bed = new Bed('a', 'b');
  bed.cluster.add([peerUrl('d')], true);
  expect(() => bed.cluster.add([peerUrl('e')], true)).toThrow('etcdserver: too many learner members in cluster');
  expect(() => bed.cluster.promote(bed.member('d').id)).toThrow('in sync with leader');
  expect(() => bed.cluster.promote(bed.member('a').id)).toThrow('etcdserver: can only promote a learner member');
  expect(() => bed.cluster.add([peerUrl('a')], false)).toThrow('etcdserver: Peer URLs already exists');
});

test('who is removed takes no part, and the rest need a majority among themselves', () => {
  const bed = new Bed('a', 'b', 'c');
  bed.cluster.remove(bed.member('a').id);
  bed.sim.runFor(2000);
  bed.replicas['b']!.put('/x/1', 'one');
  expect(bed.replicas['a']!.get('/x/1')).toBeUndefined();
  expect(bed.cluster.isRemoved(bed.replicas['a']!)).toBe(true);
  bed.stops['c']!();
  expect(() => bed.cluster.remove(bed.member('b').id)).toThrow();
  expect(() => bed.cluster.remove(1n)).toThrow(/no leader|member not found/);
});
