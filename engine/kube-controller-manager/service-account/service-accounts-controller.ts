import type { Namespace, ServiceAccount } from '../../api/kinds.ts';
import { namespaces, serviceAccounts } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import type { ControllerContext } from '../controller-context.ts';

const NAME = 'default';

/**
 * Every Namespace has a ServiceAccount `default`, which Pods use that name no other.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#serviceaccount-controller
 */
export class ServiceAccountsController {
  readonly #client: ResourceClient<ServiceAccount>;
  readonly #namespaces: Informer<Namespace>;
  readonly #serviceAccounts: Informer<ServiceAccount>;
  readonly #controller: Controller;

  constructor({ sim, client, informers }: ControllerContext) {
    this.#client = client.resource(serviceAccounts);
    this.#namespaces = informers.for(namespaces);
    this.#serviceAccounts = informers.for(serviceAccounts);
    this.#controller = new Controller(sim, {
      name: 'serviceaccount-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#namespaces, this.#serviceAccounts],
    });
    this.#controller.watch(this.#namespaces);
    this.#serviceAccounts.addHandlers({
      delete: (account) => {
        if (account.metadata.name === NAME) this.#controller.enqueueKey(account.metadata.namespace!, account);
      },
    });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(name: string): void {
    const namespace = this.#namespaces.lister.get(name);
    if (namespace === undefined || namespace.status?.phase === 'Terminating') return;
    if (this.#serviceAccounts.lister.get(NAME, name) !== undefined) return;
    try {
      this.#client.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: name } });
    } catch (error) {
      // Made by someone else, or the Namespace has begun to go: both are as good.
      if (!(error instanceof StatusError) || (error.reason !== 'AlreadyExists' && error.code !== 403)) throw error;
    }
  }
}
