import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  choosingLaunch,
  claim,
  type LtiTestPlatform,
  learnerLaunch,
  ROLE,
  SCHOOL,
  TOOL,
  type Twist,
} from '../testing/lti-platform.ts';
import { keptToolKeys, LINE_ITEM, onward, openLtiRoom } from '../testing/lti-room.ts';
import { EXERCISE, LESSON, openRoom, type Room, START } from '../testing/room.ts';
import { LTI } from './logins.ts';
import type { ToolKeys } from './tool-keys.ts';

let room: Room;
let platform: LtiTestPlatform;
beforeEach(async () => {
  ({ room, platform } = await openLtiRoom());
});

async function refused(claims: Readonly<Record<string, unknown>>, twist: Twist): Promise<string> {
  const answer = await platform.launch(room, claims, twist);
  expect(answer.status).toBe(400);
  const [, sentence = ''] = /<p>The launch was not taken: (.*)<\/p>/.exec(await answer.text()) ?? [];
  return sentence.replace(/&quot;/g, '"').slice(0, -1);
}

describe('a learner follows a link of their course', () => {
  test('the platform is asked who they are, with a state and a nonce', async () => {
    const hints = { login_hint: 'ada', lti_message_hint: 'm', client_id: 'drydock' };
    const login = await room.fetch(`${LTI}/login`, {
      method: 'POST',
      body: new URLSearchParams({ iss: SCHOOL.issuer, ...hints }),
    });
    expect(login.status).toBe(302);
    const url = new URL(login.headers.get('location')!);
    expect(url.origin + url.pathname).toBe(SCHOOL.authorizationUrl);
    const { state, nonce, ...asked } = Object.fromEntries(url.searchParams);
    expect(asked).toEqual({
      ...hints,
      scope: 'openid',
      response_type: 'id_token',
      response_mode: 'form_post',
      prompt: 'none',
      redirect_uri: `${TOOL}${LTI}/launch`,
    });
    expect([state, nonce]).toEqual([expect.stringMatching(/^[\w-]{43}$/), expect.stringMatching(/^[\w-]{43}$/)]);
    expect(state).not.toBe(nonce);
    expect(login.headers.get('set-cookie')).toMatch(/HttpOnly; Secure; SameSite=None; Partitioned/);
  });

  test('and comes in by a personal link, to what the link was made for; who sees what is said before', async () => {
    const first = await platform.launch(room, learnerLaunch('u1', 'Ada <b>', LESSON.id));
    const page = await first.clone().text();
    expect(page).toContain('You come in as Ada &lt;b&gt;.');
    expect(page).toContain('your instructor sees your name');
    expect(page).not.toContain('http-equiv="refresh"');
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': "default-src 'none'; frame-ancestors 'self' https://school.example",
    });
    const fragment = await onward(Promise.resolve(first));
    expect(fragment.get('bench')).toBe(LESSON.id);
    const me = await room.request('GET', '/me', fragment.get('link')!);
    expect(await me.json()).toMatchObject({ name: 'Ada <b>' });
  });

  test('again, on any device, they are the same person with the same link; another is another', async () => {
    const first = await onward(platform.launch(room, learnerLaunch('u1', 'Ada')));
    const again = await platform.launch(room, learnerLaunch('u1', 'Ada'));
    expect(await again.clone().text()).toContain('http-equiv="refresh"');
    expect((await onward(Promise.resolve(again))).get('link')).toBe(first.get('link'));
    const other = await onward(platform.launch(room, learnerLaunch('u2', 'Ada')));
    expect(await (await room.request('GET', '/me', other.get('link')!)).json()).toMatchObject({ name: 'Ada (2)' });
    expect(await room.store.countPeople()).toBe(2);
  });

  test('a link that the instructor has ended stays ended; the course gives a new one', async () => {
    const before = (await onward(platform.launch(room, learnerLaunch('u1', 'Ada')))).get('link')!;
    const [ada] = await room.store.people();
    await room.request('POST', `/board/people/${ada!.id}/link`, room.key);
    const after = (await onward(platform.launch(room, learnerLaunch('u1', 'Ada')))).get('link')!;
    expect(after).not.toBe(before);
    expect((await room.request('GET', '/me', before)).status).toBe(401);
    expect((await room.request('GET', '/me', after)).status).toBe(200);
  });

  test('what is kept and exported holds no link, and no key', async () => {
    const link = (await onward(platform.launch(room, learnerLaunch('u1', 'Ada', EXERCISE.id, LINE_ITEM)))).get('link')!;
    const exported = await (await room.request('GET', '/board/export', room.key)).text();
    const { privateKey, linkSecret } = JSON.parse(keptToolKeys) as { privateKey: { d: string }; linkSecret: string };
    for (const secret of [link, privateKey.d, linkSecret]) expect(exported).not.toContain(secret);
    expect(JSON.stringify(platform.toolKeys)).not.toContain(privateKey.d);
  });
});

describe('a launch is not taken', () => {
  const claims = learnerLaunch('u1', 'Ada');
  test.each<[string, Twist, string]>([
    ['signed by another key', { forged: true }, 'the token does not hold: signature verification failed'],
    [
      'signed by a key that is not among the platform’s',
      { kid: 'other' },
      'the token does not hold: no applicable key found in the JSON Web Key Set',
    ],
    [
      'from another issuer',
      { claims: { iss: 'https://evil.example' } },
      'the token does not hold: unexpected "iss" claim value',
    ],
    ['made for another tool', { claims: { aud: 'other' } }, 'the token does not hold: unexpected "aud" claim value'],
    [
      'made for several, without a word for whom',
      { claims: { aud: ['drydock', 'other'] } },
      'the token was made for another tool',
    ],
    [
      'made for several, and for another of them',
      { claims: { aud: ['drydock', 'other'], azp: 'other' } },
      'the token was made for another tool',
    ],
    ['of another deployment', { claims: { [claim('deployment_id')]: 'course-8' } }, 'the deployment is not known here'],
    ['with another nonce', { claims: { nonce: 'x' } }, 'the nonce is not the one that was asked for'],
    ['without a nonce', { claims: { nonce: undefined } }, 'the token does not hold: missing required "nonce" claim'],
    ['without an end', { claims: { exp: undefined } }, 'the token does not hold: missing required "exp" claim'],
    ['that has ended', { ageS: 400 }, 'the token does not hold: "exp" claim timestamp check failed'],
    [
      'that was signed in the future',
      { ageS: -100 },
      'the token does not hold: "iat" claim timestamp check failed (it should be in the past)',
    ],
    [
      'that was signed long ago',
      { ageS: 700, claims: { exp: START } },
      'the token does not hold: "iat" claim timestamp check failed (too far in the past)',
    ],
    [
      'of another version',
      { claims: { [claim('version')]: '1.1' } },
      `the token does not hold: ${claim('version')}: Invalid input: expected "1.3.0"`,
    ],
    [
      'of another kind',
      { claims: { [claim('message_type')]: 'LtiSubmissionReviewRequest' } },
      'this kind of launch is not known here',
    ],
    [
      'to what is not part of the workshop',
      { claims: { [claim('custom')]: { bench: '__proto__' } } },
      'what this link leads to is not part of this workshop',
    ],
    ['that is no token', { token: () => 'a.b.c' }, 'the token does not hold: JWS Protected Header is invalid'],
    [
      'that is not signed',
      { token: (signed) => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${signed.split('.')[1]}.` },
      'the token does not hold: "alg" (Algorithm) Header Parameter value not allowed',
    ],
    ['with a state that was never given', { state: 'x' }, 'the login was used before, or too long ago'],
    [
      'in another browser than it was begun in',
      { cookie: '' },
      'it was begun in another browser, or this one keeps no cookies here; open the link in a new window',
    ],
  ])('%s', async (_, twist, sentence) => {
    expect(await refused(claims, twist)).toBe(sentence);
    expect(await room.store.countPeople()).toBe(0);
  });

  test('twice; a minute of skew is borne', async () => {
    const login = await room.fetch(`${LTI}/login?${new URLSearchParams({ iss: SCHOOL.issuer, login_hint: 'ada' })}`);
    const asked = new URL(login.headers.get('location')!).searchParams;
    const send = async () =>
      room.fetch(`${LTI}/launch`, {
        method: 'POST',
        headers: { cookie: login.headers.get('set-cookie')!.split(';')[0]! },
        body: new URLSearchParams({
          state: asked.get('state')!,
          id_token: await platform.sign({ ...claims, nonce: asked.get('nonce') }),
        }),
      });
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(400);
    expect((await platform.launch(room, claims, { ageS: 340 })).status).toBe(200);
    expect((await platform.launch(room, claims, { ageS: -50 })).status).toBe(200);
  });

  test('by a platform that is not known, or that says of nobody, or that declines', async () => {
    const ask = async (path: string, init?: RequestInit) => (await room.fetch(`${LTI}${path}`, init)).text();
    expect(await ask('/login?iss=https://evil.example&login_hint=x')).toContain('the platform is not known here');
    expect(await ask(`/login?iss=${SCHOOL.issuer}`)).toContain('the login says of nobody');
    expect(await ask('/launch', { method: 'POST', body: 'x'.repeat(300_000) })).toContain('more than a launch holds');
  });

  test('while the platform’s keys cannot be fetched; then again', async () => {
    platform.troubles.push({ url: SCHOOL.keysUrl, status: 500 });
    expect(await refused(claims, {})).toMatch(/^the token does not hold: Expected 200 OK/);
    expect((await platform.launch(room, claims)).status).toBe(200);
  });
});

describe('an instructor chooses what a course links to', () => {
  const choose = async (ticket: string, ...benches: string[]) =>
    room.fetch(`${LTI}/choice`, {
      method: 'POST',
      body: new URLSearchParams([['ticket', ticket], ...benches.map((bench) => ['bench', bench])]),
    });
  const ticketOf = async (answer: Response) => /name="ticket" value="([\w-]+)"/.exec(await answer.text())![1]!;

  test('lessons and exercises go back signed, exercises with a column in the gradebook', async () => {
    const asked = await platform.launch(room, choosingLaunch());
    expect(asked.status).toBe(200);
    const ticket = await ticketOf(asked);
    const answer = await choose(ticket, LESSON.id, EXERCISE.id, 'exercise/none');
    const page = await answer.text();
    expect(page).toContain('action="https://school.example/return?course=7"');
    const { payload } = await platform.verify(/name="JWT" value="([^"]+)"/.exec(page)![1]!, SCHOOL.issuer);
    const link = { type: 'ltiResourceLink', url: `${TOOL}${LTI}/launch` };
    const points = EXERCISE.checks.reduce((sum, check) => sum + (check.points ?? 0), 0);
    expect(payload).toMatchObject({
      iss: 'drydock',
      nonce: expect.any(String),
      [claim('message_type')]: 'LtiDeepLinkingResponse',
      [claim('version')]: '1.3.0',
      [claim('deployment_id')]: 'course-7',
      'https://purl.imsglobal.org/spec/lti-dl/claim/data': 'opaque <data>',
      'https://purl.imsglobal.org/spec/lti-dl/claim/content_items': [
        { ...link, title: 'One', custom: { bench: LESSON.id } },
        {
          ...link,
          title: 'Two',
          custom: { bench: EXERCISE.id },
          lineItem: { label: 'Two', scoreMaximum: points, resourceId: EXERCISE.id },
        },
      ],
    });
    expect((await choose(ticket, LESSON.id)).status).toBe(400);
    expect(await room.store.countPeople()).toBe(0);
  });

  test('where the platform takes one, one goes back; each variant is not offered by itself', async () => {
    const asked = await platform.launch(room, choosingLaunch({ accept_multiple: false, data: undefined }));
    expect(await asked.clone().text()).not.toContain('exercise/two/2');
    const page = await (await choose(await ticketOf(asked), LESSON.id, EXERCISE.id)).text();
    const { payload } = await platform.verify(/name="JWT" value="([^"]+)"/.exec(page)![1]!, SCHOOL.issuer);
    expect(payload['https://purl.imsglobal.org/spec/lti-dl/claim/content_items']).toHaveLength(1);
    expect(payload).not.toHaveProperty(['https://purl.imsglobal.org/spec/lti-dl/claim/data']);
  });

  test('a learner does not, nor anybody where no links are taken', async () => {
    const learner = { claims: { [claim('roles')]: [`${ROLE}Learner`] } };
    expect(await refused(choosingLaunch(), learner)).toBe('only an instructor chooses what a course links to');
    expect(await refused(choosingLaunch({ accept_types: ['file'] }), {})).toMatch(/takes no links to tools/);
    const run = { deep_link_return_url: 'javascript:alert(1)' };
    expect(await refused(choosingLaunch(run), {})).toBe('the token does not hold: deep_link_return_url: Invalid URL');
  });
});

test('a database that fails is told as such, and reported', async () => {
  const reported: Error[] = [];
  const other = await openRoom([], {
    report: (error) => reported.push(error),
    lti: (now) => ({
      settings: { address: TOOL, platforms: [SCHOOL] },
      keys: undefined as unknown as ToolKeys,
      world: { now, fetch: platform.fetch, wait: async () => {}, complain: () => {} },
    }),
  });
  vi.spyOn(other.store, 'workshop').mockRejectedValue(new Error('gone'));
  const answer = await platform.launch(other, learnerLaunch('u1', 'Ada'));
  expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([500, 'failed']);
  expect(reported.map(({ message }) => message)).toEqual(['gone']);
});
