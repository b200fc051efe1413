import { expect, test } from 'vitest';
import { signature, Webhooks, type WebhookWorld } from './webhooks.ts';

interface Post {
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const START = 1_614_265_330_000;

/** A world whose time passes only while somebody waits. @param answer the status, or nobody there */
function receiver(answer: (post: number) => number | 'away') {
  const posts: Post[] = [];
  const complaints: string[] = [];
  let now = START;
  const world: WebhookWorld = {
    now: () => now,
    async post(_, headers, body) {
      posts.push({ at: now - START, headers, body });
      const status = answer(posts.length);
      if (status === 'away') throw new Error('connection refused');
      return status;
    },
    async wait(ms) {
      now += ms;
    },
    complain: (text) => complaints.push(text),
  };
  const webhooks = new Webhooks({ url: 'https://grades.example/hook?key=hidden', secret: SECRET }, world);
  const quiet = () => expect.poll(() => webhooks.waiting).toBe(0);
  return { posts, complaints, webhooks, quiet, types: () => posts.map(({ body }) => JSON.parse(body).data.n) };
}

test('the signature is that of the specification’s example', () => {
  const made = signature(SECRET, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', '{"test": 2432232314}');
  expect(made).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

test('an event is signed with its id and the time', async () => {
  const { posts, webhooks, quiet } = receiver(() => 204);
  webhooks.send('check.met', { n: 1 });
  await quiet();
  const [{ headers, body }] = posts as [Post];
  expect(JSON.parse(body)).toEqual({ type: 'check.met', timestamp: '2021-02-25T15:02:10.000Z', data: { n: 1 } });
  expect(headers['webhook-id']).toMatch(/^msg_[\w-]{24}$/);
  expect(headers['webhook-timestamp']).toBe('1614265330');
  expect(headers['webhook-signature']).toBe(signature(SECRET, headers['webhook-id']!, '1614265330', body));
});

test('a receiver that is away gets it later, under the same id and newly signed, and what followed after it', async () => {
  const { posts, webhooks, quiet, types } = receiver((post) => (['away', 503, 429][post - 1] as 'away') ?? 200);
  webhooks.send('check.met', { n: 1 });
  webhooks.send('grade.changed', { n: 2 });
  await quiet();
  expect(posts.map(({ at }) => at)).toEqual([0, 5000, 35_000, 155_000, 155_000]);
  expect(types()).toEqual([1, 1, 1, 1, 2]);
  const of = (name: string) => new Set(posts.slice(0, 4).map(({ headers }) => headers[name]));
  expect([of('webhook-id').size, of('webhook-signature').size]).toEqual([1, 4]);
});

test('it is given up after five tries, or at once where it is refused; no address is told, which may hold a key', async () => {
  const { posts, complaints, webhooks, quiet, types } = receiver((post) => (post <= 5 ? 500 : post === 6 ? 400 : 200));
  for (const n of [1, 2, 3]) webhooks.send('check.met', { n });
  await quiet();
  expect(types()).toEqual([1, 1, 1, 1, 1, 2, 3]);
  expect(posts).toHaveLength(7);
  expect(complaints).toEqual([
    expect.stringMatching(/^webhook: check\.met msg_\S+ was given up: grades\.example answers 500$/),
    expect.stringMatching(/grades\.example answers 400$/),
  ]);
  expect(complaints.join()).not.toContain('hidden');
});

test('a redirection is followed nowhere, and counts as a failure', async () => {
  const { posts, webhooks, quiet } = receiver((post) => (post === 1 ? 302 : 200));
  webhooks.send('check.met', { n: 1 });
  await quiet();
  expect(posts).toHaveLength(2);
});

test('a receiver that is gone for good is left alone', async () => {
  const { posts, complaints, webhooks, quiet } = receiver(() => 410);
  for (const n of [1, 2]) webhooks.send('check.met', { n });
  await quiet();
  webhooks.send('check.met', { n: 3 });
  await quiet();
  expect(posts).toHaveLength(1);
  expect(complaints).toEqual([expect.stringContaining('wants no more of it')]);
});

test('what waits for a receiver is bounded: the oldest are given up, which is said', async () => {
  const { complaints, webhooks, quiet, types } = receiver(() => 200);
  for (let n = 0; n < 10_010; n++) webhooks.send('check.met', { n });
  expect(webhooks.waiting).toBe(10_000);
  await quiet();
  expect([types()[0], types()[1], types().length]).toEqual([0, 11, 10_000]);
  expect(complaints).toEqual(['webhook: 10 events were given up, too many waited']);
});

test('a server that ends waits for no receiver', async () => {
  const { webhooks } = receiver(() => 'away');
  webhooks.send('check.met', { n: 1 });
  webhooks.close();
  expect(webhooks.waiting).toBe(0);
});

test('what several servers tell of bears one id, whoever tells it', async () => {
  const ids = await Promise.all(
    [1, 2].map(async () => {
      const { posts, webhooks, quiet } = receiver(() => 204);
      webhooks.send('workshop.ended', { n: 1 }, 'w-1 ended 17');
      webhooks.send('workshop.ended', { n: 2 }, 'w-1 ended 18');
      await quiet();
      return posts.map(({ headers }) => headers['webhook-id']);
    }),
  );
  expect(ids[0]).toEqual(ids[1]);
  expect(new Set(ids.flat()).size).toBe(2);
});
