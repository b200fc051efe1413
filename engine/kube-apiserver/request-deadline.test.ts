import { expect, test } from 'vitest';
import type { HttpOutcome } from '../api/http-port.ts';
import type { ApiResponse } from '../api/request.ts';
import { type Body, CONFIG_MAPS, configMapNamed, PODS, startTestServer } from './testing/test-server.ts';

/** A server with a webhook for ConfigMaps that lets everybody wait; `answer` makes it speak at last. */
function startWithSilentWebhook() {
  let waiting: ((outcome: HttpOutcome) => void) | undefined;
  const calledOff: string[] = [];
  const server = startTestServer({
    sendHttp: ({ host }, answered) => {
      waiting = answered;
      return () => calledOff.push(host);
    },
  });
  const webhook = {
    name: 'slow.example.com',
    clientConfig: { url: 'https://slow.example.com/' },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    failurePolicy: 'Ignore',
  };
  server.request('POST', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', {
    metadata: { name: 'slow' },
    webhooks: [webhook],
  });
  /** The answer, and after how many seconds it came. */
  function settle(url: string): { readonly answer: ApiResponse & { readonly body: Body }; readonly seconds: number } {
    let answer: ApiResponse | undefined;
    const startMs = server.sim.nowMs;
    server.request('POST', url, configMapNamed('late')).later!((late) => {
      answer = late;
    });
    server.sim.runUntil(() => answer !== undefined, 120_000);
    return { answer: answer as ApiResponse & { readonly body: Body }, seconds: (server.sim.nowMs - startMs) / 1000 };
  }
  return { ...server, calledOff, settle, answer: (outcome: HttpOutcome) => waiting!(outcome) };
}

const TIMEOUT = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Timeout: request did not complete within requested timeout - context deadline exceeded',
  reason: 'Timeout',
  details: {},
  code: 504,
};

test('a request ends after the time that it asks for, and after a minute in any case', () => {
  const { settle } = startWithSilentWebhook();
  expect(settle(`${CONFIG_MAPS}?timeout=5s`)).toMatchObject({ answer: { status: 504, body: TIMEOUT }, seconds: 5 });
  expect(settle(CONFIG_MAPS)).toMatchObject({ answer: { status: 504 }, seconds: 60 });
  for (const longer of ['0s', '10m', '1h0.5m', '-3s'])
    expect(settle(`${CONFIG_MAPS}?timeout=${longer}`), longer).toMatchObject({ answer: { status: 504 }, seconds: 60 });
});

test('what is decided after that comes to nothing', () => {
  const { settle, answer, request, sim } = startWithSilentWebhook();
  settle(`${CONFIG_MAPS}?timeout=1500ms`);
  answer({ error: 'at last' });
  sim.runFor(1000);
  expect(request('GET', `${CONFIG_MAPS}/late`).status).toBe(404);
});

test('a request whose client has gone ends at once, and what it asks for is called off', () => {
  const { request, answer, calledOff, sim } = startWithSilentWebhook();
  const answers: ApiResponse[] = [];
  const leave = request('POST', CONFIG_MAPS, configMapNamed('left')).later!((late) => answers.push(late));
  sim.runFor(1000);
  expect(calledOff).toEqual([]);
  leave();
  expect(calledOff).toEqual(['slow.example.com']);
  answer({ error: 'at last' });
  sim.runFor(120_000);
  expect(answers).toEqual([]);
  expect(request('GET', `${CONFIG_MAPS}/left`).status).toBe(404);
  // Later it is too late.
  leave();
  expect(calledOff).toHaveLength(1);
});

test('a time that is none is refused, except by requests that may last for ever', () => {
  const { request } = startTestServer();
  for (const [text, why] of [
    ['abc', 'invalid duration "abc"'],
    ['5', 'missing unit in duration "5"'],
    ['', 'invalid duration ""'],
    ['1d', 'unknown unit "d" in duration "1d"'],
    ['5s ', 'unknown unit "s " in duration "5s "'],
    ['__proto__', 'invalid duration "__proto__"'],
  ] as const)
    expect(request('GET', `${PODS}?timeout=${encodeURIComponent(text)}`).body, text).toMatchObject({
      code: 400,
      reason: 'BadRequest',
      message: `invalid timeout specified in the request URL - time: ${why}`,
    });
  expect(request('GET', `${PODS}?timeout=34s`).status).toBe(200);
  expect(request('GET', `${PODS}?watch=true&timeout=abc`).watch).toBeDefined();
  expect(request('GET', `${PODS}/none/log?timeout=abc`).status).toBe(404);
});
