import { expect, test } from 'vitest';
import { openCmi5 } from './cmi5.ts';
import { LmsError, type Standing } from './lms.ts';
import type { Verb } from './statements.ts';

const ADDRESS = new URL(
  `https://lms.example/content/index.html?${new URLSearchParams({
    endpoint: 'https://store.example/xapi',
    fetch: 'https://lms.example/fetch?s=1',
    actor: '{"account":{"homePage":"https://school.example","name":"ada"}}',
    registration: 'r-1',
    activityId: 'https://school.example/unit',
  })}`,
);
const at = (score: number, more: Partial<Standing> = {}): Standing => ({
  ...{ score, completed: score === 1, passed: score === 1, judged: false },
  ...more,
});

interface Sent {
  readonly verb: Verb;
  readonly statement: { readonly id: string; readonly result?: object; readonly timestamp: string };
  readonly keepalive: boolean;
}

/** A store without a socket. @param fails how the nth try to post statements ends, where it does not end well */
function store(data: object = {}, fails: (posted: number) => number | 'away' | undefined = () => undefined) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  const state = new Map<string, string>([
    ['LMS.LaunchData', JSON.stringify({ contextTemplate: {}, launchMode: 'Normal', ...data })],
  ]);
  let posted = 0;
  let now = Date.parse('2026-11-28T09:00:00Z');
  let ids = 0;
  const fetch = async (input: string | URL | Request, init: RequestInit = {}) => {
    const url = new URL(String(input));
    if (url.pathname === '/fetch') return Response.json({ 'auth-token': 'leave' });
    expect(url.href).toMatch(/^https:\/\/store\.example\/xapi\//);
    expect(init.headers).toMatchObject({ authorization: 'Basic leave', 'x-experience-api-version': '1.0.3' });
    const stateId = url.searchParams.get('stateId') ?? '';
    if (init.method === 'PUT') state.set(stateId, String(init.body));
    if (init.method !== 'POST') {
      return new Response(init.method === 'PUT' ? '' : (state.get(stateId) ?? ''), {
        status: state.has(stateId) ? 200 : 404,
      });
    }
    const failure = fails(++posted);
    if (failure === 'away') throw new TypeError('Failed to fetch');
    if (failure !== undefined) return new Response('', { status: failure });
    for (const statement of JSON.parse(String(init.body))) {
      const verb = statement.verb.id.split('/').at(-1) as Verb;
      sent.push({ verb, statement, keepalive: init.keepalive === true });
    }
    return Response.json([]);
  };
  const world = {
    fetch: fetch as typeof globalThis.fetch,
    wait: async (ms: number) => void waits.push(ms),
    now: () => now,
    newId: () => `id-${++ids}`,
  };
  const open = async () => (await openCmi5(ADDRESS, world))!;
  return { open, sent, waits, state, verbs: () => sent.map(({ verb }) => verb), pass: (ms: number) => (now += ms) };
}

test('an address that says of no launch is none', async () => {
  expect(await openCmi5(new URL('https://lms.example/index.html'), {} as never)).toBeUndefined();
});

test('fractions on the way, each verb once, in the order of the rules', async () => {
  const { open, verbs, sent, pass } = store();
  const lms = await open();
  lms.report(at(0));
  lms.report(at(0.25));
  lms.report(at(0.25));
  pass(61_500);
  lms.report(at(1));
  await expect.poll(verbs).toEqual(['initialized', 'progressed', 'completed', 'passed']);
  lms.end(at(1));
  await expect.poll(verbs).toEqual(['initialized', 'progressed', 'completed', 'passed', 'terminated']);
  expect(sent[1]!.statement.result).toEqual({
    score: { scaled: 0.25 },
    extensions: { 'https://w3id.org/xapi/cmi5/result/extensions/progress': 25 },
  });
  expect(sent[3]!.statement.result).toEqual({ success: true, score: { scaled: 1 }, duration: 'PT61.5S' });
  expect(sent[4]).toMatchObject({ keepalive: true, statement: { result: { duration: 'PT61.5S' } } });
});

test('what was said once in a registration is not said again in another session', async () => {
  const { open, verbs, state } = store();
  const first = await open();
  first.report(at(1));
  first.keep('text');
  await expect.poll(() => state.get('drydock')).toContain('text');
  first.end(at(1));
  const before = 4;
  await expect.poll(verbs).toHaveLength(before);
  const second = await open();
  expect(second.kept).toBe('text');
  second.report(at(1));
  second.end(at(1, { judged: true }));
  await expect.poll(() => verbs().slice(before)).toEqual(['initialized', 'terminated']);
});

test('an answer that was judged and is not enough is told at the end', async () => {
  const { open, verbs, sent } = store({ masteryScore: 0.8 });
  const lms = await open();
  expect(lms.passMark).toBe(0.8);
  lms.end(at(0.7, { judged: true }));
  await expect.poll(verbs).toEqual(['initialized', 'progressed', 'failed', 'terminated']);
  expect(sent[2]!.statement).toMatchObject({
    result: { success: false, score: { scaled: 0.7 } },
    context: { extensions: { 'https://w3id.org/xapi/cmi5/context/extensions/masteryscore': 0.8 } },
  });
});

test('whoever looks is not graded', async () => {
  const { open, verbs } = store({ launchMode: 'Review' });
  const lms = await open();
  expect(lms.looking).toBe(true);
  lms.end(at(0.7, { judged: true }));
  await expect.poll(verbs).toEqual(['initialized', 'terminated']);
});

test('a store that is away gets what it missed, by the same ids', async () => {
  const { open, verbs, waits, sent } = store({}, (posted) => (posted === 2 ? 'away' : posted === 3 ? 503 : undefined));
  const lms = await open();
  lms.report(at(0.5));
  lms.report(at(0.75));
  await expect.poll(verbs).toEqual(['initialized', 'progressed', 'progressed']);
  expect(waits).toEqual([1000, 5000]);
  expect(new Set(sent.map(({ statement }) => statement.id)).size).toBe(3);
});

test('a store that stays away is told of, and gets it all with what comes next', async () => {
  const { open, verbs } = store({}, (posted) => (posted >= 2 && posted <= 5 ? 'away' : undefined));
  const lms = await open();
  const told: boolean[] = [];
  lms.onTrouble((refused) => told.push(refused));
  lms.report(at(0.5));
  await expect.poll(() => told).toContain(true);
  lms.report(at(0.75));
  await expect.poll(verbs).toEqual(['initialized', 'progressed', 'progressed']);
  await expect.poll(() => told.at(-1)).toBe(false);
});

test.each([
  ['a launch that was used before', { fetch: async () => Response.json({ 'error-code': '1' }) }],
  ['a system that is away', { fetch: async () => Promise.reject(new TypeError('Failed to fetch')) }],
])('%s is told as such', async (_, world) => {
  const open = openCmi5(ADDRESS, { ...world, wait: async () => {}, now: Date.now, newId: () => '1' });
  await expect(open).rejects.toThrow(LmsError);
});

test('a way back that is no address of the web is none', async () => {
  expect((await store({ returnURL: 'javascript:alert(1)' }).open()).returnUrl).toBeUndefined();
  expect((await store({ returnURL: 'https://lms.example/course' }).open()).returnUrl).toBe(
    'https://lms.example/course',
  );
});
