import { expect, test } from 'vitest';
import { emptyReply, type Handler, isDeferred, type Query, type Reply } from '../query.ts';
import { cachePlugin } from './cache.ts';

// https://coredns.io/plugins/cache/ : how long answers are kept, and denials (RFC 2308).

const OPTIONS = {
  zones: [''],
  successTtl: 30,
  denialTtl: 10,
  capacity: 100,
  disabledSuccess: [],
  disabledDenial: [],
};

/** A cache before somebody who counts what still reaches them. */
function cached(answer: (query: Query) => Reply) {
  let nowMs = 0;
  const asked: string[] = [];
  const handle: Handler = cachePlugin(
    OPTIONS,
    () => nowMs,
  )((query) => {
    asked.push(query.name);
    return answer(query);
  });
  function ask(name: string): Reply {
    const peer = { address: '10.244.0.9', port: 40_000 };
    const outcome = handle({ id: 1, name, type: 'A', peer, protocol: 'udp', bytes: 40, udpBytes: 512 });
    if (isDeferred(outcome)) throw new Error('nobody has to be waited for');
    return outcome;
  }
  return {
    asked,
    ask,
    pass(seconds: number) {
      nowMs += seconds * 1000;
    },
  };
}

function soa(ttl: number) {
  return {
    name: 'cluster.local',
    type: 'SOA',
    ttl,
    data: 'ns.dns.cluster.local hostmaster.cluster.local 1 7200 1800 86400 5',
  };
}

test('that a name is not there is remembered as long as its zone says', () => {
  const { ask, asked, pass } = cached(() => ({ ...emptyReply('NXDOMAIN'), authority: [soa(5)] }));
  expect(ask('no.cluster.local').code).toBe('NXDOMAIN');
  pass(3);
  expect(ask('no.cluster.local')).toMatchObject({ code: 'NXDOMAIN', authority: [{ type: 'SOA', ttl: 2 }] });
  expect(asked).toHaveLength(1);
  pass(3);
  ask('no.cluster.local');
  expect(asked).toHaveLength(2);
});

test('and no longer than the cache is told to, whatever the zone says', () => {
  const { ask, asked, pass } = cached(() => ({ ...emptyReply('NOERROR'), authority: [soa(3600)] }));
  expect(ask('none.cluster.local').authority).toMatchObject([{ ttl: 10 }]);
  pass(9);
  ask('none.cluster.local');
  expect(asked).toHaveLength(1);
  pass(2);
  ask('none.cluster.local');
  expect(asked).toHaveLength(2);
});

test('a flood of names takes the place of the oldest and no more', () => {
  const { ask, asked } = cached(() => ({ ...emptyReply('NXDOMAIN'), authority: [soa(5)] }));
  for (let index = 0; index < 1000; index++) ask(`no-${index}.cluster.local`);
  for (let index = 900; index < 1000; index++) ask(`no-${index}.cluster.local`);
  expect(asked).toHaveLength(1000);
  ask('no-899.cluster.local');
  expect(asked).toHaveLength(1001);
});
