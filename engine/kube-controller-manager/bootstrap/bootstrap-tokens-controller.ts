import type { ConfigMap, Secret } from '../../api/kinds.ts';
import { configMaps, secrets } from '../../api/resources.ts';
import { Controller } from '../../client/controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import {
  CLUSTER_INFO,
  isBootstrapToken,
  NAMESPACE,
  PUBLIC_NAMESPACE,
  type TokenWork,
  type TokenWorkplace,
} from './bootstrap-token.ts';

/** Sees to bootstrap tokens. After `pkg/controller/bootstrap`. */
export class BootstrapTokensController {
  readonly #controller: Controller;

  constructor({ sim, client, informers, bootstrapTokens }: ControllerContext, name: string, work: keyof TokenWork) {
    const tokens = informers.for(secrets);
    const infos = informers.for(configMaps);
    this.#controller = new Controller(sim, {
      name,
      reconcile: (key) => bootstrapTokens?.()[work](key, workplace),
      informers: [tokens, infos],
    });
    const workplace: TokenWorkplace = {
      sim,
      client,
      secrets: tokens.lister,
      configMaps: infos.lister,
      again: (key, delayMs) => this.#controller.queue.addAfter(key, delayMs),
    };
    const look = (token: Secret) => {
      if (isBootstrapToken(token)) this.#controller.enqueue(token);
    };
    tokens.addHandlers({ add: look, update: (_, token) => look(token), delete: look });
    const lookAtInfo = ({ metadata }: ConfigMap) => {
      if (metadata.name !== CLUSTER_INFO || metadata.namespace !== PUBLIC_NAMESPACE) return;
      for (const token of tokens.lister.list(NAMESPACE)) look(token);
    };
    infos.addHandlers({ add: lookAtInfo, update: (_, info) => lookAtInfo(info) });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }
}
