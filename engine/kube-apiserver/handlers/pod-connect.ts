import {
  badRequest,
  internalError,
  invalidObject,
  notFound,
  resourceName,
  serverResponse,
  unexplained,
} from '../../api/errors.ts';
import type { FieldError } from '../../api/field-error.ts';
import { invalid, nonNegative } from '../../api/field-errors.ts';
import type { Node, Pod } from '../../api/kinds.ts';
import { type LogOptions, type NodeApi, NodeApiError, type PodIdentity } from '../../api/node-api.ts';
import type { ApiResponse, ByteSink, StartSession } from '../../api/request.ts';
import type { ResourceHandler, ResourceRequest, ServerContext } from '../context.ts';
import type { Query } from '../query.ts';
import { requireVerb } from '../request-access.ts';
import { admitSubresource } from './admission.ts';

const KUBELET_PORT = 10250;
const NODES = resourceName('nodes');
const TEXT = { 'content-type': 'text/plain' };

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/ : what the kubelet of the Pod's node answers. */
export const podLog: ResourceHandler = ({ store, info, query, server }) => {
  const pod = store.get(info.namespace, info.name) as Pod;
  const options = readLogOptions(query, info.name);
  const container = chooseContainer(pod, query.text('container'));
  const node = pod.spec.nodeName ?? '';
  // Nothing runs yet, so there is nothing to read.
  if (node === '') return { status: 204, headers: TEXT, byteStream: emptyStream };
  const kubelet = server.dialNode(node);
  const path = `/containerLogs/${info.namespace}/${info.name}/${container}`;
  if (kubelet === undefined) {
    const address = nodeAddress(server, node);
    throw unexplained(`Get "https://${address}${path}": dial tcp ${address}: connect: connection refused`);
  }
  const byteStream = ask(pod, () => kubelet.containerLogs(identity(pod), container, options));
  return { status: 200, headers: TEXT, byteStream };
};

export const podExec: ResourceHandler = (request) => {
  requireCreate(request);
  const { query } = request;
  return connect(request, (kubelet, pod, container) => {
    const options = { ...readStreams(query), command: query.all('command') };
    admitConnection(request, 'PodExecOptions', { ...options, container });
    return kubelet.exec(identity(pod), container, options);
  });
};

export const podAttach: ResourceHandler = (request) => {
  requireCreate(request);
  return connect(request, (kubelet, pod, container) => {
    const streams = readStreams(request.query);
    admitConnection(request, 'PodAttachOptions', { ...streams, container });
    return kubelet.attach(identity(pod), container, streams);
  });
};

/**
 * One connection to the port named in `ports`. Real clients multiplex many over one request; whoever speaks their
 * protocol asks here for each.
 */
export const podPortForward: ResourceHandler = (request) => {
  requireCreate(request);
  const text = request.query.text('ports');
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw badRequest(`query parameter "ports" is not a port: "${text}"`);
  admitConnection(request, 'PodPortForwardOptions', { ports: [port] });
  return connectNode(request, (kubelet, pod) => kubelet.portForward(identity(pod), port));
};

/**
 * A WebSocket begins with a GET, but opening a session in a Pod is a `create` all the same (since 1.35): who may only read
 * must not get in. @throws StatusError Forbidden
 */
function requireCreate(request: ResourceRequest): void {
  if (request.request.method === 'GET') requireVerb(request, 'create');
}

/** Sessions are admitted as writes are. https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/ (CONNECT) */
function admitConnection(request: ResourceRequest, kind: string, options: object): void {
  const set = Object.entries(options).filter(([, value]) => value !== false);
  admitSubresource(request, 'CONNECT', { kind, apiVersion: 'v1', ...Object.fromEntries(set) });
}

type Connection = (kubelet: NodeApi, pod: Pod, container: string) => StartSession;

function connect(request: ResourceRequest, open: Connection): ApiResponse {
  const pod = request.store.get(request.info.namespace, request.info.name) as Pod;
  const container = chooseContainer(pod, request.query.text('container'));
  return connectNode(request, (kubelet) => open(kubelet, pod, container));
}

function connectNode(
  { store, info, server }: ResourceRequest,
  open: (kubelet: NodeApi, pod: Pod) => StartSession,
): ApiResponse {
  const pod = store.get(info.namespace, info.name) as Pod;
  const node = pod.spec.nodeName ?? '';
  if (node === '') throw badRequest(`pod ${info.name} does not have a host assigned`);
  const kubelet = server.dialNode(node);
  if (kubelet === undefined) {
    throw unexplained(`error dialing backend: dial tcp ${nodeAddress(server, node)}: connect: connection refused`);
  }
  const session = openOrRefuse(() => open(kubelet, pod));
  return { status: 101, headers: { connection: 'Upgrade', upgrade: 'websocket' }, session };
}

function readStreams(query: Query) {
  const streams = {
    stdin: query.flag('stdin'),
    stdout: query.flag('stdout'),
    stderr: query.flag('stderr'),
    tty: query.flag('tty'),
  };
  if (!streams.stdin && !streams.stdout && !streams.stderr) {
    throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  }
  return streams;
}

/** Passes a kubelet's refusal on as the real server does (GenericHttpResponseChecker). */
function ask<T>(pod: Pod, call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof NodeApiError)) throw error;
    if (error.status === 400) throw badRequest(error.message);
    if (error.status === 500) throw internalError(error.message);
    throw serverResponse(error.status, resourceName('pods/log'), pod.metadata.name, error.message);
  }
}

/**
 * The API server has taken the client's connection by the time it hears of the kubelet's refusal, and says so on the
 * connection: k8s.io/apiserver pkg/util/proxy/streamtranslator.go.
 */
function openOrRefuse(open: () => StartSession): StartSession {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof NodeApiError)) throw error;
    const { message } = error;
    return (sink) => {
      sink.exit({ message: `unable to upgrade connection: ${message}` });
      return { stdin() {}, closeStdin() {}, resize() {}, close() {} };
    };
  }
}

function identity({ metadata }: Pod): PodIdentity {
  return { namespace: metadata.namespace!, name: metadata.name, uid: metadata.uid };
}

/** @throws StatusError when the node is not registered. */
export function nodeAddress({ lookup }: ServerContext, name: string): string {
  const node = lookup('nodes', '', name) as Node | undefined;
  if (node === undefined) throw notFound(NODES, name);
  const addresses = node.status?.addresses ?? [];
  const address = addresses.find(({ type }) => type === 'InternalIP') ?? addresses[0];
  return `${address?.address ?? name}:${KUBELET_PORT}`;
}

function chooseContainer({ metadata, spec }: Pod, asked: string): string {
  const names = (containers: readonly { readonly name: string }[] | undefined) =>
    (containers ?? []).map(({ name }) => name);
  const containers = names(spec.containers);
  const init = names(spec.initContainers);
  const ephemeral = names(spec.ephemeralContainers as { name: string }[] | undefined);
  if (asked === '') {
    if (containers.length === 1) return containers[0]!;
    let message = `a container name must be specified for pod ${metadata.name}, choose one of: [${containers.join(' ')}]`;
    if (init.length > 0) message += ` or one of the init containers: [${init.join(' ')}]`;
    if (ephemeral.length > 0) message += ` or one of the ephemeral containers: [${ephemeral.join(' ')}]`;
    throw badRequest(message);
  }
  if ([...containers, ...init, ...ephemeral].includes(asked)) return asked;
  throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
}

function readLogOptions(query: Query, name: string): LogOptions {
  const tailLines = query.integer('tailLines');
  const sinceSeconds = query.integer('sinceSeconds');
  const limitBytes = query.integer('limitBytes');
  const sinceTime = query.text('sinceTime');
  const errors: FieldError[] = [];
  nonNegative(errors, 'tailLines', tailLines);
  if (limitBytes !== undefined && limitBytes < 1) {
    errors.push(invalid('limitBytes', limitBytes, 'must be greater than 0'));
  }
  if (sinceSeconds !== undefined && sinceSeconds < 1) {
    errors.push(invalid('sinceSeconds', sinceSeconds, 'must be greater than 0'));
  }
  if (errors.length > 0) throw invalidObject({ group: '', kind: 'PodLogOptions' }, name, errors);
  return {
    follow: query.flag('follow'),
    previous: query.flag('previous'),
    timestamps: query.flag('timestamps'),
    ...(tailLines === undefined ? {} : { tailLines }),
    ...(sinceSeconds === undefined ? {} : { sinceSeconds }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    ...(sinceTime === '' ? {} : { sinceTime }),
  };
}

function emptyStream(sink: ByteSink): () => void {
  sink.end();
  return () => {};
}
