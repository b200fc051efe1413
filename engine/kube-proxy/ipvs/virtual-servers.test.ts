import { expect, test } from 'vitest';
import { connectionCounts, readServers, serverChanges, type WantedServer } from './virtual-servers.ts';

function wanted(service: string, ...reals: readonly string[]): ReadonlyMap<string, WantedServer> {
  return new Map([[service, { service, scheduling: '-s rr', reals: new Set(reals) }]]);
}

const SAVED = `-A -t 10.96.0.1:80 -s rr
-a -t 10.96.0.1:80 -r 10.244.1.1:80 -m -w 1
-a -t 10.96.0.1:80 -r 10.244.1.2:80 -m -w 0
-A -u 10.96.0.2:53 -s rr
-a -u 10.96.0.2:53 -r 10.244.1.3:53 -m -w 1
`;

test('a real server of TCP that goes gets nothing new and may finish; one that comes back is as before', () => {
  const changes = serverChanges(readServers(SAVED), wanted('-t 10.96.0.1:80', '10.244.1.2:80', '10.244.1.9:80'));
  expect(changes).toEqual({
    lines: [
      '-e -t 10.96.0.1:80 -r 10.244.1.2:80 -m -w 1',
      '-a -t 10.96.0.1:80 -r 10.244.1.9:80 -m -w 1',
      '-e -t 10.96.0.1:80 -r 10.244.1.1:80 -m -w 0',
      '-D -u 10.96.0.2:53',
    ],
    leaving: ['-t 10.96.0.1:80 -r 10.244.1.1:80'],
    returning: ['-t 10.96.0.1:80 -r 10.244.1.2:80'],
  });
});

test('one of UDP goes at once', () => {
  const { lines, leaving } = serverChanges(readServers(SAVED), wanted('-u 10.96.0.2:53'));
  expect(lines).toContain('-d -u 10.96.0.2:53 -r 10.244.1.3:53');
  expect(leaving).toEqual([]);
});

test('what is as it should be is left alone', () => {
  const found = readServers('-A -t 10.96.0.1:80 -s rr\n-a -t 10.96.0.1:80 -r 10.244.1.1:80 -m -w 1\n');
  expect(serverChanges(found, wanted('-t 10.96.0.1:80', '10.244.1.1:80')).lines).toEqual([]);
});

test('connections are counted for each real server', () => {
  const listing = 'TCP  10.96.0.1:80 rr\n  -> 10.244.1.1:80                Masq    0      2          3         \n';
  expect([...connectionCounts(listing)]).toEqual([['-t 10.96.0.1:80 -r 10.244.1.1:80', 5]]);
});
