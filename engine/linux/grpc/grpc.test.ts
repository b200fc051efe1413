import { expect, test } from 'vitest';
import type { Task } from '../../sim/index.ts';
import { callGrpc, connectGrpc, GrpcError, HEALTH, implement, serveGrpc } from '../grpc.ts';
import { type TestMachine, testMachine } from '../kernel/test-machine.ts';
import { encode } from '../stdio.ts';
import type { Process, Program } from '../syscalls.ts';
import { TaskGroup } from '../task-group.ts';

const COUNTER = {
  name: 'test.Counter',
  messages: {
    Count: { from: [1, 'int64'], every_ms: [2, 'int64'] },
    Number: { value: [1, 'int64'], text: [2, 'string'] },
  },
  methods: { Count: ['Count', 'stream Number'], Slow: ['Count', 'Number'], Fail: ['Count', 'Number'] },
} as const;

const TARGET = 'unix:/run/counter.sock';

interface Server {
  readonly program: Program;
  /** What the handlers have lived through. */
  readonly story: string[];
}

function counter(): Server {
  const story: string[] = [];
  const program: Program = function* (process) {
    const service = implement(COUNTER, {
      *Count({ from, every_ms }, call) {
        try {
          for (let value = from; ; value++) {
            yield* call.send({ value });
            yield* process.sleep(every_ms);
          }
        } finally {
          story.push('counting ended');
        }
      },
      *Slow({ from, every_ms }) {
        yield* process.sleep(every_ms);
        return { value: from, text: 'x'.repeat(from) };
      },
      Fail: () => {
        throw new GrpcError('ResourceExhausted', 'no more: 100%, “sorry”');
      },
    });
    return yield* serveGrpc(process, process.listenUnix('/run/counter.sock'), [service]);
  };
  return { program, story };
}

/** Runs a client on a machine where the counter is served; returns what it said, with the milliseconds since the start. */
function talk(machine: TestMachine, client: (process: Process, say: (text: string) => void) => Task<void>): string[] {
  const said: string[] = [];
  const startMs = machine.sim.nowMs;
  machine.start(
    function* (process) {
      const say = (text: string): void => {
        said.push(`${Math.round(machine.sim.nowMs - startMs)} ${text}`);
      };
      try {
        yield* client(process, say);
      } catch (error) {
        say(error instanceof GrpcError ? error.description : String(error));
      }
      return 0;
    },
    { argv: ['/bin/client'] },
  );
  machine.sim.runFor(60_000);
  return said;
}

function machineWith(server: Server) {
  const machine = testMachine();
  const { process } = machine.start(server.program, { argv: ['/bin/counter'] });
  machine.sim.runFor(10);
  return { machine, pid: process.pid };
}

test('a unary call over TCP is answered', () => {
  const machine = testMachine();
  machine.start(function* (process) {
    const health = implement(HEALTH, {
      Check: ({ service }) => ({ status: service === 'sick' ? 'NOT_SERVING' : 'SERVING' }),
    });
    return yield* serveGrpc(process, process.listen(5000), [health]);
  });
  const said = talk(machine, function* (process, say) {
    for (const service of ['', 'sick', 'a-rather-long-name'.repeat(20)]) {
      say((yield* callGrpc(process, '10.0.0.1:5000', HEALTH, 'Check', { service })).status);
    }
  });
  expect(said.map((line) => line.split(' ')[1])).toEqual(['SERVING', 'NOT_SERVING', 'SERVING']);
});

test('answers come as they are sent; the server hears of a client that wants no more', () => {
  const server = counter();
  const { machine } = machineWith(server);
  const said = talk(machine, function* (process, say) {
    const channel = yield* connectGrpc(process, TARGET);
    const numbers = yield* channel.open(COUNTER, 'Count', { from: 7, every_ms: 1000 });
    for (let i = 0; i < 3; i++) say(String((yield* numbers.next())?.value));
    yield* numbers.cancel();
    yield* process.sleep(1);
    say(server.story.join());
    channel.close();
  });
  expect(said).toEqual(['0 7', '1000 8', '2000 9', '2001 counting ended']);
});

test('calls on one connection do not wait for one another', () => {
  const { machine } = machineWith(counter());
  const said = talk(machine, function* (process, say) {
    const channel = yield* connectGrpc(process, TARGET);
    const group = new TaskGroup();
    const slow = function* (from: number, every_ms: number): Task<void> {
      const { text } = yield* channel.call(COUNTER, 'Slow', { from, every_ms });
      say(`${text.length}`);
    };
    const count = function* (): Task<void> {
      const numbers = yield* channel.open(COUNTER, 'Count', { from: 1, every_ms: 2000 });
      for (let i = 0; i < 3; i++) say(`number ${(yield* numbers.next())?.value}`);
    };
    group.start(slow(100_000, 3000));
    group.start(slow(200_000, 1000));
    group.start(count());
    yield* group.run();
  });
  expect(said).toEqual(['0 number 1', '1000 200000', '2000 number 2', '3000 100000', '4000 number 3']);
});

test('a deadline ends the call on both sides', () => {
  const server = counter();
  const { machine } = machineWith(server);
  const said = talk(machine, function* (process) {
    const channel = yield* connectGrpc(process, TARGET);
    const numbers = yield* channel.open(COUNTER, 'Count', { every_ms: 4000 }, { timeoutMs: 5000 });
    while ((yield* numbers.next()) !== undefined);
  });
  expect(said).toEqual(['5000 rpc error: code = DeadlineExceeded desc = context deadline exceeded']);
  expect(server.story).toEqual(['counting ended']);
});

test('a status other than OK is an error, and so is what nobody serves', () => {
  const { machine } = machineWith(counter());
  const said = talk(machine, function* (process, say) {
    const attempts = [
      callGrpc(process, TARGET, COUNTER, 'Fail', {}),
      callGrpc(process, TARGET, HEALTH, 'Check', {}),
      callGrpc(process, TARGET, { ...COUNTER, methods: { Gone: ['Count', 'Number'] } } as const, 'Gone', {}),
    ];
    for (const attempt of attempts) {
      try {
        yield* attempt;
      } catch (error) {
        say((error as GrpcError).description);
      }
    }
  });
  expect(said).toEqual([
    '0 rpc error: code = ResourceExhausted desc = no more: 100%, “sorry”',
    '0 rpc error: code = Unimplemented desc = unknown service grpc.health.v1.Health',
    '0 rpc error: code = Unimplemented desc = unknown method Gone for service test.Counter',
  ]);
});

test('a server that dies is noticed at once, and its socket refuses', () => {
  const { machine, pid } = machineWith(counter());
  machine.sim.schedule(1500, 'kill', () => machine.host.kill(pid, 'KILL'));
  const said = talk(machine, function* (process, say) {
    const channel = yield* connectGrpc(process, TARGET);
    const numbers = yield* channel.open(COUNTER, 'Count', { every_ms: 1000 });
    try {
      for (;;) say(String((yield* numbers.next())?.value));
    } catch (error) {
      say((error as GrpcError).description);
    }
    yield* connectGrpc(process, TARGET);
  });
  expect(said).toEqual([
    '0 0',
    '1000 1',
    '1500 rpc error: code = Unavailable desc = error reading from server: EOF',
    '1500 Errno: Connection refused',
  ]);
});

test('a client that dies ends its calls', () => {
  const server = counter();
  const { machine } = machineWith(server);
  const { process } = machine.start(function* (client) {
    const channel = yield* connectGrpc(client, TARGET);
    const numbers = yield* channel.open(COUNTER, 'Count', { every_ms: 1000 });
    for (;;) yield* numbers.next();
  });
  machine.sim.runFor(1500);
  expect(server.story).toEqual([]);
  machine.host.kill(process.pid, 'KILL');
  machine.sim.runFor(1);
  expect(server.story).toEqual(['counting ended']);
});

test('every message is in the trace', () => {
  const { machine } = machineWith(counter());
  talk(machine, function* (process) {
    yield* callGrpc(process, TARGET, COUNTER, 'Slow', { from: 1 });
  });
  const lines = machine.sim.trace.entries
    .filter(({ kind }) => kind.startsWith('grpc.'))
    .map(({ kind, subject, detail }) => `${kind} ${subject} ${detail}`);
  expect(lines).toEqual([
    'grpc.call test.Counter/Slow client@node-1 -> unix:/run/counter.sock {"from":1}',
    'grpc.message test.Counter/Slow unix:/run/counter.sock -> client@node-1 {"value":1,"text":"x"}',
  ]);
});

test.each([
  ['who speaks something else', 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'],
  ['who sends frames without end', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${'\x7f'.repeat(40)}`],
])('%s is hung up on', (_, garbage) => {
  const { machine } = machineWith(counter());
  const said = talk(machine, function* (process, say) {
    const fd = yield* process.connectUnix('/run/counter.sock');
    yield* process.write(fd, encode(garbage));
    while ((yield* process.read(fd)).length > 0);
    say('hung up');
  });
  expect(said).toEqual(['0 hung up']);
});

test('a server that answers with garbage makes the call fail', () => {
  const machine = testMachine();
  machine.start(function* (process) {
    const listener = process.listenUnix('/run/counter.sock');
    for (;;) {
      const { fd } = yield* process.accept(listener);
      yield* process.write(fd, encode('\x7f'.repeat(40)));
    }
  });
  const said = talk(machine, function* (process) {
    yield* callGrpc(process, TARGET, COUNTER, 'Slow', {});
  });
  expect(said).toEqual(['0 rpc error: code = Unavailable desc = http2: frame too large']);
});
