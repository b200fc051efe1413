import { expect, test } from 'vitest';
import { SCHEDULERS } from '../../net/ipvs/schedulers.ts';
import type { RealServer, VirtualServer } from '../../net/ipvs/virtual-server.ts';
import { saveText, serverListing } from './listing.ts';

function real(last: number, weight = 1, active = 0): RealServer {
  const traffic = { connections: 0, packets: 0, bytes: 0 };
  return { address: `10.244.1.${last}`, port: 80, weight, activeConnections: active, inactiveConnections: 0, traffic };
}

function server(scheduler: string, reals: readonly RealServer[], persistence?: number): VirtualServer {
  const traffic = { connections: 0, packets: 0, bytes: 0 };
  return { protocol: 'tcp', address: '10.96.0.1', port: 443, scheduler, persistence, reals, traffic, turn: -1, bar: 0 };
}

/** Who is chosen, connection after connection, each of which stays open. */
function choices(scheduler: string, reals: readonly RealServer[], count: number, source = '10.0.0.2'): string {
  const virtual = server(scheduler, reals);
  const packet = { source: { address: source, port: 1 }, destination: { address: '10.96.0.1', port: 443 } } as never;
  return Array.from({ length: count }, () => {
    const chosen = SCHEDULERS[scheduler]!(virtual, packet);
    if (chosen !== undefined) chosen.activeConnections += 1;
    return chosen?.address.split('.').at(-1) ?? 'none';
  }).join(' ');
}

test.each([
  ['rr', '1 2 3 1 2 3'],
  ['lc', '1 2 3 1 2 3'],
  ['sed', '1 2 3 1 2 3'],
  ['nq', '1 2 3 1 2 3'],
])('%s shares alike among those of equal weight', (scheduler, expected) => {
  expect(choices(scheduler, [real(1), real(2), real(3)], 6)).toBe(expected);
});

test.each(['wrr', 'wlc'])('%s gives three to whom has three times the weight', (scheduler) => {
  const found = choices(scheduler, [real(1, 3), real(2, 1)], 40).split(' ');
  expect(found.filter((name) => name === '1')).toHaveLength(30);
});

test.each(['sh', 'dh'])('%s keeps to one as long as the servers are the same', (scheduler) => {
  expect(new Set(choices(scheduler, [real(1), real(2), real(3)], 9).split(' ')).size).toBe(1);
});

test.each(Object.keys(SCHEDULERS))('%s gives nothing to a server of weight 0', (scheduler) => {
  expect(choices(scheduler, [real(1, 0)], 3)).toBe('none none none');
  expect(choices(scheduler, [], 1)).toBe('none');
});

test('it lists and saves as the tool does', () => {
  const servers = [server('rr', [real(1, 1, 2)], 10_800)];
  expect(serverListing(servers)).toBe(
    `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  10.96.0.1:443 rr persistent 10800
  -> 10.244.1.1:80                Masq    1      2          0         
`,
  );
  expect(saveText(servers)).toBe('-A -t 10.96.0.1:443 -s rr -p 10800\n-a -t 10.96.0.1:443 -r 10.244.1.1:80 -m -w 1\n');
});
