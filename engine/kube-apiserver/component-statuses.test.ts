import { expect, test } from 'vitest';
import type { ApiResponse } from '../api/request.ts';
import { type Body, startTestServer } from './testing/test-server.ts';

const PATH = '/api/v1/componentstatuses';

/** A server whose controller manager is well, and whose scheduler is not there. */
function startServer() {
  const server = startTestServer({
    sendHttp: ({ port }, answered) => {
      if (port === 10257) answered({ status: 200, headers: {}, body: new TextEncoder().encode('ok') });
      else answered({ error: `dial tcp 127.0.0.1:${port}: connect: connection refused` });
    },
  });
  function get(url: string, headers?: Record<string, string>): ApiResponse & { readonly body: Body } {
    let answer: ApiResponse | undefined;
    server.request('GET', url, undefined, headers).later!((late) => {
      answer = late;
    });
    server.sim.runUntil(() => answer !== undefined, 60_000);
    return answer as ApiResponse & { readonly body: Body };
  }
  return { ...server, get };
}

const REFUSED = 'Get "https://127.0.0.1:10259/healthz": dial tcp 127.0.0.1:10259: connect: connection refused';

test('components are asked for their health, and the answer comes with a word of warning', () => {
  const { status, headers, body } = startServer().get(PATH);
  expect(status).toBe(200);
  expect(headers['warning']).toBe('299 - "v1 ComponentStatus is deprecated in v1.19+"');
  expect(body).toEqual({
    kind: 'ComponentStatusList',
    apiVersion: 'v1',
    metadata: {},
    items: [
      ['controller-manager', { status: 'True', message: 'ok' }],
      ['scheduler', { status: 'False', message: REFUSED }],
      ['etcd-0', { status: 'True', message: 'ok' }],
    ].map(([name, condition]) => ({
      kind: 'ComponentStatus',
      apiVersion: 'v1',
      metadata: { name },
      conditions: [{ type: 'Healthy', ...(condition as object) }],
    })),
  });
});

test('tables have the columns of the real printer', () => {
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
  const { body } = startServer().get(PATH, { accept });
  expect(body.columnDefinitions.map(({ name }: Body) => name)).toEqual(['Name', 'Status', 'Message', 'Error']);
  expect(body.rows.map(({ cells }: Body) => cells)).toEqual([
    ['controller-manager', 'Healthy', 'ok', ''],
    ['scheduler', 'Unhealthy', REFUSED, ''],
    ['etcd-0', 'Healthy', 'ok', ''],
  ]);
});

test('one component can be asked for by its name or a selector; others are not there', () => {
  const { get, request } = startServer();
  expect(get(`${PATH}/scheduler`).body).toMatchObject({ metadata: { name: 'scheduler' } });
  const selected = get(`${PATH}?fieldSelector=metadata.name%3Dscheduler`).body.items;
  expect(selected.map(({ metadata }: Body) => metadata.name)).toEqual(['scheduler']);
  expect(get(`${PATH}?labelSelector=a%3Db`).body.items).toEqual([]);
  expect(request('GET', `${PATH}/x`)).toMatchObject({ status: 500, body: { message: 'Component not found: x' } });
  expect(request('GET', `${PATH}/etcd-0`)).toMatchObject({ status: 200, body: { conditions: [{ status: 'True' }] } });
});

test('they can be read, and nothing else', () => {
  const { request } = startServer();
  expect(request('DELETE', `${PATH}/x`)).toMatchObject({
    status: 405,
    body: { reason: 'MethodNotAllowed', message: 'the server does not allow this method on the requested resource' },
  });
  expect(request('POST', PATH, {}).status).toBe(405);
  expect(request('GET', `${PATH}?watch=1`).status).toBe(405);
  expect(request('GET', '/api/v1/namespaces/default/componentstatuses').status).toBe(404);
  const { resources } = request('GET', '/api/v1').body;
  expect(resources.find(({ name }: Body) => name === 'componentstatuses')).toEqual({
    name: 'componentstatuses',
    singularName: 'componentstatus',
    namespaced: false,
    kind: 'ComponentStatus',
    verbs: ['get', 'list'],
    shortNames: ['cs'],
  });
  expect(request('GET', '/openapi/v3/api/v1').body.paths[PATH]).toMatchObject({ get: {} });
});
