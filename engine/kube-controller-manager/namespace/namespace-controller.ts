import type { Namespace } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { namespaces, pods, type Resource, resourcePath } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Client, ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Discovery } from '../../client/discovery.ts';
import type { Informer } from '../../client/informer.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';
import { namespaceConditions, type Remains } from './namespace-conditions.ts';

const FINALIZER = 'kubernetes';
/** Other API servers get this long to notice, so that nothing is created behind our back. */
const DELETION_DELAY_MS = 5_000;
/** How long to wait for finalizers of which nobody knows when they will be done. */
const FINALIZER_SECONDS = 15;

/**
 * Empties a Namespace that is being deleted, and then lets it go by taking away the finalizer in `spec.finalizers`.
 * Pods go first, and the rest only when they are gone, so that nothing loses its network policy or secrets before it
 * has ended.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/, after
 * `pkg/controller/namespace/deletion/namespaced_resources_deleter.go`.
 */
export class NamespaceController {
  readonly #sim: Simulation;
  readonly #client: Client;
  readonly #discovery: Discovery;
  readonly #namespaceClient: ResourceClient<Namespace>;
  readonly #namespaces: Informer<Namespace>;
  readonly #controller: Controller;

  constructor({ sim, client, informers, discovery }: ControllerContext) {
    this.#sim = sim;
    this.#client = client;
    this.#discovery = discovery;
    this.#namespaceClient = client.resource(namespaces);
    this.#namespaces = informers.for(namespaces);
    this.#controller = new Controller(sim, {
      name: 'namespace-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#namespaces],
    });
    this.#namespaces.addHandlers({
      add: (namespace) => this.#observe(namespace),
      update: (_, namespace) => this.#observe(namespace),
    });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #observe({ metadata }: Namespace): void {
    if (metadata.deletionTimestamp === undefined) return;
    this.#controller.queue.addAfter(metadata.name, DELETION_DELAY_MS);
  }

  #reconcile(name: string): void {
    const namespace = this.#namespaces.lister.get(name);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    if (!namespace.spec?.finalizers?.includes(FINALIZER)) return;

    const remains = this.#deleteContent(name);
    const updated = this.#report(namespace, remains);
    if (remains.errors.length > 0 || remains.discoveryError !== undefined) {
      this.#controller.queue.addRateLimited(name);
    } else if (remains.resources.size > 0) {
      this.#controller.queue.addAfter(name, (remains.waitSeconds / 2 + 1) * 1_000);
    } else {
      this.#finalize(updated);
    }
  }

  #deleteContent(namespace: string): Remains & { readonly waitSeconds: number } {
    const remains = {
      resources: new Map<string, number>(),
      finalizers: new Map<string, number>(),
      errors: [] as string[],
      discoveryError: undefined as string | undefined,
      waitSeconds: 0,
    };
    for (const resource of this.#contents(remains)) {
      if (!isPods(resource) && remains.resources.has(nameOf(pods))) break;
      const left = this.#deleteCollection(resource, namespace, remains.errors);
      if (left.length === 0) continue;
      remains.resources.set(nameOf(resource), left.length);
      for (const { metadata } of left) {
        for (const finalizer of metadata.finalizers ?? []) {
          remains.finalizers.set(finalizer, (remains.finalizers.get(finalizer) ?? 0) + 1);
        }
        const known = metadata.deletionGracePeriodSeconds ?? 0;
        const seconds = (metadata.finalizers?.length ?? 0) > 0 ? FINALIZER_SECONDS : known;
        remains.waitSeconds = Math.max(remains.waitSeconds, seconds);
      }
    }
    return remains;
  }

  /** Every kind that lives in namespaces, Pods first. */
  #contents(remains: { discoveryError: string | undefined }): readonly Resource[] {
    try {
      this.#discovery.refresh();
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      remains.discoveryError = error.message;
    }
    const all = this.#discovery.preferred().filter(({ namespaced, verbs }) => namespaced && verbs.includes('delete'));
    return [...all.filter(isPods), ...all.filter((resource) => !isPods(resource))];
  }

  /** Deletes all of a kind; returns what is still there. */
  #deleteCollection(resource: Resource, namespace: string, errors: string[]): readonly KubeObject[] {
    const objects = this.#client.resource(resource);
    try {
      if (objects.list({ namespace, limit: 1 }).items.length === 0) return [];
      this.#client.request({
        method: 'DELETE',
        path: resourcePath(resource, namespace),
        body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
      });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      errors.push(error.message);
    }
    return objects.list({ namespace }).items;
  }

  #report(namespace: Namespace, remains: Remains): Namespace {
    const current = namespace.status?.conditions ?? [];
    const conditions = namespaceConditions(current, remains, this.#sim.wallMs);
    if (conditions === current) return namespace;
    return this.#namespaceClient.updateStatus({ ...namespace, status: { ...namespace.status, conditions } });
  }

  #finalize(namespace: Namespace): void {
    const finalizers = namespace.spec?.finalizers?.filter((finalizer) => finalizer !== FINALIZER);
    this.#client.request({
      method: 'PUT',
      path: resourcePath(namespaces, undefined, namespace.metadata.name, 'finalize'),
      body: { ...namespace, spec: { ...namespace.spec, finalizers } },
    });
  }
}

function isPods({ group, plural }: Resource): boolean {
  return group === pods.group && plural === pods.plural;
}

/** As the conditions name it: `pods.`, `deployments.apps`. */
function nameOf({ plural, group }: Resource): string {
  return `${plural}.${group}`;
}
