import { expect } from 'vitest';
import type { Pod } from '../../api/kinds.ts';
import type { KubeObject, Manifest } from '../../api/object.ts';
import { pods, RESOURCES, type Resource, resourcePath } from '../../api/resources.ts';
import { SmallCluster } from '../../testing/faults/small-cluster.ts';

/** An object of any kind, read freely. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into objects of all kinds
export type Any = any;

const LABELS = { app: 'conformance' };

/** What the SIG's tests share: a cluster of two hollow nodes, and short ways to ask it. */
export class AppsCluster extends SmallCluster {
  constructor(seed: string) {
    super(seed, 2);
  }

  apply(kind: string, name: string, spec: object, metadata: object = {}): Any {
    const { group, version } = resourceOf(kind);
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const object = { apiVersion, kind, metadata: { namespace: 'default', name, ...metadata }, spec };
    return this.client.resource(resourceOf(kind)).create(object as unknown as Manifest<KubeObject>);
  }

  get(kind: string, name: string): Any {
    return this.client.resource(resourceOf(kind)).get(name, 'default');
  }

  list(kind: string, labelSelector?: string): Any[] {
    return [...this.client.resource(resourceOf(kind)).list({ namespace: 'default', labelSelector }).items];
  }

  patch(kind: string, name: string, change: object, subresource?: string): Any {
    return this.client.resource(resourceOf(kind)).patch(name, 'default', 'merge', change, { subresource });
  }

  delete(kind: string, name: string, propagationPolicy: 'Foreground' | 'Background' | 'Orphan' = 'Background'): void {
    this.client.resource(resourceOf(kind)).delete(name, 'default', { propagationPolicy });
  }

  deleteCollection(kind: string, labelSelector: string): void {
    const path = resourcePath(resourceOf(kind), 'default');
    this.client.request({
      method: 'DELETE',
      path,
      query: { labelSelector },
      body: { propagationPolicy: 'Background' },
    });
  }

  /** Any request to an object's subresource. */
  subresource(method: 'GET' | 'PUT', kind: string, name: string, subresource: string, body?: object): Any {
    const path = resourcePath(resourceOf(kind), 'default', name, subresource);
    return this.client.request({ method, path, body }).body;
  }

  pods(): Pod[] {
    return [...this.client.resource(pods).list({ namespace: 'default' }).items];
  }

  /** Lets time pass until it holds, two minutes at the most. */
  until(what: string, holds: () => boolean): void {
    const limitMs = this.sim.nowMs + 120_000;
    while (!holds() && this.sim.nowMs < limitMs) this.sim.runFor(200);
    expect(holds(), what).toBe(true);
  }

  untilReady(kind: string, name: string, replicas: number): void {
    this.until(
      `${replicas} ready of ${kind} ${name}`,
      () => (this.get(kind, name).status?.readyReplicas ?? 0) === replicas,
    );
  }

  /** Ends the containers of the Pods whose name begins so. */
  end(prefix: string, exitCode: number): void {
    for (const { runtime } of this.nodes) {
      const ids = new Set(
        runtime
          .listPodSandboxes()
          .filter(({ metadata }) => metadata.name.startsWith(prefix))
          .map(({ id }) => id),
      );
      for (const { id, podSandboxId, state } of runtime.listContainers()) {
        if (state === 'CONTAINER_RUNNING' && ids.has(podSandboxId)) runtime.exitContainer(id, exitCode);
      }
    }
  }

  /** Writes a condition through the status subresource by PUT and by PATCH, and expects it to be kept. */
  expectStatusSubresource(kind: string, name: string): void {
    const condition = { type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Set from e2e test' };
    const current = this.subresource('GET', kind, name, 'status');
    const conditions = [...(current.status?.conditions ?? []), condition];
    this.subresource('PUT', kind, name, 'status', { ...current, status: { ...current.status, conditions } });
    const types = () => (this.get(kind, name).status?.conditions ?? []).map(({ type }: Any) => type);
    expect(types()).toContain('StatusUpdate');
    const patched = { status: { conditions: [{ ...condition, type: 'StatusPatched' }] } };
    this.patch(kind, name, patched, 'status');
    expect(types()).toContain('StatusPatched');
  }
}

function resourceOf(kind: string): Resource {
  const found = RESOURCES.find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`no kind ${kind}`);
  return found;
}

/** The spec of a workload whose Pods bear `app=conformance`. */
export function workload(extra: object = {}, podSpec: object = {}, labels: object = LABELS): object {
  return { selector: { matchLabels: labels }, template: template(podSpec, labels), ...extra };
}

export function template(podSpec: object = {}, labels: object = LABELS): object {
  const containers = [{ name: 'c', image: 'httpd:2.4.38-4' }];
  return { metadata: { labels }, spec: { terminationGracePeriodSeconds: 1, containers, ...podSpec } };
}

export function image(name: string): object {
  return { spec: { template: { spec: { containers: [{ name: 'c', image: name }] } } } };
}
