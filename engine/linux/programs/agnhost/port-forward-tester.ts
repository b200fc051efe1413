import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode, print } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { goError } from '../go/runtime.ts';
import { resolveHost } from '../resolve.ts';
import type { Command } from './command.ts';

/** How long the other side has to see the end of what was sent. */
const LINGER_MS = 500;

/** Talks to one client as the environment says, and says what it sees. */
export const portForwardTester: Command = {
  use: 'port-forward-tester',
  short: 'Creates a TCP server that sends chunks of data',
  args: 0,
  *run(process) {
    const address = yield* resolveHost(process, process.env['BIND_ADDRESS'] || 'localhost');
    const port = Number(process.env['BIND_PORT']);
    let listener: number;
    try {
      if (address === undefined || !Number.isInteger(port)) throw new Errno('EINVAL');
      listener = process.listen(port, address);
    } catch (error) {
      yield* print(process, `${goError('Error listening: listen tcp', error)}\n`);
      return 1;
    }
    const { fd } = yield* process.accept(listener);
    yield* print(process, 'Accepted client connection\n');
    const wrong = yield* receiveExpected(process, fd);
    if (wrong !== 0) return wrong;
    const [chunks, size, intervalMs] = ['CHUNKS', 'CHUNK_SIZE', 'CHUNK_INTERVAL'].map((name) =>
      Number(process.env[name] ?? Number.NaN),
    ) as [number, number, number];
    if (![chunks, size, intervalMs].every((value) => Number.isInteger(value) && value >= 0)) {
      yield* print(process, 'Error parsing CHUNKS, CHUNK_SIZE or CHUNK_INTERVAL: invalid syntax\n');
      return 1;
    }
    for (let i = 0; i < chunks; i++) {
      yield* process.write(fd, new Uint8Array(size).fill(0x78));
      if (i + 1 < chunks) yield* process.sleep(intervalMs);
    }
    yield* print(process, 'Shutting down connection\n');
    process.shutdownWrite(fd);
    yield* process.sleep(LINGER_MS);
    process.close(fd);
    yield* print(process, 'Done\n');
    return 0;
  },
};

function* receiveExpected(process: Process, fd: number): Task<number> {
  const expected = process.env['EXPECTED_CLIENT_DATA'] ?? '';
  if (expected === '') return 0;
  const data = yield* process.read(fd, expected.length);
  if (data.length !== expected.length) {
    yield* print(
      process,
      `Expected to read ${expected.length} bytes from client, but got ${data.length} instead. err=EOF\n`,
    );
    return 2;
  }
  if (decode(data) !== expected) {
    yield* print(
      process,
      `Expect to read ${JSON.stringify(expected)}, but got ${JSON.stringify(decode(data))}. err=<nil>\n`,
    );
    return 3;
  }
  yield* print(process, 'Received expected client data\n');
  return 0;
}
