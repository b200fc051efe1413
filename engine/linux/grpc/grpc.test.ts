import { expect, test } from 'vitest';
import { Simulation } from '../../sim/index.ts';
import {
  checkRequest,
  checkResponse,
  GrpcError,
  grpcCall,
  readCheckResponse,
  readCheckService,
  serveGrpc,
} from '../grpc.ts';
import { createFabric, createHost } from '../index.ts';
import { encode } from '../stdio.ts';
import type { Program } from '../syscalls.ts';

const CHECK = '/grpc.health.v1.Health/Check';

const server: Program = function* (process) {
  return yield* serveGrpc(process, process.listen(5000), (method, message) =>
    method === CHECK
      ? checkResponse(readCheckService(message) === 'sick' ? 'NOT_SERVING' : 'SERVING')
      : { code: 12, message: `unknown method ${method}` },
  );
};

function run(program: Program): string[] {
  const sim = new Simulation({ seed: 'grpc' });
  const addresses = [{ interface: 'eth0' as const, address: '10.0.0.1', prefixLength: 24 }];
  const host = createHost({
    sim,
    name: 'h',
    fabric: createFabric(sim),
    addresses,
    cpuMillis: 1000,
    memoryBytes: 1e9,
    root: {},
  });
  host.spawn({ run: server, argv: ['server'] });
  const seen: string[] = [];
  host.spawn({
    run: program,
    argv: ['client'],
    files: { 1: host.sink((bytes) => seen.push(new TextDecoder().decode(bytes))) },
  });
  sim.runFor(5000);
  return seen;
}

const call = { host: '10.0.0.1', port: 5000, method: CHECK, timeoutMs: 1000 };

test('a unary call is answered', () => {
  const seen = run(function* (process) {
    for (const service of ['', 'sick', 'a-rather-long-name']) {
      const answer = yield* grpcCall(process, { ...call, message: checkRequest(service) });
      yield* process.write(1, encode(readCheckResponse(answer)));
    }
    return 0;
  });
  expect(seen).toEqual(['SERVING', 'NOT_SERVING', 'SERVING']);
});

test('a status other than OK is an error', () => {
  const seen = run(function* (process) {
    try {
      yield* grpcCall(process, { ...call, method: '/no/such', message: checkRequest('') });
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      yield* process.write(1, encode(`${error.code} ${error.message}`));
    }
    return 0;
  });
  expect(seen).toEqual(['12 unknown method /no/such']);
});

test('who speaks something else is hung up on', () => {
  const seen = run(function* (process) {
    const fd = yield* process.connect('10.0.0.1', 5000);
    yield* process.write(fd, encode('GET / HTTP/1.1\r\nHost: h\r\n\r\n'));
    const answer = yield* process.read(fd);
    yield* process.write(1, encode(`${answer.length} bytes`));
    return 0;
  });
  expect(seen).toEqual(['0 bytes']);
});
