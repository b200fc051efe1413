import { expect, test } from 'vitest';
import type { ApiRequest, ApiResponse } from '../api/request.ts';
import { Simulation } from '../sim/index.ts';
import { RequestPending, resumable } from './pending-requests.ts';

/** A server that answers every request after 10 ms with the number of requests it has had. */
function slowServer() {
  const sim = new Simulation({ seed: 'pending' });
  let requests = 0;
  const transport = resumable((): ApiResponse => {
    const body = ++requests;
    let answer: ApiResponse | undefined;
    const listeners: ((response: ApiResponse) => void)[] = [];
    sim.schedule(10, 'server', () => {
      answer = { status: 201, headers: {}, body };
      for (const listener of listeners) listener(answer);
    });
    const later = (listener: (response: ApiResponse) => void) => {
      listeners.push(listener);
      return () => {};
    };
    return { status: 102, headers: {}, later };
  }, sim);
  const send = (name: string): unknown => {
    const request: ApiRequest = { method: 'POST', path: '/api/v1/namespaces/default/pods', body: { name } };
    try {
      return transport(request).body;
    } catch (error) {
      if (error instanceof RequestPending) return 'pending';
      throw error;
    }
  };
  return { sim, send, sent: () => requests };
}

test('the same request again gives the answer and is not sent twice', () => {
  const { sim, send, sent } = slowServer();
  expect(send('a')).toBe('pending');
  sim.runFor(5);
  expect(send('a')).toBe('pending');
  sim.runFor(10);
  expect(send('a')).toBe(1);
  expect(sent()).toBe(1);
  // What comes after that is another one.
  expect(send('a')).toBe('pending');
  expect(sent()).toBe(2);
});

test('two like requests in one go are two', () => {
  const { sim, send, sent } = slowServer();
  expect([send('a'), send('a')]).toEqual(['pending', 'pending']);
  expect(sent()).toBe(2);
  sim.runFor(20);
  expect([send('a'), send('a')]).toEqual([1, 2]);
  expect(sent()).toBe(2);
});

test('an answer that nobody comes for is forgotten', () => {
  const { sim, send, sent } = slowServer();
  send('a');
  sim.runFor(120_000);
  expect(send('a')).toBe('pending');
  expect(sent()).toBe(2);
});

test('who waits is woken', () => {
  const { sim } = slowServer();
  const woken: number[] = [];
  const transport = resumable(
    () => ({
      status: 102,
      headers: {},
      later: (listener) => {
        sim.schedule(10, 'server', () => listener({ status: 200, headers: {}, body: 'late' }));
        return () => {};
      },
    }),
    sim,
  );
  try {
    transport({ method: 'GET', path: '/' });
  } catch (error) {
    (error as RequestPending).answered.start(() => woken.push(sim.nowMs));
  }
  sim.runFor(20);
  expect(woken).toEqual([10]);
});
