import { expect, test } from 'vitest';
import { type Body, startTestServer } from './testing/test-server.ts';

const AGGREGATED = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json' };

test('version and health', () => {
  const { request } = startTestServer();
  expect(request('GET', '/version').body).toMatchObject({ major: '1', minor: '36', gitVersion: 'v1.36.2' });
  for (const path of ['/healthz', '/livez', '/readyz', '/readyz/ping'])
    expect(request('GET', path)).toMatchObject({ status: 200, body: 'ok' });
});

test('groups, versions and resources', () => {
  const { request } = startTestServer();
  expect(request('GET', '/api').body).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
  expect(request('GET', '/apis').body.groups.map(({ name }: Body) => name)).toEqual(
    expect.arrayContaining(['apps', 'authorization.k8s.io', 'coordination.k8s.io']),
  );
  expect(request('GET', '/apis/apps').body).toMatchObject({
    kind: 'APIGroup',
    preferredVersion: { groupVersion: 'apps/v1' },
  });
  const { resources } = request('GET', '/api/v1').body;
  const named = (name: string) => resources.find((each: Body) => each.name === name);
  expect(named('pods')).toMatchObject({
    singularName: 'pod',
    namespaced: true,
    kind: 'Pod',
    shortNames: ['po'],
    categories: ['all'],
  });
  expect(named('pods/log')).toMatchObject({ kind: 'Pod', verbs: ['get'] });
  expect(named('pods/exec')).toMatchObject({ kind: 'PodExecOptions', verbs: ['create', 'get'] });
  expect(named('nodes').namespaced).toBe(false);
  const scale = request('GET', '/apis/apps/v1').body.resources.find((each: Body) => each.name === 'deployments/scale');
  expect(scale).toMatchObject({ group: 'autoscaling', version: 'v1', kind: 'Scale' });
});

test('everything at once for those who ask', () => {
  const { request } = startTestServer();
  const { headers, body } = request('GET', '/apis', undefined, AGGREGATED);
  expect(headers['content-type']).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
  const apps = body.items.find(({ metadata }: Body) => metadata.name === 'apps').versions[0];
  expect(apps.resources.find(({ resource }: Body) => resource === 'deployments')).toMatchObject({
    resource: 'deployments',
    responseKind: { group: 'apps', version: 'v1', kind: 'Deployment' },
    scope: 'Namespaced',
  });
  expect(request('GET', '/api', undefined, AGGREGATED).body.items[0].versions[0].version).toBe('v1');
});

test.each(['/foo', '/apis/nope.example.com/v1/foos', '/apis/nope', '/api/v2', '/%zz', '/apis/apps/v2/deployments'])(
  '%s is nowhere',
  (path) => {
    expect(startTestServer().request('GET', path)).toMatchObject({ status: 404, body: '404 page not found\n' });
  },
);

test('scope is part of the path', () => {
  const { request } = startTestServer();
  for (const path of ['/api/v1/namespaces/default/nodes', '/api/v1/pods/web']) {
    expect(request('GET', path).body).toMatchObject({
      code: 404,
      message: 'the server could not find the requested resource',
    });
  }
});

test('discovery at once carries an ETag, and says nothing new to those who know it', () => {
  const { request } = startTestServer();
  const { etag = '' } = request('GET', '/apis', undefined, AGGREGATED).headers;
  expect(etag).toMatch(/^"[0-9A-F]+"$/);
  const again = request('GET', '/apis', undefined, { ...AGGREGATED, 'if-none-match': etag });
  expect(again).toMatchObject({ status: 304, headers: { etag } });
  expect(again.body).toBeUndefined();
  expect(request('GET', '/api', undefined, { ...AGGREGATED, 'if-none-match': etag }).status).toBe(200);
});

test('health in detail', () => {
  const { request } = startTestServer();
  const verbose = request('GET', '/readyz?verbose&exclude=etcd&exclude=nonesuch').body as string;
  expect(verbose.split('\n')).toEqual([
    '[+]ping ok',
    '[+]etcd excluded: ok',
    '[+]informer-sync ok',
    '[+]poststarthook/start-system-namespaces-controller ok',
    '[+]poststarthook/scheduling/bootstrap-system-priority-classes ok',
    '[+]shutdown ok',
    'warn: some health checks cannot be excluded: no matches for "nonesuch"',
    'readyz check passed',
    '',
  ]);
  expect(request('GET', '/livez?verbose').body).not.toContain('shutdown');
  expect(request('GET', '/livez/etcd').body).toBe('ok');
  expect(request('GET', '/livez/shutdown').status).toBe(404);
  expect(request('GET', '/readyz/nonesuch').status).toBe(404);
});

test('metrics tell what is stored', () => {
  const { request } = startTestServer();
  const { body, headers } = request('GET', '/metrics');
  expect(headers['content-type']).toContain('text/plain; version=0.0.4');
  expect(body).toContain('# TYPE apiserver_resource_objects gauge\n');
  expect(body).toContain('apiserver_resource_objects{group="",resource="serviceaccounts"} 1\n');
  expect(body).toMatch(/^kubernetes_build_info\{.*git_version="v1\.36\.2".*\} 1$/m);
});
