import { request as httpRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { type Answer, type Body, serveCluster, until } from './testing/serve.ts';

const served = await serveCluster();
afterAll(() => served.close());
const { request } = served;

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';

function configMap(name: string, data: object = { a: '1' }) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

function refused(answer: Answer): string {
  expect(answer.headers['content-type']).toBe('application/json');
  const { kind, status, code, reason, message } = answer.body;
  expect({ kind, status, code }).toEqual({ kind: 'Status', status: 'Failure', code: answer.status });
  return `${reason}: ${message}`;
}

test('health, version and discovery', async () => {
  for (const path of ['/healthz', '/livez', '/readyz', '/readyz/ping']) {
    expect(await request('GET', path)).toMatchObject({ status: 200, text: 'ok' });
  }
  expect((await request('GET', '/version')).body.gitVersion).toMatch(/^v1\.36\./);
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';
  const aggregated = await request('GET', '/apis', undefined, { accept });
  expect(aggregated.headers['content-type']).toContain('as=APIGroupDiscoveryList');
  expect(aggregated.body.items.map((item: Body) => item.metadata.name)).toContain('apps');
  expect((await request('HEAD', '/healthz')).text).toBe('');
});

test('an object is created, read, changed and deleted', async () => {
  expect(await request('POST', CONFIG_MAPS, configMap('life'))).toMatchObject({ status: 201 });
  expect((await request('GET', `${CONFIG_MAPS}/life`)).body).toMatchObject({
    metadata: { name: 'life' },
    data: { a: '1' },
  });
  const patch = { 'content-type': 'application/merge-patch+json' };
  const changed = await request('PATCH', `${CONFIG_MAPS}/life`, { data: { b: '2' } }, patch);
  expect(changed.body.data).toEqual({ a: '1', b: '2' });
  expect((await request('GET', `${CONFIG_MAPS}/life`)).body).toEqual(changed.body);
  expect((await request('DELETE', `${CONFIG_MAPS}/life`)).body).toMatchObject({ status: 'Success' });
  expect(refused(await request('GET', `${CONFIG_MAPS}/life`))).toBe('NotFound: configmaps "life" not found');
});

test('JSON is laid out for those who look at it: curl, browsers, and who says so', async () => {
  // One object of our own: a list tells the newest resourceVersion, which this cluster's clock moves between two requests.
  await request('POST', CONFIG_MAPS, configMap('laid-out'));
  const text = async (query: string, agent?: string) => {
    const headers: Record<string, string> = agent === undefined ? {} : { 'user-agent': agent };
    return (await request('GET', `${CONFIG_MAPS}/laid-out${query}`, undefined, headers)).text;
  };
  const plain = await text('');
  expect(plain).toMatch(/^\{"kind":"ConfigMap".*\}\n$/);
  const laidOut = await text('', 'curl/8.14.1');
  expect(laidOut.split('\n').slice(0, 3)).toEqual(['{', '  "kind": "ConfigMap",', '  "apiVersion": "v1",']);
  expect(JSON.parse(laidOut)).toEqual(JSON.parse(plain));
  expect(await text('?pretty=true')).toBe(laidOut);
  expect(await text('?pretty=false', 'curl/8.14.1')).toBe(plain);
});

test('refusals are Statuses', async () => {
  await request('POST', CONFIG_MAPS, configMap('twice'));
  expect(refused(await request('POST', CONFIG_MAPS, configMap('twice')))).toBe(
    'AlreadyExists: configmaps "twice" already exists',
  );
  expect(refused(await request('POST', CONFIG_MAPS, '{"kind": "ConfigMap",'))).toContain('json parse error');
  const yaml = { 'content-type': 'application/yaml' };
  expect(refused(await request('POST', CONFIG_MAPS, 'a: [b', yaml))).toContain('BadRequest: ');
  expect(refused(await request('POST', CONFIG_MAPS, '<x/>', { 'content-type': 'text/xml' }))).toContain(
    'UnsupportedMediaType: ',
  );
  expect(refused(await request('OPTIONS', CONFIG_MAPS))).toContain('MethodNotAllowed: ');
  expect(refused(await request('POST', CONFIG_MAPS, 'x'.repeat(3 * 1024 * 1024 + 1)))).toBe(
    'RequestEntityTooLarge: Request entity too large: limit is 3145728',
  );
  expect(await request('GET', '/nowhere')).toMatchObject({ status: 404, text: '404 page not found\n' });
  expect(await request('POST', '/apis/no.such.group/v1/things', {})).toMatchObject({ status: 404 });
  expect((await request('GET', `${PODS}/%zz`)).status).toBe(404);
});

test('unknown fields are warned of in a header', async () => {
  const sent = { ...configMap('warned'), spelling: 1 };
  const answer = await request('POST', CONFIG_MAPS, sent);
  expect(answer).toMatchObject({ status: 201, headers: { warning: '299 - "unknown field \\"spelling\\""' } });
});

test('a warning may quote any letter', async () => {
  const { status, headers } = await request('POST', CONFIG_MAPS, { ...configMap('letters'), 'größe\u007f漢字\n': 1 });
  expect(status).toBe(201);
  expect(Buffer.from(headers['warning'] as string, 'latin1').toString('utf8')).toContain('größe漢字');
});

test('keys such as __proto__ are plain data, in bodies and in queries', async () => {
  const sent = '{"metadata":{"name":"proto"},"data":{"__proto__":"x","constructor":"y"}}';
  expect((await request('POST', `${CONFIG_MAPS}?__proto__=1&constructor=2`, sent)).status).toBe(201);
  const { body } = await request('GET', `${CONFIG_MAPS}/proto`);
  expect(Object.entries(body.data)).toEqual([
    ['__proto__', 'x'],
    ['constructor', 'y'],
  ]);
});

test('tables, metadata and YAML come as asked for', async () => {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const table = await request('GET', '/api/v1/nodes', undefined, { accept });
  expect(table.body).toMatchObject({
    kind: 'Table',
    columnDefinitions: [{ name: 'Name' }, {}, {}, {}, {}, {}, {}, {}, {}, {}],
  });
  const yaml = await request('GET', '/api/v1/namespaces/default', undefined, { accept: 'application/yaml' });
  expect(yaml.text).toContain('kind: Namespace\n');
});

test('the items of a list do not repeat of what kind they are', async () => {
  await request('POST', CONFIG_MAPS, configMap('item'));
  const turned = '{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"turned"},"data":{}}';
  await request('POST', CONFIG_MAPS, turned);
  const { body } = await request('GET', CONFIG_MAPS);
  expect(body).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
  for (const item of body.items)
    expect([item.kind, item.apiVersion, typeof item.metadata.uid]).toEqual([undefined, undefined, 'string']);
  expect((await request('GET', `${CONFIG_MAPS}/item`)).body.kind).toBe('ConfigMap');
});

test('long answers are compressed for those who can read them', async () => {
  await request('POST', CONFIG_MAPS, configMap('long', { text: 'abc '.repeat(50_000) }));
  const plain = await request('GET', `${CONFIG_MAPS}/long`);
  expect(plain.headers['content-encoding']).toBeUndefined();
  const zipped = await request('GET', `${CONFIG_MAPS}/long`, undefined, { 'accept-encoding': 'br, gzip' });
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(zipped.bytes.length).toBeLessThan(plain.bytes.length / 10);
  expect(gunzipSync(zipped.bytes).equals(plain.bytes)).toBe(true);
  const refusing = await request('GET', `${CONFIG_MAPS}/long`, undefined, { 'accept-encoding': 'gzip;q=0' });
  expect(refusing.headers['content-encoding']).toBeUndefined();
});

test('many requests share a connection', async () => {
  const { Agent } = await import('node:http');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports = new Set<number | undefined>();
  for (let count = 0; count < 3; count++) {
    await new Promise<void>((resolve, reject) => {
      httpRequest({ port: served.port, path: '/api/v1/namespaces', agent }, (response) => {
        ports.add(response.socket.localPort);
        response.resume().on('end', resolve);
      })
        .on('error', reject)
        .end();
    });
  }
  agent.destroy();
  expect(ports.size).toBe(1);
});

test('writes carry the impersonated user; half an impersonation is refused', async () => {
  const bob = { 'impersonate-user': 'bob', 'impersonate-group': 'system:masters' };
  await request('POST', CONFIG_MAPS, configMap('by-bob'), bob);
  const { entries } = served.cluster.cluster.sim.trace;
  const entry = entries.findLast(({ subject }) => subject === '/registry/configmaps/default/by-bob');
  expect(entry?.activity).toMatchObject({ user: 'bob', impersonator: 'kubernetes-admin' });
  expect(refused(await request('GET', CONFIG_MAPS, undefined, { 'impersonate-uid': '7' }))).toContain('BadRequest');
});

test('web pages of elsewhere are kept out', async () => {
  const origin = { origin: 'https://example.com' };
  expect(refused(await request('POST', CONFIG_MAPS, configMap('evil'), origin))).toContain('Forbidden');
  expect(refused(await request('GET', CONFIG_MAPS, undefined, { host: 'rebound.example:6443' }))).toContain(
    'Forbidden',
  );
  expect((await request('GET', CONFIG_MAPS, undefined, { origin: 'http://localhost:4321' })).status).toBe(200);
});

/** Lets the cluster's time pass by so many seconds, however long that takes here. */
function pass(seconds: number): void {
  served.cluster.cluster.sim.runFor(seconds * 1000);
}

/** An answer that goes on, as it comes in. */
function openStream(path: string) {
  const state = { begun: false, headers: {}, text: '', ended: false };
  const sent = httpRequest({ host: '127.0.0.1', port: served.port, path, agent: false }, (response) => {
    state.begun = true;
    state.headers = response.headers;
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      state.text += text;
    });
    response.on('end', () => {
      state.ended = true;
    });
    response.on('error', () => {});
  });
  sent.on('error', () => {});
  sent.end();
  return { state, stop: () => sent.destroy() };
}

/** The events of a watch, as they come in. */
function openWatch(path: string) {
  const { state, stop } = openStream(path);
  const events = (): Body[] =>
    state.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  return { events, state, stop };
}

test('a watch streams events as lines and ends when its time is up', async () => {
  const watch = openWatch(`${CONFIG_MAPS}?watch=true&fieldSelector=metadata.name%3Dseen`);
  await until(() => watch.state.begun, Boolean);
  await request('POST', CONFIG_MAPS, configMap('seen'));
  await request('DELETE', `${CONFIG_MAPS}/seen`);
  await until(
    () => watch.events().length,
    (count) => count === 2,
  );
  expect(watch.events().map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
    'ADDED seen',
    'DELETED seen',
  ]);
  expect(watch.state.ended).toBe(false);
  watch.stop();
  const short = openWatch(`${CONFIG_MAPS}?watch=true&timeoutSeconds=1`);
  await until(() => short.state.ended, Boolean);
});

test('a streaming list ends with its bookmark', async () => {
  const query = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  const watch = openWatch(`/api/v1/nodes?${query}`);
  await until(
    () => watch.events().length,
    (count) => count >= 3,
  );
  // What a Node reports of itself may follow.
  const [first, second, last] = watch.events();
  expect([first.type, second.type, last.type]).toEqual(['ADDED', 'ADDED', 'BOOKMARK']);
  expect(last.object.metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
  watch.stop();
});

test('a container runs and its log is read and followed', async () => {
  const command = ['sh', '-c', 'echo one; sleep 1000; echo two'];
  const container = { name: 'talk', image: 'busybox:1.36', command };
  const manifest = { metadata: { name: 'talk' }, spec: { restartPolicy: 'Never', containers: [container] } };
  expect(await request('POST', PODS, manifest)).toMatchObject({ status: 201 });
  await until(
    () => request('GET', `${PODS}/talk`),
    ({ body }) => body.status.phase === 'Running',
  );
  expect((await request('GET', `${PODS}/talk/log`)).text).toBe('one\n');
  const followed = openStream(`${PODS}/talk/log?follow=true`);
  await until(
    () => followed.state.text,
    (text) => text === 'one\n',
  );
  pass(1000);
  await until(() => followed.state.ended, Boolean);
  expect(followed.state).toMatchObject({ text: 'one\ntwo\n', headers: { 'content-type': 'text/plain' } });
});

test('a page watches over a WebSocket: a message of text for each event', async () => {
  const query = 'watch=true&fieldSelector=metadata.name%3Dseen';
  const socket = new WebSocket(`ws://127.0.0.1:${served.port}${CONFIG_MAPS}?${query}`);
  const events: Body[] = [];
  const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
  socket.addEventListener('message', ({ data }) => events.push(JSON.parse(data)));
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  await request('POST', CONFIG_MAPS, configMap('seen'));
  await request('DELETE', `${CONFIG_MAPS}/seen`);
  await until(
    () => events.map(({ type, object }) => `${type} ${object.metadata.name}`).join(),
    (told) => told === 'ADDED seen,DELETED seen',
  );
  socket.close();
  await closed;
  const short = new WebSocket(`ws://127.0.0.1:${served.port}${CONFIG_MAPS}?watch=true&timeoutSeconds=1`);
  await new Promise((resolve) => short.addEventListener('close', resolve));
});

test('who would rather speak another protocol is answered in this one', async () => {
  const wish = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': '' };
  expect(await request('GET', '/healthz', undefined, wish)).toMatchObject({ status: 200, text: 'ok' });
  expect(await request('POST', CONFIG_MAPS, configMap('wished'), wish)).toMatchObject({ status: 201 });
});

test('exec without an upgrade is refused in words', async () => {
  const path = `${PODS}/talk/exec?command=ls&stdout=true`;
  expect(refused(await request('POST', path))).toContain('WebSocket');
});

test('what a Pod says goes through as it is: methods, cookies, bytes', async () => {
  const conf = `server { listen 80; root /site;
    location = /x { add_header Set-Cookie a=1; add_header Set-Cookie b=2; return 200 "$request_method $http_x_forwarded_for"; } }`;
  const site = {
    'site.conf': Buffer.from(conf).toString('base64'),
    'logo.png': Buffer.of(255, 0, 128).toString('base64'),
  };
  await request('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'site' }, binaryData: site });
  const mounts = ['/etc/nginx/conf.d', '/site'].map((mountPath) => ({ name: 'site', mountPath }));
  const containers = [{ name: 'web', image: 'nginx:1.29', volumeMounts: mounts }];
  const volumes = [{ name: 'site', configMap: { name: 'site' } }];
  await request('POST', PODS, { metadata: { name: 'web' }, spec: { containers, volumes } });
  await until(
    () => request('GET', `${PODS}/web/log`),
    ({ text }) => text.includes('start worker process'),
  );
  for (const method of ['GET', 'OPTIONS', 'POST', 'DELETE']) {
    const answer = await request(method, `${PODS}/web/proxy/x`, method === 'POST' ? Buffer.of(255, 0) : undefined);
    expect(answer).toMatchObject({
      status: 200,
      text: `${method} 127.0.0.1`,
      headers: { 'set-cookie': ['a=1', 'b=2'] },
    });
  }
  const logo = await request('GET', `${PODS}/web/proxy/logo.png`);
  expect([logo.headers['content-type'], ...logo.bytes]).toEqual(['image/png', 255, 0, 128]);
  const head = await request('HEAD', `${PODS}/web/proxy/logo.png`);
  expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '3', '']);
  expect(refused(await request('GET', `${PODS}/web:81/proxy/`))).toContain('connection refused');
  const upgrade = { connection: 'upgrade', upgrade: 'websocket' };
  expect(refused(await request('GET', `${PODS}/web/proxy/`, undefined, upgrade))).toContain('does not upgrade');
  expect(refused(await request('OPTIONS', PODS))).toContain('MethodNotAllowed');
});
