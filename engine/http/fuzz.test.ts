import { connect, type Socket } from 'node:net';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { KINDS } from '../api/kind-list.ts';
import { Random } from '../sim/index.ts';
import { decodeProtobuf, PROTOBUF } from './protobuf/decode.ts';
import { type Answer, serveCluster, until } from './testing/serve.ts';

const served = await serveCluster();
afterAll(() => served.close());
const random = new Random('http fuzz');

function pick<T>(list: readonly T[]): T {
  return list[random.below(list.length)]!;
}

const NAMES = [
  'web',
  'default',
  '',
  '__proto__',
  'constructor',
  '%00',
  '%ff',
  '..',
  'a'.repeat(300),
  'ü',
  'kube-system',
];
const SUBRESOURCES = ['status', 'scale', 'log', 'exec', 'binding', 'eviction', 'portforward', 'nonesuch', 'finalize'];
const QUERIES = [
  'labelSelector=a%20in%20(',
  'labelSelector=!!',
  'fieldSelector=spec.x%3D1',
  'fieldSelector=%3D%3D',
  'resourceVersion=-1',
  'resourceVersion=99999999999',
  'resourceVersion=abc',
  'limit=-5',
  'limit=1&continue=bogus',
  'continue=e30',
  'dryRun=Some',
  'fieldValidation=Maybe',
  'fieldManager=%00',
  `fieldManager=${'m'.repeat(9000)}`,
  'watch=true&resourceVersion=1&timeoutSeconds=1',
  'watch=1&sendInitialEvents=maybe',
  'resourceVersionMatch=Newest',
  `labelSelector=${'('.repeat(4000)}`,
  `labelSelector=a%20in%20(${'b,'.repeat(3000)}c)`,
  `continue=${btoa('{"v":"meta.k8s.io/v1","rv":-9,"start":"../../x"}')}`,
  'timeoutSeconds=x',
  'propagationPolicy=Never',
  'gracePeriodSeconds=-9',
  'includeObject=All',
  'force=true',
  '__proto__=1',
  'tailLines=-1',
  'sinceTime=yesterday',
  'container=',
  'pretty=true',
];
const CONTENT_TYPES = [
  'application/json',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/merge-patch+json',
  'application/json-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
  'text/plain',
  ';;=',
];
/** Encodings that nobody has agreed on. */
const ENCODINGS = ['gzip', 'br', 'identity', 'x'];
const ACCEPTS = [
  '*/*',
  'application/yaml',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/vnd.kubernetes.protobuf',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  'image/png',
  ',,;=,',
];

function path(): string {
  const kind = pick(KINDS);
  const base = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  const namespace = kind.namespaced && random.below(4) > 0 ? `/namespaces/${pick(NAMES)}` : '';
  const name = random.below(2) === 0 ? `/${pick(NAMES)}` : '';
  const subresource = random.below(4) === 0 ? `/${pick(SUBRESOURCES)}` : '';
  const query = random.below(2) === 0 ? `?${pick(QUERIES)}&${pick(QUERIES)}` : '';
  return `${base}${namespace}/${kind.plural}${name}${subresource}${query}`.replaceAll('ü', '%C3%BC');
}

/** A value that no manifest should hold. */
function junk(depth = 0): unknown {
  const choice = random.below(depth > 4 ? 8 : 11);
  if (choice < 8) return [null, true, -1, 1e308, '', 'x'.repeat(random.below(5000)), '\u0000\ud800', '10Mi'][choice];
  if (choice === 8) return Array.from({ length: random.below(4) }, () => junk(depth + 1));
  const keys = [
    'metadata',
    'spec',
    'name',
    'labels',
    'containers',
    '__proto__',
    'constructor',
    'template',
    'selector',
    'status',
  ];
  return Object.fromEntries(Array.from({ length: random.below(5) }, () => [pick(keys), junk(depth + 1)]));
}

function body(): string | Buffer {
  switch (random.below(10)) {
    case 0:
      return '['.repeat(random.below(100_000));
    case 1:
      return `${'{"a":'.repeat(random.below(2000))}1`;
    case 2:
      return Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256)));
    case 3:
      return Buffer.concat([
        Buffer.from('k8s\0\n\x0f\n\x02v1\x12\x03Pod\x12', 'latin1'),
        Buffer.from([random.below(256)]),
      ]);
    case 4:
      return JSON.stringify([
        { op: pick(['add', 'remove', 'test', 'move']), path: pick(['/', '/metadata/-', '']), value: junk() },
      ]);
    case 5:
      return `${'- '.repeat(random.below(3000))}a: &a [*a, ${'{b: '.repeat(random.below(200))}`;
    case 6:
      return JSON.stringify({
        metadata: { name: 'x'.repeat(random.below(400_000)) },
        data: { a: '\\'.repeat(random.below(400_000)) },
      });
    case 7:
      return protobuf();
    default: {
      const object = {
        metadata: { name: pick(['web', 'fuzz', '__proto__']), labels: junk(3) },
        spec: junk(),
        data: junk(),
      };
      const text = JSON.stringify(object);
      return random.below(3) === 0 ? text.slice(0, random.below(text.length)) : text;
    }
  }
}

/** The envelope that clients send, with bytes in it that mean something, or broken off. */
function protobuf(): Buffer {
  const field = (tag: number, bytes: Buffer) =>
    Buffer.concat([Buffer.from([(tag << 3) | 2, bytes.length & 0x7f]), bytes]);
  const noise = Buffer.from(Array.from({ length: random.below(60) }, () => random.below(256)));
  const [version, name] = pick([
    ['v1', 'ConfigMap'],
    ['v1', 'Secret'],
    ['apps/v1', 'Deployment'],
    ['v9', 'Nothing'],
  ])!;
  const type = Buffer.concat([field(1, Buffer.from(version!)), field(2, Buffer.from(name!))]);
  const object = field(1, Buffer.concat([field(1, Buffer.from('web')), noise]));
  const whole = Buffer.concat([Buffer.from('k8s\0'), field(1, type), field(2, object)]);
  return random.below(2) === 0 ? whole : whole.subarray(0, random.below(whole.length));
}

/** Every kind can still be listed, and what is listed is what its name says. */
async function checkStore(): Promise<void> {
  for (const { group, version, plural, kind, verbs } of KINDS) {
    if (!verbs.includes('list')) continue;
    const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
    const { status, body: list } = await served.request('GET', `${base}/${plural}`);
    expect([status, list.kind], plural).toEqual([200, `${kind}List`]);
    for (const { metadata } of list.items) {
      expect(metadata, plural).toMatchObject({
        name: expect.any(String),
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    }
  }
}

function statusOf(answer: Answer): object {
  const type = answer.headers['content-type'];
  if (type === 'application/yaml') return parse(answer.text);
  return type === PROTOBUF ? decodeProtobuf(answer.bytes) : answer.body;
}

function check(what: string, answer: Answer): void {
  expect(answer.status, what).toBeGreaterThanOrEqual(200);
  expect(answer.status, `${what}\n${answer.text.slice(0, 500)}`).not.toBe(500);
  if (answer.status < 400 || answer.headers['content-type']?.startsWith('text/plain')) return;
  expect(statusOf(answer), what).toMatchObject({ kind: 'Status', code: answer.status });
}

test('no request makes the server throw, or lose anything', async () => {
  await served.request('POST', '/api/v1/namespaces/default/configmaps', {
    metadata: { name: 'kept' },
    data: { a: 'b' },
  });
  for (let round = 0; round < 1500; round++) {
    const method = pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'POST', 'PATCH']);
    const url = path();
    // What is there already is to survive, and collections would take it along.
    if (method === 'DELETE' || url.includes('finalize')) continue;
    const odd: Record<string, string> = random.below(10) === 0 ? { 'content-encoding': pick(ENCODINGS) } : {};
    const headers = { 'content-type': pick(CONTENT_TYPES), accept: pick(ACCEPTS), ...odd };
    const sent = method === 'GET' ? undefined : body();
    const answer = await served.request(method, url, sent, headers);
    check(`${method} ${url} ${JSON.stringify(headers)} ${String(sent).slice(0, 300)}`, answer);
  }
  const kept = await served.request('GET', '/api/v1/namespaces/default/configmaps/kept');
  expect(kept.body.data).toEqual({ a: 'b' });
  await checkStore();
  expect((await served.request('GET', '/readyz')).text).toBe('ok');
});

test('thousands of idle watches come and go', async () => {
  const count = 2000;
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(served.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET /api/v1/configmaps?watch=true&resourceVersion=0 HTTP/1.1\r\nhost: localhost\r\n\r\n');
    return socket;
  });
  let heard = 0;
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('data', resolve))));
  for (const socket of sockets)
    socket.on('data', (data) => {
      if (String(data).includes('"told"')) heard += 1;
    });
  await served.request('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'told' } });
  await until(
    () => heard,
    (ears) => ears >= count,
  );
  expect(heard).toBe(count);
  for (const socket of sockets) socket.destroy();
  expect((await served.request('GET', '/readyz')).text).toBe('ok');
});

test('watches that are left half open, not read or cut off harm nobody', async () => {
  const path = '/api/v1/namespaces/default/configmaps';
  const watch = `GET ${path}?watch=true HTTP/1.1\r\nhost: localhost\r\n\r\n`;
  const ways: readonly ((socket: Socket) => void)[] = [
    (socket) => socket.end(),
    (socket) => socket.pause(),
    (socket) => socket.resetAndDestroy(),
    (socket) => socket.write('POST / HTTP/1.1\r\ncontent-length: 10\r\n\r\n{'),
    (socket) => socket.write('\0garbage\r\n'),
  ];
  const answers: Promise<unknown>[] = [];
  const sockets = Array.from({ length: 200 }, () => {
    const socket = connect({ port: served.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => {});
    const broken = random.below(10) === 0;
    socket.write(watch.slice(0, broken ? random.below(watch.length) : undefined));
    if (!broken) answers.push(new Promise((resolve) => socket.once('readable', resolve)));
    return socket;
  });
  await Promise.all(answers);
  for (const socket of sockets) pick(ways)(socket);
  const data = { text: 'x'.repeat(100_000) };
  for (let count = 0; count < 20; count++) {
    const answer = await served.request('POST', path, { metadata: { name: `half-${count}` }, data });
    expect(answer.status).toBe(201);
  }
  expect((await served.request('DELETE', path)).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  expect((await served.request('GET', '/readyz')).text).toBe('ok');
});
