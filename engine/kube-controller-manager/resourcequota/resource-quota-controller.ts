import { sameValue } from '../../api/copy-on-write.ts';
import { hasEnded } from '../../api/core/pod-phase.ts';
import type { Pod, ResourceQuota, Service } from '../../api/kinds.ts';
import { type KubeObject, objectKey } from '../../api/object.ts';
import { type CountedKind, resourcesOf, usedOfQuota } from '../../api/quota/usage.ts';
import { pods, resourceQuotas } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { DiscoveredResource, Discovery } from '../../client/discovery.ts';
import type { Informer } from '../../client/informer.ts';
import type { SharedInformers } from '../../client/shared-informers.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ControllerContext } from '../controller-context.ts';

/** `--resource-quota-sync-period` */
const SYNC_PERIOD_MS = 5 * 60_000;

/**
 * Counts what a Namespace uses of its quotas. Admission adds to the count when it lets something in; this controller
 * takes off what has gone, and recounts everything now and then.
 * https://kubernetes.io/docs/concepts/policy/resource-quotas/, after `pkg/controller/resourcequota`.
 */
export class ResourceQuotaController {
  readonly #sim: Simulation;
  readonly #quotaClient: ResourceClient<ResourceQuota>;
  readonly #quotas: Informer<ResourceQuota>;
  readonly #informers: SharedInformers;
  readonly #discovery: Discovery;
  /** Kinds that a quota has named, and that are followed since. */
  readonly #followed = new Map<string, Informer<KubeObject>>();
  readonly #controller: Controller;

  constructor({ sim, client, informers, discovery }: ControllerContext) {
    this.#sim = sim;
    this.#quotaClient = client.resource(resourceQuotas);
    this.#quotas = informers.for(resourceQuotas);
    this.#informers = informers;
    this.#discovery = discovery;
    this.#controller = new Controller(sim, {
      name: 'resourcequota-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#quotas],
    });
    this.#quotas.addHandlers({
      add: (quota) => this.#controller.enqueue(quota),
      update: (previous, quota) => {
        if (!sameValue(previous.spec, quota.spec)) this.#controller.enqueue(quota);
      },
    });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(key: string): void {
    const quota = this.#quotas.lister.byKey(key);
    if (quota === undefined) return;
    // Observe …
    const names = Object.keys(quota.spec?.hard ?? {});
    const kinds = this.#discovery.preferred().filter((kind) => resourcesOf(kind, names).length > 0);
    const followed = kinds.map((kind) => [kind, this.#follow(kind)] as const);
    const behind = followed.find(([, informer]) => !informer.hasSynced);
    if (behind !== undefined) {
      behind[1].whenSynced(() => this.#controller.enqueueKey(key));
      return;
    }
    // … count, and report.
    const hard = quota.spec?.hard ?? {};
    const used = usedOfQuota(quota, objectsOf(followed, quota.metadata.namespace), this.#sim.wallMs);
    const status = { hard, used } as ResourceQuota['status'];
    if (!sameValue(status, quota.status)) this.#quotaClient.updateStatus({ ...quota, status });
    this.#controller.queue.addAfter(key, SYNC_PERIOD_MS);
  }

  #follow(kind: DiscoveredResource): Informer<KubeObject> {
    const name = `${kind.plural}.${kind.group}`;
    const known = this.#followed.get(name);
    if (known !== undefined) return known;
    const informer = this.#informers.for(kind);
    this.#followed.set(name, informer);
    informer.addHandlers({
      update: (previous, object) => {
        if (hasGivenBack(kind, previous, object)) this.#recount(object);
      },
      delete: (object) => this.#recount(object),
    });
    return informer;
  }

  /** Something may have been given back. */
  #recount(object: KubeObject): void {
    for (const quota of this.#quotas.lister.list(object.metadata.namespace)) {
      this.#controller.enqueueKey(objectKey(quota), object);
    }
  }
}

function* objectsOf(
  followed: readonly (readonly [CountedKind, Informer<KubeObject>])[],
  namespace: string | undefined,
): Generator<readonly [CountedKind, KubeObject]> {
  for (const [kind, informer] of followed) {
    for (const object of informer.lister.list(namespace)) yield [kind, object];
  }
}

/** A Pod that has ended or asks for less, a Service of another type; the rest uses the same until it is deleted. */
function hasGivenBack({ group, plural }: CountedKind, previous: KubeObject, object: KubeObject): boolean {
  if (group !== '') return false;
  if (plural === 'services') return (previous as Service).spec?.type !== (object as Service).spec?.type;
  if (plural !== pods.plural) return false;
  const [before, after] = [previous as Pod, object as Pod];
  if (hasEnded(before) !== hasEnded(after)) return true;
  if (before.metadata.deletionTimestamp !== after.metadata.deletionTimestamp) return true;
  return before.spec !== after.spec && !sameValue(before.spec.containers, after.spec.containers);
}
