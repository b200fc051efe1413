import type { Namespace, NetworkPolicy, Pod } from '../api/kinds.ts';
import { namespaces, networkPolicies, pods } from '../api/resources.ts';
import type { Client } from '../client/client.ts';
import { Informer } from '../client/informer.ts';
import type { Simulation } from '../sim/index.ts';
import { canBeNamed, type PolicyInfo, policyInfos } from './policy-info.ts';

/**
 * Follows NetworkPolicies, and Pods and namespaces once there are any: what no policy is about costs nothing. (The real
 * kube-router follows all three from the start.)
 */
export class PolicyWatch {
  readonly #policies: Informer<NetworkPolicy>;
  readonly #namespaces: Informer<Namespace>;
  readonly #pods: Informer<Pod>;
  readonly #changed: () => void;
  #selecting = false;

  /** @param changed called for every change that may concern the rules. */
  constructor(sim: Simulation, client: Client, nodeName: string, changed: () => void) {
    const name = `kube-router/${nodeName}`;
    this.#changed = changed;
    this.#policies = new Informer(sim, client.resource<NetworkPolicy>(networkPolicies), {
      name: `${name} networkpolicies`,
    });
    this.#namespaces = new Informer(sim, client.resource<Namespace>(namespaces), { name: `${name} namespaces` });
    this.#pods = new Informer(sim, client.resource<Pod>(pods), { name: `${name} pods` });
    const policiesChanged = () => {
      this.#followWhomTheySelect();
      changed();
    };
    this.#policies.addHandlers({ add: policiesChanged, update: policiesChanged, delete: policiesChanged });
    this.#namespaces.addHandlers({
      add: changed,
      update: (previous, namespace) => {
        if (JSON.stringify(previous.metadata.labels) !== JSON.stringify(namespace.metadata.labels)) changed();
      },
      delete: changed,
    });
    this.#pods.addHandlers({
      add: changed,
      update: (previous, pod) => {
        if (podFacts(previous) !== podFacts(pod)) changed();
      },
      delete: changed,
    });
  }

  start(): void {
    this.#policies.whenSynced(this.#changed);
    this.#policies.start();
  }

  stop(): void {
    this.#policies.stop();
    if (!this.#selecting) return;
    this.#namespaces.stop();
    this.#pods.stop();
  }

  /** Before all is known, rules would take away what an earlier process has made. */
  get ready(): boolean {
    return this.#policies.hasSynced && (!this.#selecting || (this.#namespaces.hasSynced && this.#pods.hasSynced));
  }

  policies(): readonly PolicyInfo[] {
    if (!this.#selecting) return [];
    return policyInfos(this.#policies.lister.list(), this.#pods.lister.list(), this.#namespaces.lister.list());
  }

  #followWhomTheySelect(): void {
    if (this.#selecting) return;
    this.#selecting = true;
    for (const informer of [this.#namespaces, this.#pods]) {
      informer.whenSynced(this.#changed);
      informer.start();
    }
  }
}

/** What rules depend on: of most that happens to a Pod they hear nothing. */
function podFacts(pod: Pod): string {
  return JSON.stringify([canBeNamed(pod), pod.metadata.labels, pod.status?.podIP, pod.spec.nodeName]);
}
