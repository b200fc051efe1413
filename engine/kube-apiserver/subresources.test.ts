import { expect, test } from 'vitest';
import { type NodeApi, NodeApiError } from '../api/node-api.ts';
import {
  APPLY,
  DEPLOYMENTS,
  deploymentNamed,
  MERGE,
  PODS,
  podNamed,
  STRATEGIC,
  startTestServer,
} from './testing/test-server.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** A kubelet that repeats what it was asked. */
const echo: NodeApi = {
  containerLogs: (pod, container, options) => (sink) => {
    sink.write(bytes(`${pod.namespace}/${pod.name}/${container} ${JSON.stringify(options)}`));
    sink.end();
    return () => {};
  },
  exec: (pod, container, options) => (sink) => {
    sink.stdout(bytes(`${pod.name}/${container} ${options.command.join(' ')}`));
    sink.exit({ exitCode: options.stdin ? 1 : 0 });
    return { stdin: () => {}, closeStdin: () => {}, resize: () => {}, close: () => {} };
  },
  attach: () => {
    throw new NodeApiError(400, 'container web not found');
  },
  usage: () => ({ nodeName: 'node-1', node: { timeMs: 0, cpuMs: 0, memoryBytes: 0 }, pods: [] }),
  get: () => undefined,
  portForward: (pod, port) => (sink) => {
    sink.stdout(bytes(`${pod.name}:${port}`));
    sink.exit({ exitCode: 0 });
    return { stdin: () => {}, closeStdin: () => {}, resize: () => {}, close: () => {} };
  },
};

function withPod(spec: object = { nodeName: 'node-1' }, nodes: Readonly<Record<string, NodeApi>> = { 'node-1': echo }) {
  const server = startTestServer({ dialNode: (name) => nodes[name] });
  const address = { type: 'InternalIP', address: '172.18.0.3' };
  server.request('POST', '/api/v1/nodes', { metadata: { name: 'node-2' }, spec: {} });
  server.request('PATCH', '/api/v1/nodes/node-2/status', { status: { addresses: [address] } }, MERGE);
  server.request('POST', PODS, podNamed('web', spec));
  return server;
}

function readAll(stream: ReturnType<ReturnType<typeof startTestServer>['request']>['byteStream']): string {
  let text = '';
  stream!({ write: (chunk) => (text += new TextDecoder().decode(chunk)), end: () => (text += '<end>') });
  return text;
}

test('logs come from the kubelet of the node', () => {
  const { request } = withPod();
  const { byteStream } = request('GET', `${PODS}/web/log?follow=true&tailLines=5`);
  expect(readAll(byteStream)).toBe(
    'default/web/web {"follow":true,"previous":false,"timestamps":false,"tailLines":5}<end>',
  );
});

test('a Pod without a node has empty logs and cannot be entered', () => {
  const { request } = withPod({});
  expect(readAll(request('GET', `${PODS}/web/log`).byteStream)).toBe('<end>');
  const exec = request('POST', `${PODS}/web/exec?command=ls&stdout=true`);
  expect(exec.body).toMatchObject({ code: 400, message: 'pod web does not have a host assigned' });
});

test('exec passes command and streams, and brings back the exit code', () => {
  const { request } = withPod();
  const answer = request('POST', `${PODS}/web/exec?command=sh&command=-c&command=exit%201&stdin=true&stdout=true`);
  expect(answer.status).toBe(101);
  const heard: unknown[] = [];
  answer.session!({
    stdout: (chunk) => heard.push(new TextDecoder().decode(chunk)),
    stderr: () => {},
    exit: (result) => heard.push(result),
  });
  expect(heard).toEqual(['web/web sh -c exit 1', { exitCode: 1 }]);
});

test('what a kubelet refuses, and that none answers, reaches the client', () => {
  const { request } = withPod({ nodeName: 'node-1' });
  const ends: unknown[] = [];
  // The connection has been taken over by the time the kubelet refuses, so it is said there.
  const { session } = request('POST', `${PODS}/web/attach?stdout=true`);
  session!({ stdout: () => {}, stderr: () => {}, exit: (end) => ends.push(end) });
  expect(ends).toEqual([{ message: 'unable to upgrade connection: container web not found' }]);
  expect(request('POST', `${PODS}/web/exec?command=ls`).body.message).toBe(
    'you must specify at least 1 of stdin, stdout, stderr',
  );
  const silent = withPod({ nodeName: 'node-2' });
  expect(silent.request('GET', `${PODS}/web/log`).body).toMatchObject({
    code: 500,
    message:
      'Get "https://172.18.0.3:10250/containerLogs/default/web/web": dial tcp 172.18.0.3:10250: connect: connection refused',
  });
  expect(silent.request('POST', `${PODS}/web/exec?command=ls&stdout=true`).body.message).toBe(
    'error dialing backend: dial tcp 172.18.0.3:10250: connect: connection refused',
  );
});

test('a container must be named when there are several', () => {
  const containers = [
    { name: 'web', image: 'nginx' },
    { name: 'log', image: 'busybox' },
  ];
  const { request } = withPod({
    nodeName: 'node-1',
    containers,
    initContainers: [{ name: 'setup', image: 'busybox' }],
  });
  expect(request('GET', `${PODS}/web/log`).body).toMatchObject({
    code: 400,
    message:
      'a container name must be specified for pod web, choose one of: [web log] or one of the init containers: [setup]',
  });
  expect(request('GET', `${PODS}/web/log?container=nope`).body.message).toBe('container nope is not valid for pod web');
  expect(readAll(request('GET', `${PODS}/web/log?container=setup`).byteStream)).toContain('default/web/setup');
  expect(request('GET', `${PODS}/web/log?container=web&tailLines=-1`).body.message).toBe(
    'PodLogOptions "web" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
  );
});

test('a Pod is bound once', () => {
  const { request } = withPod({});
  const bind = (name: string) => request('POST', `${PODS}/web/binding`, { target: { kind: 'Node', name } });
  expect(bind('')).toMatchObject({
    status: 422,
    body: { message: 'Binding "web" is invalid: target.name: Required value' },
  });
  expect(bind('node-1')).toMatchObject({ status: 201, body: { kind: 'Status', status: 'Success' } });
  const { spec, status, metadata } = request('GET', `${PODS}/web`).body;
  expect([spec.nodeName, metadata.generation]).toEqual(['node-1', 1]);
  expect(status.conditions).toMatchObject([
    { type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-01-12T09:00:00Z' },
  ]);
  expect(bind('node-2').body).toMatchObject({
    code: 409,
    message: 'Operation cannot be fulfilled on pods/binding "web": pod web is already assigned to node "node-1"',
  });
});

test('scale is read and written without the rest of the object', () => {
  const { request } = startTestServer();
  request('POST', DEPLOYMENTS, deploymentNamed('web', 2));
  const scale = request('GET', `${DEPLOYMENTS}/web/scale`).body;
  expect(scale).toMatchObject({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    spec: { replicas: 2 },
    status: { selector: 'app=web' },
  });
  expect(request('PUT', `${DEPLOYMENTS}/web/scale`, { ...scale, spec: { replicas: 5 } }).body.spec).toEqual({
    replicas: 5,
  });
  expect(request('PUT', `${DEPLOYMENTS}/web/scale`, { ...scale, spec: { replicas: 6 } }).body.reason).toBe('Conflict');
  expect(request('PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 7 } }, MERGE).body.spec).toEqual({
    replicas: 7,
  });
  expect(request('GET', `${DEPLOYMENTS}/web`).body).toMatchObject({
    spec: { replicas: 7 },
    metadata: { generation: 3 },
  });
  expect(request('PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: -1 } }, MERGE).body).toMatchObject({
    code: 422,
    message: 'Scale.autoscaling "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
  });
  expect(request('PATCH', `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 'x' } }, MERGE).status).toBe(400);
});

test('port-forward connects to one port of the Pod', () => {
  const { request } = withPod();
  let text = '';
  const answer = request('GET', `${PODS}/web/portforward?ports=80`);
  answer.session!({ stdout: (chunk) => (text += new TextDecoder().decode(chunk)), stderr: () => {}, exit: () => {} });
  expect(text).toBe('web:80');
  expect(request('GET', `${PODS}/web/portforward?ports=http`)).toMatchObject({
    status: 400,
    body: { message: 'query parameter "ports" is not a port: "http"' },
  });
  expect(request('GET', `${PODS}/web/portforward`).status).toBe(400);
});

test('a scale is applied to the one field that it shows', () => {
  const { request } = startTestServer();
  const apply = (manager: string, replicas: number, more = '') =>
    request(
      'PATCH',
      `${DEPLOYMENTS}/web/scale?fieldManager=${manager}${more}`,
      { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'web' }, spec: { replicas } },
      APPLY,
    );
  expect(apply('hpa', 3).status).toBe(404);
  request('POST', `${DEPLOYMENTS}?fieldManager=maker`, deploymentNamed('web', 2));
  expect(apply('hpa', 3).body).toMatchObject({
    code: 409,
    message: expect.stringContaining('Apply failed with 1 conflict: conflict with "maker"'),
    details: { causes: [{ field: '.spec.replicas', reason: 'FieldManagerConflict' }] },
  });
  expect(apply('hpa', 3, '&force=true')).toMatchObject({ status: 200, body: { kind: 'Scale', spec: { replicas: 3 } } });
  const { metadata, spec } = request('GET', `${DEPLOYMENTS}/web`).body;
  expect(spec.replicas).toBe(3);
  expect(metadata.managedFields.find(({ manager }: { manager: string }) => manager === 'hpa')).toMatchObject({
    operation: 'Apply',
    subresource: 'scale',
    fieldsV1: { 'f:spec': { 'f:replicas': {} } },
  });
  expect(apply('hpa', -1).status).toBe(422);
});

test('a scale is a Scale, by its name, and is checked like any object', () => {
  const { request } = startTestServer();
  request('POST', DEPLOYMENTS, deploymentNamed('web', 2));
  const put = (body: object, query = '') => request('PUT', `${DEPLOYMENTS}/web/scale${query}`, body).body;
  expect(put({ spec: { replicas: 3 } }).message).toContain('name must be provided');
  expect(put({ metadata: { name: 'other' }, spec: { replicas: 3 } }).message).toContain('does not match the name');
  expect(put({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' } }).message).toBe(
    'Pod in version "v1" cannot be handled as a Scale: converting (v1.Pod) to (autoscaling.Scale): unknown conversion',
  );
  const text = '{"metadata":{"name":"web"},"spec":{"replicas":3,"replica":4}}';
  const json = { 'content-type': 'application/json' };
  const strict = request('PUT', `${DEPLOYMENTS}/web/scale?fieldValidation=Strict`, text, json);
  expect(strict.body.message).toContain('strict decoding error: unknown field "spec.replica"');
  const warned = request('PUT', `${DEPLOYMENTS}/web/scale`, text, json);
  expect(warned).toMatchObject({ status: 200, headers: { warning: '299 - "unknown field \\"spec.replica\\""' } });
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
  expect(request('GET', `${DEPLOYMENTS}/web/scale`, undefined, { accept }).body).toMatchObject({
    kind: 'Table',
    columnDefinitions: [{ name: 'Name' }, { name: 'Desired' }, { name: 'Available' }, { name: 'Age' }],
    rows: [{ cells: ['web', 3, 0, expect.any(String)] }],
  });
});

test('ephemeral containers are added to a Pod, and stay as they are', () => {
  const { request } = withPod();
  const path = `${PODS}/web/ephemeralcontainers`;
  const debug = { name: 'debug', image: 'busybox:1.36', targetContainerName: 'web' };
  const before = request('GET', path).body;
  const added = request('PATCH', path, { spec: { nodeName: 'x', ephemeralContainers: [debug] } }, STRATEGIC);
  expect(added).toMatchObject({ status: 200, body: { spec: { nodeName: 'node-1', ephemeralContainers: [debug] } } });
  expect(added.body.metadata.generation).toBe((before.metadata.generation ?? 0) + 1);
  const changed = { spec: { ephemeralContainers: [{ name: 'debug', image: 'nginx' }] } };
  expect(request('PATCH', path, changed, STRATEGIC).body).toMatchObject({
    code: 422,
    message: expect.stringContaining('existing ephemeral containers "debug" may not be changed'),
  });
  expect(
    request('PUT', path, { ...added.body, spec: { ...added.body.spec, ephemeralContainers: [] } }).body.message,
  ).toContain('existing ephemeral containers "debug" may not be removed');
  const throughPod = request(
    'PATCH',
    `${PODS}/web`,
    { spec: { ephemeralContainers: [debug, { ...debug, name: 'b' }] } },
    STRATEGIC,
  );
  expect(throughPod.body.message).toContain('pod updates may not change fields other than');
});

test('a Pod is resized within its quality of service, in processor time and memory only', () => {
  const { request } = startTestServer();
  const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } };
  request('POST', PODS, podNamed('web', { containers: [{ name: 'web', image: 'nginx:1.29', resources }] }));
  const resize = (wanted: object) =>
    request('PATCH', `${PODS}/web/resize`, { spec: { containers: [{ name: 'web', resources: wanted }] } }, STRATEGIC);
  expect(resize({ requests: { cpu: '200m' } }).body.spec.containers[0].resources).toEqual({
    ...resources,
    requests: { cpu: '200m', memory: '64Mi' },
  });
  const guaranteed = { requests: { memory: '128Mi' }, limits: { cpu: '200m' } };
  expect(resize(guaranteed).body.message).toBe(
    'Pod "web" is invalid: spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing',
  );
  expect(resize({ limits: { memory: null } }).body.message).toContain('resource limits cannot be removed');
  expect(resize({ requests: { memory: '1Gi' } }).body.message).toContain('must be less than or equal to memory limit');
  expect(resize({ requests: { 'ephemeral-storage': '1Gi' } }).body.message).toContain(
    'only cpu and memory resources are mutable',
  );
  const elsewhere = { spec: { containers: [{ name: 'web', image: 'other' }], activeDeadlineSeconds: 5 } };
  expect(request('PATCH', `${PODS}/web/resize`, elsewhere, STRATEGIC).body.spec.containers[0].image).toBe('nginx:1.29');
  expect(
    request('PATCH', `${PODS}/web`, { spec: { containers: [{ name: 'web', resources: {}, image: 'x' }] } }, STRATEGIC)
      .status,
  ).toBe(200);
});

test('a certificate request is decided through its approval', () => {
  const { request } = startTestServer();
  const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
  const spec = {
    request: btoa('-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n'),
    signerName: 'example.com/x',
    usages: ['client auth'],
  };
  expect(request('POST', path, { metadata: { name: 'me' }, spec }).status).toBe(201);
  const approved = { type: 'Approved', status: 'True', reason: 'KubectlApprove', message: 'yes' };
  const status = { conditions: [approved], certificate: btoa('no') };
  const decided = request('PUT', `${path}/me/approval`, { metadata: { name: 'me' }, spec: {}, status });
  expect(decided.body).toMatchObject({
    spec: { signerName: 'example.com/x' },
    status: {
      conditions: [{ ...approved, lastTransitionTime: expect.any(String), lastUpdateTime: expect.any(String) }],
    },
  });
  expect(decided.body.status.certificate).toBeUndefined();
});
