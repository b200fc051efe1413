import { expect, test } from 'vitest';
import { type NodeApi, NodeApiError } from '../api/node-api.ts';
import { DEPLOYMENTS, deploymentNamed, MERGE, PODS, podNamed, startTestServer } from './testing/test-server.ts';

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
  expect(request('POST', `${PODS}/web/attach?stdout=true`).body).toMatchObject({
    code: 400,
    message: 'container web not found',
  });
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
