import { expect, test } from 'vitest';
import { PortBalancer } from './port-balancer.ts';

const TARGETS = [1, 2, 3].map((last) => ({ ip: `10.244.1.${last}`, port: 80 }));

function turns(balancer: PortBalancer, clients: readonly string[], nowMs = 0): string {
  return clients.map((client) => balancer.next(client, nowMs)?.ip.split('.').at(-1) ?? 'none').join(' ');
}

test('each endpoint has its turn; new endpoints begin a new round', () => {
  const balancer = new PortBalancer();
  expect(turns(balancer, ['a'])).toBe('none');
  balancer.update(TARGETS, undefined);
  expect(turns(balancer, ['a', 'a', 'a', 'a'])).toBe('1 2 3 1');
  balancer.update(TARGETS, undefined);
  expect(turns(balancer, ['a'])).toBe('2');
  balancer.update(TARGETS.slice(1), undefined);
  expect(turns(balancer, ['a', 'a', 'a'])).toBe('2 3 2');
});

test('a client with affinity keeps its endpoint until it has been away, the endpoint is gone, or does not answer', () => {
  const balancer = new PortBalancer();
  balancer.update(TARGETS, 60);
  expect(turns(balancer, ['a', 'b', 'a', 'b'])).toBe('1 2 1 2');
  expect(turns(balancer, ['a'], 60_000)).toBe('3');
  expect(balancer.next('b', 1000, true)?.ip).toBe('10.244.1.1');
  balancer.update(TARGETS.slice(1), 60);
  expect(turns(balancer, ['b'], 2000)).toBe('2');
});
