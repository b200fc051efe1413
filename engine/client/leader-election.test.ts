import { expect, test } from 'vitest';
import { leases } from '../api/resources.ts';
import { Simulation } from '../sim/index.ts';
import { Client } from './client.ts';
import { LeaderElector } from './leader-election.ts';
import { FakeApiServer } from './testing/fake-api-server.ts';

function setUp() {
  const sim = new Simulation({ seed: 'leader' });
  const server = new FakeApiServer(sim);
  const client = new Client(server.transport);
  const log: string[] = [];
  const candidate = (identity: string) =>
    new LeaderElector(sim, client, {
      name: 'kube-scheduler',
      identity,
      onStartedLeading: () => log.push(`${identity} leads`),
      onStoppedLeading: () => log.push(`${identity} steps down`),
    });
  return { sim, server, client, log, candidate };
}

test('one candidate leads and keeps the lease; another waits', () => {
  const { sim, client, log, candidate } = setUp();
  candidate('a').start();
  const b = candidate('b');
  b.start();
  sim.runFor(120_000);
  expect(log).toEqual(['a leads']);
  expect(b.isLeader).toBe(false);
  const lease = client.resource(leases).get('kube-scheduler', 'kube-system');
  expect(lease.spec).toMatchObject({
    holderIdentity: 'a',
    leaseDurationSeconds: 15,
    acquireTime: '2026-01-12T09:00:00.000000Z',
    renewTime: '2026-01-12T09:02:00.000000Z',
    leaseTransitions: 0,
  });
});

test('when the leader is gone another takes over after the lease has run out', () => {
  const { sim, client, log, candidate } = setUp();
  const a = candidate('a');
  a.start();
  candidate('b').start();
  sim.runFor(60_000);
  a.stop();
  sim.runFor(10_000);
  expect(log).toEqual(['a leads']);
  sim.runFor(15_000);
  expect(log).toEqual(['a leads', 'b leads']);
  expect(client.resource(leases).get('kube-scheduler', 'kube-system').spec?.leaseTransitions).toBe(1);
});

test('a leader that cannot renew for ten seconds steps down', () => {
  const { sim, server, log, candidate } = setUp();
  candidate('a').start();
  sim.runFor(10_000);
  server.down = true;
  sim.runFor(8_000);
  expect(log).toEqual(['a leads']);
  sim.runFor(4_000);
  expect(log).toEqual(['a leads', 'a steps down']);
});
