import type { Secret, ServiceAccount } from '../../api/kinds.ts';
import { secrets, serviceAccounts } from '../../api/resources.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import type { ControllerContext } from '../controller-context.ts';

const TYPE = 'kubernetes.io/service-account-token';
const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';
/** A hundred years: what the real one signs for a Secret has no end at all. */
const LIFETIME_SECONDS = 100 * 365 * 86_400;

/**
 * Fills Secrets that ask for a lasting token of a ServiceAccount, and deletes them with the account. Since 1.24 none is
 * made unasked: Pods get tokens that end by themselves.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#token-controller, after
 * `pkg/controller/serviceaccount/tokens_controller.go`. (That one signs by itself; this one asks the API server for a
 * token bound to the Secret.)
 */
export class TokensController {
  readonly #secretClient: ResourceClient<Secret>;
  readonly #accountClient: ResourceClient<ServiceAccount>;
  readonly #secrets: Informer<Secret>;
  readonly #accounts: Informer<ServiceAccount>;
  readonly #rootCa: string;
  readonly #controller: Controller;

  constructor({ sim, client, informers, rootCa }: ControllerContext) {
    this.#secretClient = client.resource(secrets);
    this.#accountClient = client.resource(serviceAccounts);
    this.#secrets = informers.for(secrets);
    this.#accounts = informers.for(serviceAccounts);
    this.#rootCa = rootCa;
    this.#controller = new Controller(sim, {
      name: 'serviceaccount-token-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#secrets, this.#accounts],
    });
    const secretChanged = (secret: Secret) => {
      if (secret.type === TYPE) this.#controller.enqueue(secret);
    };
    this.#secrets.addHandlers({ add: secretChanged, update: (_, secret) => secretChanged(secret) });
    const accountChanged = (account: ServiceAccount) => this.#accountChanged(account);
    this.#accounts.addHandlers({ add: accountChanged, delete: accountChanged });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #accountChanged(account: ServiceAccount): void {
    for (const secret of this.#secrets.lister.list(account.metadata.namespace)) {
      const isToken = secret.type === TYPE && secret.metadata.annotations?.[ACCOUNT_NAME] === account.metadata.name;
      if (isToken) this.#controller.enqueue(secret);
    }
  }

  #reconcile(key: string): void {
    const secret = this.#secrets.lister.byKey(key);
    if (secret?.type !== TYPE || secret.metadata.deletionTimestamp !== undefined) return;
    const { name, namespace, uid, annotations = {} } = secret.metadata;
    const account = this.#accountOf(secret);
    if (account === undefined) {
      unlessGone(() => this.#secretClient.delete(name, namespace, { preconditions: { uid } }));
      return;
    }
    const missing = {
      ...(secret.data?.['token'] ? {} : { token: encode(this.#token(account, secret)) }),
      ...(secret.data?.['namespace'] ? {} : { namespace: encode(namespace ?? '') }),
      ...(this.#rootCa !== '' && secret.data?.['ca.crt'] === undefined ? { 'ca.crt': encode(this.#rootCa) } : {}),
    };
    const isMarked = annotations[ACCOUNT_UID] === account.metadata.uid;
    if (isMarked && Object.keys(missing).length === 0) return;
    const marked = { ...annotations, [ACCOUNT_UID]: account.metadata.uid };
    const metadata = { ...secret.metadata, annotations: marked };
    this.#secretClient.update({ ...secret, metadata, data: { ...secret.data, ...missing } });
  }

  /** The account that a Secret names; another one of the same name is none of its business. */
  #accountOf({ metadata: { namespace, annotations = {} } }: Secret): ServiceAccount | undefined {
    const name = annotations[ACCOUNT_NAME] ?? '';
    const cached = this.#accounts.lister.get(name, namespace);
    // Before anything is deleted the server is asked: the cache may be behind.
    const account = cached ?? unlessGone(() => this.#accountClient.get(name, namespace));
    const uid = annotations[ACCOUNT_UID];
    return uid === undefined || uid === '' || account?.metadata.uid === uid ? account : undefined;
  }

  #token({ metadata: { name, namespace } }: ServiceAccount, { metadata }: Secret): string {
    const boundObjectRef = { kind: 'Secret', apiVersion: 'v1', name: metadata.name, uid: metadata.uid };
    const request = { spec: { audiences: [], expirationSeconds: LIFETIME_SECONDS, boundObjectRef } };
    const answer = this.#accountClient.createSubresource(name, namespace, 'token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      ...request,
    }) as { readonly status: { readonly token: string } };
    return answer.status.token;
  }
}

function encode(text: string): string {
  return btoa(text);
}
