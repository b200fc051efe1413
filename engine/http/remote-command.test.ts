import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Body, serveCluster, until } from './testing/serve.ts';

const served = await serveCluster();
afterAll(() => served.close());
const { request } = served;

const PODS = '/api/v1/namespaces/default/pods';

beforeAll(async () => {
  const container = { name: 'main', image: 'busybox:1.36', command: ['sleep', '100000'] };
  await request('POST', PODS, { metadata: { name: 'box' }, spec: { containers: [container] } });
  await until(
    () => request('GET', `${PODS}/box`),
    ({ body }) => body.status.phase === 'Running',
  );
});

interface Session {
  readonly output: Readonly<Record<'stdout' | 'stderr', string>>;
  /** The Status on the error channel. */
  readonly status: Promise<Body>;
  stdin(text: string): void;
  closeStdin(): void;
  resize(columns: number, rows: number): void;
  hangUp(): void;
}

/** Runs a command as kubectl does. */
async function exec(
  command: readonly string[],
  flags: readonly string[] = [],
  protocol = 'v5.channel.k8s.io',
): Promise<Session> {
  const query = new URLSearchParams([
    ...command.map((word) => ['command', word]),
    ...['stdout', ...flags].map((flag) => [flag, 'true']),
  ]);
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}${PODS}/box/exec?${query}`, [protocol]);
  socket.binaryType = 'arraybuffer';
  const output = { stdout: '', stderr: '' };
  const status = new Promise<Body>((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => {
      const bytes = Buffer.from(data as ArrayBuffer);
      const text = bytes.subarray(1).toString('utf8');
      if (bytes[0] === 1) output.stdout += text;
      else if (bytes[0] === 2) output.stderr += text;
      else if (bytes[0] === 3) resolve(JSON.parse(text));
    });
    socket.addEventListener('error', () => reject(new Error('refused')));
  });
  status.catch(() => {});
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('refused')));
  });
  const send = (channel: number, data: string): void =>
    socket.send(Buffer.from(`${String.fromCharCode(channel)}${data}`, 'latin1'));
  return {
    output,
    status,
    stdin: (text) => send(0, text),
    closeStdin: () => send(255, '\0'),
    resize: (columns, rows) => send(4, JSON.stringify({ Width: columns, Height: rows })),
    hangUp: () => socket.close(),
  };
}

test('a command runs, its streams are kept apart and its exit is told', async () => {
  const session = await exec(['sh', '-c', 'echo out; echo err >&2'], ['stderr']);
  expect(await session.status).toMatchObject({ status: 'Success' });
  expect(session.output).toEqual({ stdout: 'out\n', stderr: 'err\n' });
});

test('a failing command says how', async () => {
  const session = await exec(['sh', '-c', 'exit 7'], [], 'v4.channel.k8s.io');
  expect(await session.status).toEqual({
    metadata: {},
    status: 'Failure',
    message: 'command terminated with non-zero exit code: command terminated with exit code 7',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '7' }] },
  });
});

test('a command that cannot be started is an internal error', async () => {
  const session = await exec(['/no/such/program']);
  const status = await session.status;
  expect(status).toMatchObject({ status: 'Failure', reason: 'InternalError', code: 500 });
  expect(status.message).toContain('error executing command in container: failed to exec in container');
});

test('what is piped in comes out, bytes unharmed, and ends with the input', async () => {
  const session = await exec(['cat'], ['stdin']);
  session.stdin('grün '.repeat(30_000));
  session.stdin('end');
  session.closeStdin();
  expect(await session.status).toMatchObject({ status: 'Success' });
  // The words went in as latin1 letters: one byte each.
  expect(Buffer.byteLength(session.output.stdout, 'utf8')).toBeGreaterThan(150_000);
  expect(session.output.stdout.endsWith('end')).toBe(true);
});

test('a terminal has the size it was given', async () => {
  const lines = async (columns: number): Promise<number> => {
    const session = await exec(['sh', '-c', 'read enter; ls /'], ['stdin', 'tty']);
    session.resize(columns, 43);
    session.stdin('\r');
    await session.status;
    return session.output.stdout.trim().split('\r\n').length;
  };
  expect(await lines(200)).toBe(1);
  expect(await lines(10)).toBeGreaterThan(5);
  // What a terminal without a size says.
  expect(await lines(0)).toBe(await lines(80));
});

test('an interactive shell answers', async () => {
  const session = await exec(['sh'], ['stdin', 'tty']);
  session.stdin('echo $((6 * 7))\r');
  await until(
    () => session.output.stdout,
    (text) => text.includes('\n42'),
  );
  session.stdin('exit 3\r');
  expect(await session.status).toMatchObject({ details: { causes: [{ message: '3' }] } });
});

test('a client that leaves closes the session', async () => {
  const session = await exec(['cat'], ['stdin']);
  session.hangUp();
  const inputs = served.cluster.cluster.journal;
  const last = await until(
    () => inputs.at(-1)!.input,
    ({ kind }) => kind === 'session.close',
  );
  expect(last['session']).toBeDefined();
});

test('refusals come before the upgrade', async () => {
  const headers = {
    connection: 'upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    'sec-websocket-protocol': 'v5.channel.k8s.io',
  };
  const answer = await request('GET', `${PODS}/nobody/exec?command=ls&stdout=true`, undefined, headers);
  expect(answer).toMatchObject({ status: 404, body: { reason: 'NotFound', message: 'pods "nobody" not found' } });
  expect((await request('GET', `${PODS}/box/exec?command=ls`, undefined, headers)).status).toBe(400);
});
