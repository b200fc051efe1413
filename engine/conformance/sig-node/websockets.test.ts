import { afterAll, beforeAll, expect, test } from 'vitest';
import { serveCluster, until } from '../../http/testing/serve.ts';

const PODS = '/api/v1/namespaces/default/pods';

const served = await serveCluster();
afterAll(() => served.close());

beforeAll(async () => {
  const command = ['sh', '-c', 'echo container is alive; sleep 100000'];
  const containers = [{ name: 'main', image: 'busybox:1.36', command }];
  await served.request('POST', PODS, { metadata: { name: 'pod' }, spec: { containers } });
  await until(
    () => served.request('GET', `${PODS}/pod`),
    ({ body }) => body.status.phase === 'Running',
  );
});

/** Everything that comes over a WebSocket until it is closed, message by message. */
function messages(path: string, protocol: string): Promise<readonly Buffer[]> {
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}${path}`, [protocol]);
  socket.binaryType = 'arraybuffer';
  const received: Buffer[] = [];
  socket.addEventListener('message', ({ data }) => received.push(Buffer.from(data as ArrayBuffer)));
  return new Promise((resolve, reject) => {
    socket.addEventListener('close', () => resolve(received));
    socket.addEventListener('error', () => reject(new Error('refused')));
  });
}

test('Pods, remote command execution over websocket', async () => {
  const query = new URLSearchParams([
    ['stderr', '1'],
    ['stdout', '1'],
    ['container', 'main'],
    ['command', 'echo'],
    ['command', 'remote execution test'],
  ]);
  const received = await messages(`${PODS}/pod/exec?${query}`, 'v4.channel.k8s.io');
  const output = received.filter(([channel]) => channel === 1).map((data) => data.subarray(1).toString());
  expect(output.join('')).toBe('remote execution test\n');
});

test('Pods, logs from websockets', async () => {
  const received = await messages(`${PODS}/pod/log?container=main`, 'binary.k8s.io');
  expect(Buffer.concat(received).toString()).toBe('container is alive\n');
  const encoded = await messages(`${PODS}/pod/log?container=main`, 'base64.binary.k8s.io');
  expect(Buffer.from(Buffer.concat(encoded).toString(), 'base64').toString()).toBe('container is alive\n');
});
