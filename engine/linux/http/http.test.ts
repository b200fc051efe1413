import { expect, test } from 'vitest';
import {
  type HttpServerRequest,
  type HttpServerResponse,
  httpRequest,
  type StreamedResponse,
  serveHttp,
} from '../http.ts';
import { testMachine } from '../kernel/test-machine.ts';
import { decode, encode, print, readAll } from '../stdio.ts';
import type { Process, Program } from '../syscalls.ts';

function server(handler: (request: HttpServerRequest) => HttpServerResponse): Program {
  return function* (process) {
    yield* serveHttp(process, process.listen(8080), handler, { idleTimeoutMs: 5000, maxBodyBytes: 1000 });
    return 0;
  };
}

const echo = server((request) => ({
  headers: { 'Content-Type': 'text/plain' },
  body: `${request.method} ${request.path}?${request.query} ${decode(request.body)}`,
}));

/** Sends bytes as they are and prints all that comes back. */
function raw(...pieces: readonly string[]): Program {
  return function* (process) {
    const fd = yield* process.connect('127.0.0.1', 8080);
    for (const piece of pieces) {
      yield* process.write(fd, encode(piece));
      yield* process.sleep(100);
    }
    yield* process.write(1, yield* readAll(process, fd));
    return 0;
  };
}

function machineWith(program: Program) {
  const machine = testMachine();
  machine.start(program);
  machine.sim.runFor(10);
  return machine;
}

test('a request and its response', () => {
  const machine = machineWith(echo);
  const outcome = machine.run(function* (process) {
    const answer = yield* httpRequest(process, {
      method: 'POST',
      host: '127.0.0.1',
      port: 8080,
      path: '/a%20b?c=d',
      body: 'x',
    });
    yield* print(
      process,
      `${answer.status} ${answer.statusText} ${answer.headers['content-type']} ${decode(answer.body)}`,
    );
    return 0;
  });
  expect(outcome.stdout).toBe('200 OK text/plain POST /a b?c=d x');
});

test('several requests on one connection, one of them in chunks, in pieces', () => {
  const machine = machineWith(echo);
  const outcome = machine.run(
    raw(
      'GET /one HTTP/1.1\r\nHost: x\r\n\r\nPOST /two HTTP/1.1\r\nHost: x\r\nTransfer-',
      'Encoding: chunked\r\n\r\n3\r\nabc\r\n2;ext\r\nde\r\n0\r\n\r\n',
      'GET /three HTTP/1.0\r\n\r\n',
    ),
  );
  expect(outcome.stdout.match(/(GET|POST) \/\w+\? (abcde)?/g)).toEqual([
    'GET /one? ',
    'POST /two? abcde',
    'GET /three? ',
  ]);
});

test.for([
  ['garbage\r\n\r\n', '400 Bad Request'],
  ['GET / HTTP/1.1\r\n\r\n', '400 Bad Request'],
  ['GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n', '400 Bad Request'],
  ['GET / HTTP/2.0\r\nHost: x\r\n\r\n', '505 HTTP Version Not Supported'],
  ['GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n', '400 Bad Request'],
  ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', '400 Bad Request'],
  ['POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n', '413 Content Too Large'],
  [`GET / HTTP/1.1\r\nHost: ${'x'.repeat(20_000)}\r\n\r\n`, '431 Request Header Fields Too Large'],
  ['GET / HTTP/1.1\r\nHost: ', '408 Request Timeout'],
] as const)('%j is answered with %s', ([request, status]) => {
  const machine = machineWith(echo);
  const outcome = machine.run(raw(request));
  expect(outcome.stdout.split('\r\n')[0]).toBe(`HTTP/1.1 ${status}`);
  // The server is still there.
  expect(machine.run(raw('GET / HTTP/1.0\r\n\r\n')).stdout).toContain('200 OK');
});

test('a reader that takes nothing does not hold up others', () => {
  const machine = machineWith(server((request) => ({ body: request.path === '/big' ? 'x'.repeat(500_000) : 'small' })));
  machine.start(function* (process) {
    const fd = yield* process.connect('127.0.0.1', 8080);
    yield* process.write(fd, encode('GET /big HTTP/1.1\r\nHost: x\r\n\r\n'));
    yield* process.sleep(1e9);
    return 0;
  });
  machine.sim.runFor(1000);
  expect(machine.run(raw('GET / HTTP/1.0\r\n\r\n')).stdout).toContain('small');
  const all = machine.run(function* (process) {
    const answer = yield* httpRequest(process, { host: '127.0.0.1', port: 8080, path: '/big' });
    yield* print(process, String(answer.body.length));
    return 0;
  });
  expect(all.stdout).toBe('500000');
});

/** Serves a stream of three pieces, a second apart, and notes when a client has left it. */
function streamMachine() {
  const machine = testMachine();
  const left: string[] = [];
  machine.start(function* (process) {
    const answer = (request: HttpServerRequest): StreamedResponse => ({
      headers: { 'Content-Type': 'text/plain' },
      stream: ({ write, end }) => {
        for (const [index, text] of ['one\n', 'two\n', 'three\n'].entries())
          machine.sim.schedule(index * 1000, 'test', () => write(encode(text)));
        machine.sim.schedule(2500, 'test', end);
        return () => left.push(request.path);
      },
    });
    yield* serveHttp(process, process.listen(8080), answer);
    return 0;
  });
  machine.sim.runFor(10);
  return { ...machine, sim: machine.sim, left };
}

test('a stream comes in pieces, as they are written, and holds nobody up', () => {
  const machine = streamMachine();
  const outcome = machine.run(function* (process) {
    const begin = process.now();
    const head = yield* httpRequest(process, {
      host: '127.0.0.1',
      port: 8080,
      path: '/',
      *onPiece(piece, { status }) {
        yield* print(process, `${status} ${Math.round((process.now() - begin) / 1000)}s ${decode(piece)}`);
      },
    });
    yield* print(process, `${head.headers['transfer-encoding']} ${head.body.length}`);
    return 0;
  });
  expect(outcome.stdout).toBe('200 0s one\n200 1s two\n200 2s three\nchunked 0');
  expect(machine.run(raw('GET /old HTTP/1.0\r\n\r\n')).stdout).toMatch(/Connection: close\r\n\r\none\ntwo\nthree\n$/);
  expect(machine.run(raw('HEAD /head HTTP/1.1\r\nHost: x\r\n\r\n')).stdout).toMatch(
    /chunked\r\nConnection: close\r\n\r\n$/,
  );
});

test('a stream ends when its client leaves', () => {
  const machine = streamMachine();
  machine.run(function* (process) {
    const fd = yield* process.connect('127.0.0.1', 8080);
    yield* process.write(fd, encode('GET /left HTTP/1.1\r\nHost: x\r\n\r\n'));
    yield* process.read(fd);
    process.close(fd);
    return 0;
  });
  machine.sim.runFor(100);
  expect(machine.left).toEqual(['/left']);
});

function* failureOf(process: Process, options: { port: number; timeoutMs?: number; maxBodyBytes?: number }) {
  try {
    yield* httpRequest(process, { host: '127.0.0.1', path: '/', ...options });
    yield* print(process, 'no failure');
  } catch (error) {
    yield* print(process, `${(error as Error).name} ${(error as Error).message}`);
  }
  return 0;
}

test('what goes wrong on the way is told apart', () => {
  const machine = machineWith(echo);
  const answerWith = (port: number, text: string, thenClose: boolean): Program =>
    function* (process) {
      const { fd } = yield* process.accept(process.listen(port));
      yield* process.write(fd, encode(text));
      if (!thenClose) yield* process.sleep(1e9);
      return 0;
    };
  machine.start(answerWith(1001, '', false));
  machine.start(answerWith(1002, 'SSH-2.0-server\r\n\r\n', true));
  machine.start(answerWith(1003, 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc', true));
  machine.sim.runFor(10);
  const outcome = (options: { port: number; timeoutMs?: number; maxBodyBytes?: number }) =>
    machine.run((process) => failureOf(process, options)).stdout;
  expect(outcome({ port: 9999 })).toBe('Errno Connection refused');
  expect(outcome({ port: 1001, timeoutMs: 1000 })).toBe('Errno Connection timed out');
  expect(outcome({ port: 1002 })).toBe('HttpProtocolError malformed HTTP response "SSH-2.0-server"');
  expect(outcome({ port: 1003 })).toBe('Errno Connection reset by peer');
  expect(outcome({ port: 8080, maxBodyBytes: 2 })).toBe('HttpProtocolError body too large');
});
