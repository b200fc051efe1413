import { KINDS } from '../../api/kind-list.ts';
import type { NodeDialer } from '../../api/node-api.ts';
import type { ApiRequest, ApiResponse, UserInfo, WatchEvent } from '../../api/request.ts';
import { apiExtensions } from '../../apiextensions-apiserver/index.ts';
import { Etcd } from '../../etcd/index.ts';
import { Simulation } from '../../sim/index.ts';
import { type ApiServerOptions, createApiServer } from '../index.ts';
import { proxy } from '../proxy/proxy.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
export type Body = any;

/** An answer with its body at hand for looking into. */
export interface Answer extends ApiResponse {
  readonly body: Body;
}

/** A server over a fresh etcd, with the `default` ServiceAccount that a controller would make. */
export function startTestServer(options: Partial<ApiServerOptions> & { readonly dialNode?: NodeDialer } = {}) {
  const sim = new Simulation({ seed: 'kube-apiserver' });
  const etcd = options.etcd ?? new Etcd(sim);
  const server = createApiServer({
    sim,
    etcd,
    kinds: KINDS,
    dialNode: () => undefined,
    serverVersion: 'v1.36.2',
    extensions: () => apiExtensions,
    proxy: () => proxy,
    ...options,
  });

  /** `request('POST', '/api/v1/namespaces?dryRun=All', {...})`, as a client would write it. */
  function request(
    method: ApiRequest['method'],
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
    user?: UserInfo,
  ): Answer {
    const [path, search = ''] = url.split('?') as [string, string?];
    const query: Record<string, string | string[]> = {};
    for (const [name, value] of new URLSearchParams(search)) {
      const before = query[name];
      query[name] = before === undefined ? value : [...[before].flat(), value];
    }
    return server.handle({ method, path, query, body, headers, ...(user && { user }) }) as Answer;
  }

  /** Begins a watch; what it hears is kept as `TYPE name@revision`. */
  function watch(url: string, headers?: Record<string, string>) {
    const lines: string[] = [];
    const events: WatchEvent[] = [];
    const stop = request('GET', url, undefined, headers).watch!({
      event: (event) => {
        events.push(event);
        const { metadata, message } = event.object as Body;
        lines.push(
          message === undefined
            ? `${event.type} ${metadata.name ?? ''}@${metadata.resourceVersion}`
            : `${event.type} ${message}`,
        );
      },
      end: () => lines.push('end'),
    });
    return { lines, events, stop };
  }

  request('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
  return { sim, etcd, handle: server.handle, request, watch, close: server.close };
}

export const PODS = '/api/v1/namespaces/default/pods';
export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
export const MERGE = { 'content-type': 'application/merge-patch+json' };
export const APPLY = { 'content-type': 'application/apply-patch+yaml' };
export const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
export const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' };

export function podNamed(name: string, spec: object = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'web', image: 'nginx:1.29' }], ...spec },
  };
}

export function configMapNamed(name: string, more: object = {}) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '1' }, ...more };
}

export function deploymentNamed(name: string, replicas: unknown = 2) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
    },
  };
}
