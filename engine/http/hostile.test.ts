import { connect, type Socket } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import type { ApiResponse, WatchSink } from '../api/request.ts';
import { ConnectionError } from '../client/transport.ts';
import type { ClusterInput } from '../cluster/input.ts';
import type { ClusterDoor } from './cluster-door.ts';
import { serveDoor, until } from './testing/serve.ts';

const watching = new Set<WatchSink>();
const submitted: ClusterInput[] = [];

/** A cluster of which everything goes wrong, unless it is watched. */
const door: ClusterDoor = {
  kept: () => undefined,
  read({ path }): ApiResponse {
    if (path === '/down') throw new ConnectionError('dial tcp 10.0.0.10:6443: connect: connection refused');
    if (path !== '/watch') throw new TypeError('a bug');
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      watch: (sink) => {
        watching.add(sink);
        return () => watching.delete(sink);
      },
    };
  },
  submit(input) {
    submitted.push(input);
    if (input.kind !== 'api' || input.request.path !== '/slow') return { status: 0, headers: {} };
    return { status: 102, headers: {}, later: () => () => {} };
  },
  get inputs() {
    return submitted.length;
  },
  newSessionName: () => 'session',
  onSession: () => () => {},
};
const served = await serveDoor(door);
afterAll(() => served.close());

test('a bug is a Status of 500, and the server goes on', async () => {
  const answer = await served.request('GET', '/bug');
  expect(answer).toMatchObject({
    status: 500,
    body: { reason: 'InternalError', message: 'Internal error occurred: a bug' },
  });
  expect((await served.request('POST', '/impossible-status', {})).status).toBe(500);
});

test('an API server that is down is told apart from one that refuses', async () => {
  const answer = await served.request('GET', '/down');
  expect(answer).toMatchObject({ status: 503, body: { reason: 'ServiceUnavailable' } });
});

test('that a client does not wait for its answer is an input', async () => {
  const socket = connect(served.port, '127.0.0.1').on('error', () => {});
  socket.write('POST /slow HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}');
  await until(
    () => submitted.at(-1),
    (input) => input?.kind === 'api' && input.request.path === '/slow',
  );
  const entry = submitted.length - 1;
  socket.destroy();
  await until(
    () => submitted.at(-1),
    (input) => input?.kind === 'api.leave' && input.entry === entry,
  );
});

test('watches of clients that vanish are taken down', async () => {
  const sockets = Array.from({ length: 50 }, () => {
    const socket = connect(served.port, '127.0.0.1').on('error', () => {});
    socket.write('GET /watch HTTP/1.1\r\nhost: localhost\r\n\r\n');
    return socket;
  });
  await until(
    () => watching.size,
    (size) => size === 50,
  );
  expect([...watching].every(({ outside }) => outside === true)).toBe(true);
  for (const socket of sockets) socket.resetAndDestroy();
  await until(
    () => watching.size,
    (size) => size === 0,
  );
});

test('a watch whose client is gone without a word ends when the system has found that out', async () => {
  const probed: unknown[] = [];
  let accepted: Socket | undefined;
  served.server.prependOnceListener('connection', (socket: Socket) => {
    accepted = socket;
    const setKeepAlive = socket.setKeepAlive.bind(socket);
    socket.setKeepAlive = (...args) => {
      probed.push(args);
      return setKeepAlive(...args);
    };
  });
  const socket = connect(served.port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET /watch HTTP/1.1\r\nhost: localhost\r\n\r\n');
  await until(
    () => watching.size,
    (size) => size === 1,
  );
  // No answer to its probes: the system gives the connection up.
  accepted!.destroy(Object.assign(new Error('read ETIMEDOUT'), { code: 'ETIMEDOUT' }));
  await until(
    () => watching.size,
    (size) => size === 0,
  );
  expect(probed).toEqual([[true, 30_000]]);
  socket.destroy();
});

test('what is not HTTP is refused without harm', async () => {
  for (const bytes of ['\0\0\0', 'GET\r\n\r\n', 'POST /x HTTP/1.1\r\ncontent-length: 10\r\n\r\nshort']) {
    const socket = connect(served.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.end(bytes);
    await new Promise((resolve) => socket.on('close', resolve).resume());
  }
  expect((await served.request('GET', '/down')).status).toBe(503);
});

test('upgrades to anything but WebSocket are refused, and a bug behind one is a Status', async () => {
  const spdy = { connection: 'upgrade', upgrade: 'SPDY/3.1' };
  expect((await served.request('POST', '/api/v1/namespaces/default/pods/a/exec', undefined, spdy)).status).toBe(400);
  const webSocket = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  expect((await served.request('GET', '/api/v1/pods', undefined, webSocket)).status).toBe(500);
  const unknown = { ...webSocket, 'sec-websocket-protocol': 'v9.channel.k8s.io' };
  const answer = await served.request('GET', '/api/v1/namespaces/default/pods/a/exec', undefined, unknown);
  expect(answer).toMatchObject({ status: 400, body: { reason: 'BadRequest' } });
});
