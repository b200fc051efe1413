import { expect } from 'vitest';
import { type Body, MERGE, type startTestServer } from '../kube-apiserver/testing/test-server.ts';

type TestServer = ReturnType<typeof startTestServer>;

/** A kind whose objects are to live through everything that its API offers. */
export interface Lifecycle {
  /** Where the objects are, `/apis/batch/v1/namespaces/default/cronjobs`. */
  readonly collection: string;
  /** A manifest, without a name. */
  readonly object: Body;
  /** A status to write, for kinds whose status is a subresource. */
  readonly status?: object;
  /** What the kind lets its objects' owner change; an annotation unless told. */
  readonly change?: object;
}

const SELECTOR = 'labelSelector=conformance%3Dlifecycle';
const LABELS = { conformance: 'lifecycle' };

/**
 * What upstream's tests of an API's operations establish: it is discovered; objects are created, read, listed in their
 * namespace and in all, watched, patched, replaced, deleted alone and as a collection.
 */
export function liveThrough(server: TestServer, lifecycle: Lifecycle): void {
  const { collection, status } = lifecycle;
  const { request, watch, sim } = server;
  expectDiscovered(server, collection);
  for (const name of ['one', 'two', 'three']) create(server, lifecycle, name);
  expect(request('GET', `${collection}/one`).body.metadata).toMatchObject({ name: 'one', labels: LABELS });
  const everywhere = collection.replace(/\/namespaces\/[^/]+\//, '/');
  expect(request('GET', `${everywhere}?${SELECTOR}`).body.items).toHaveLength(3);
  const list = request('GET', `${collection}?${SELECTOR}`).body;
  expect(list.items.map(({ metadata }: Body) => metadata.name)).toEqual(['one', 'three', 'two']);

  const watched = watch(`${collection}?watch=1&${SELECTOR}&resourceVersion=${list.metadata.resourceVersion}`);
  patchAndReplace(server, lifecycle);
  if (status !== undefined) writeStatus(server, collection, status);
  remove(server, lifecycle, 'two');
  sim.runFor(1_000);
  const kinds = watched.events.map(({ type, object }) => `${type} ${(object as Body).metadata.name}`);
  expect(kinds).toContain('MODIFIED one');
  expect(kinds.at(-1)).toBe('DELETED two');
  watched.stop();

  expect(request('DELETE', `${collection}?${SELECTOR}`, { gracePeriodSeconds: 0 }).status).toBe(200);
  for (const { metadata } of request('GET', `${collection}?${SELECTOR}`).body.items) {
    release(server, collection, metadata.name);
  }
  expect(request('GET', `${collection}?${SELECTOR}`).body.items).toEqual([]);
}

function create({ request }: TestServer, { collection, object }: Lifecycle, name: string): void {
  const metadata = { ...object.metadata, name, labels: { ...object.metadata?.labels, ...LABELS } };
  const { status, body } = request('POST', collection, { ...object, metadata });
  expect(body).toMatchObject({ kind: object.kind, metadata: { name } });
  expect(status).toBe(201);
}

function expectDiscovered({ request }: TestServer, collection: string): void {
  const [, root, group, version] = collection.split('/');
  const resource = collection.split('/').at(-1);
  if (root === 'apis') {
    const known = request('GET', '/apis').body.groups.find(({ name }: Body) => name === group);
    expect(known.versions).toContainEqual({ groupVersion: `${group}/${version}`, version });
  }
  const path = root === 'apis' ? `/apis/${group}/${version}` : `/api/${group}`;
  const names = request('GET', path).body.resources.map(({ name }: Body) => name);
  expect(names).toContain(resource);
}

function patchAndReplace({ request }: TestServer, { collection, change = {} }: Lifecycle): void {
  const path = `${collection}/one`;
  const patched = request('PATCH', path, { ...change, metadata: { annotations: { patched: 'true' } } }, MERGE);
  expect(patched.body).toMatchObject({ ...change, metadata: { annotations: { patched: 'true' } } });
  const { body } = patched;
  const annotations = { ...body.metadata.annotations, updated: 'true' };
  const replaced = request('PUT', path, { ...body, metadata: { ...body.metadata, annotations } });
  expect(replaced.status).toBe(200);
  expect(request('GET', path).body.metadata.annotations).toMatchObject({ patched: 'true', updated: 'true' });
  expect(request('PUT', path, body).status).toBe(409);
}

function writeStatus({ request }: TestServer, collection: string, status: object): void {
  const path = `${collection}/one/status`;
  const patch = { metadata: { annotations: { 'patched-status': 'true' } }, status };
  const { body } = request('PATCH', path, patch, MERGE);
  expect(body).toMatchObject(patch);
  const annotations = { ...body.metadata.annotations, 'updated-status': 'true' };
  expect(request('PUT', path, { ...body, metadata: { ...body.metadata, annotations } }).body.status).toEqual(
    body.status,
  );
  expect(request('GET', path).body).toMatchObject({ status });
}

/** Deletes an object for good, as the controllers do that let it go. */
function remove(server: TestServer, { collection }: Lifecycle, name: string): void {
  expect(server.request('DELETE', `${collection}/${name}`, { gracePeriodSeconds: 0 }).status).toBe(200);
  release(server, collection, name);
  expect(server.request('GET', `${collection}/${name}`).status).toBe(404);
}

function release({ request }: TestServer, collection: string, name: string): void {
  const { metadata } = request('GET', `${collection}/${name}`).body;
  if (metadata?.finalizers === undefined) return;
  request('PATCH', `${collection}/${name}`, { metadata: { finalizers: null } }, MERGE);
}
