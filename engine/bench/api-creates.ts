import { KINDS } from '../api/kind-list.ts';
import type { ApiHandler, ApiRequest, UserInfo } from '../api/request.ts';
import { Etcd } from '../etcd/index.ts';
import { createApiServer } from '../kube-apiserver/index.ts';
import { Simulation } from '../sim/index.ts';

// How fast Pods and ConfigMaps are created in-process, what authorization adds to it, and whether kubelets that watch
// their own nodes slow writes down.

const CREATES = 20_000;

const MASTER: UserInfo = { username: 'root', groups: ['system:masters', 'system:authenticated'] };
const CONTROLLER: UserInfo = {
  username: 'system:serviceaccount:kube-system:replicaset-controller',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
};

/** Guarded by Node and RBAC as kubeadm's is, or letting everybody do everything. */
function startServer(guarded = false): { sim: Simulation; handle: ApiHandler } {
  const sim = new Simulation({ seed: 'bench' });
  const { handle } = createApiServer({
    sim,
    etcd: new Etcd(sim),
    kinds: KINDS,
    dialNode: () => undefined,
    serverVersion: 'v1.36.2',
    ...(guarded && { authorizationModes: ['Node', 'RBAC'], admission: { enable: ['NodeRestriction'] } }),
  });
  send(handle, {
    method: 'POST',
    path: '/api/v1/namespaces/default/serviceaccounts',
    body: { metadata: { name: 'default' } },
    user: MASTER,
  });
  return { sim, handle };
}

function send(handle: ApiHandler, request: ApiRequest): void {
  const { status, body } = handle(request);
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
}

function pod(index: number, nodes: number) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `web-${index}`, labels: { app: 'web' } },
    spec: { nodeName: `node-${index % nodes}`, containers: [{ name: 'web', image: 'nginx:1.29' }] },
  };
}

function watchNodes(handle: ApiHandler, nodes: number): { events: number } {
  const heard = { events: 0 };
  for (let node = 0; node < nodes; node++) {
    const query = { watch: 'true', fieldSelector: `spec.nodeName=node-${node}` };
    const { watch } = handle({ method: 'GET', path: '/api/v1/pods', query });
    watch!({ event: () => (heard.events += 1), end: () => {} });
  }
  return heard;
}

function perSecond(count: number, body: () => void): number {
  const begin = performance.now();
  body();
  return Math.round((count * 1000) / (performance.now() - begin));
}

/** What a controller pays for being asked each time whether it may. */
function measureGuarded(): void {
  const { handle } = startServer(true);
  const path = '/api/v1/namespaces/default/pods';
  const rate = perSecond(CREATES, () => {
    for (let index = 0; index < CREATES; index++) {
      send(handle, { method: 'POST', path, body: pod(index, 1), user: CONTROLLER });
    }
  });
  console.log(`Pod by a controller under Node and RBAC: ${rate.toLocaleString('en')} creates/s`);
}

function measure(kind: string, path: string, watchers: number, make: (index: number) => unknown): void {
  const { sim, handle } = startServer();
  const heard = watchNodes(handle, watchers);
  const rate = perSecond(CREATES, () => {
    for (let index = 0; index < CREATES; index++) send(handle, { method: 'POST', path, body: make(index) });
  });
  const delivery = perSecond(CREATES, () => sim.runFor(10));
  const delivered = watchers === 0 ? '' : `, ${heard.events} events delivered at ${delivery.toLocaleString('en')}/s`;
  console.log(`${kind} with ${watchers} node-filtered watchers: ${rate.toLocaleString('en')} creates/s${delivered}`);
}

for (let round = 0; round < 2; round++) {
  console.log(round === 0 ? 'warming up' : 'measured');
  measure('ConfigMap', '/api/v1/namespaces/default/configmaps', 0, (index) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: `settings-${index}` },
    data: { color: 'blue' },
  }));
  for (const watchers of [0, 10, 1_000, 5_000]) {
    measure('Pod', '/api/v1/namespaces/default/pods', watchers, (index) => pod(index, Math.max(1, watchers)));
  }
  measureGuarded();
}
