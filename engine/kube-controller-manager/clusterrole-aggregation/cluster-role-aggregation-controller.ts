import { sameValue } from '../../api/copy-on-write.ts';
import type { ClusterRole } from '../../api/kinds.ts';
import { labelSelectorOf } from '../../api/label-selector.ts';
import { clusterRoles } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import type { ControllerContext } from '../controller-context.ts';

type Rule = NonNullable<ClusterRole['rules']>[number];

/**
 * Fills ClusterRoles such as `admin` and `edit` with the rules of all that bear the labels they name.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles, after
 * `pkg/controller/clusterroleaggregation`.
 */
export class ClusterRoleAggregationController {
  readonly #client: ResourceClient<ClusterRole>;
  readonly #clusterRoles: Informer<ClusterRole>;
  readonly #controller: Controller;

  constructor({ sim, client, informers }: ControllerContext) {
    this.#client = client.resource(clusterRoles);
    this.#clusterRoles = informers.for(clusterRoles);
    this.#controller = new Controller(sim, {
      name: 'clusterrole-aggregation-controller',
      reconcile: (name) => this.#reconcile(name),
      informers: [this.#clusterRoles],
    });
    // Any role may be part of any aggregate, or have been one.
    const changed = (role: ClusterRole): void => {
      for (const aggregate of this.#clusterRoles.lister.list()) {
        if (aggregate.aggregationRule !== undefined) this.#controller.enqueueKey(aggregate.metadata.name, role);
      }
    };
    this.#clusterRoles.addHandlers({ add: changed, update: (_, role) => changed(role), delete: changed });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(name: string): void {
    const aggregate = this.#clusterRoles.lister.get(name);
    if (aggregate?.aggregationRule === undefined) return;
    const rules = aggregatedRules(aggregate, this.#clusterRoles.lister.list());
    if (!sameValue(rules, aggregate.rules ?? [])) this.#client.update({ ...aggregate, rules });
  }
}

/** The rules of all that a selector matches, by name, each once. */
function aggregatedRules(aggregate: ClusterRole, all: readonly ClusterRole[]): Rule[] {
  const selectors = (aggregate.aggregationRule?.clusterRoleSelectors ?? []).map(labelSelectorOf);
  const parts = all
    .filter(({ metadata }) => metadata.name !== aggregate.metadata.name)
    .filter(({ metadata }) => selectors.some((selector) => selector.matches(metadata.labels)))
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const rules = new Map<string, Rule>();
  for (const rule of parts.flatMap((part) => part.rules ?? [])) {
    const text = JSON.stringify(rule);
    if (!rules.has(text)) rules.set(text, rule);
  }
  return [...rules.values()];
}
