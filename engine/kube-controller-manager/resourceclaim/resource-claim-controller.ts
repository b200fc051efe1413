import type { ResourceClaim } from '../../api/extension-kinds.ts';
import type { Pod } from '../../api/kinds.ts';
import { pods, resourceClaims } from '../../api/resources.ts';
import { Controller } from '../../client/controller.ts';
import type { Informer } from '../../client/informer.ts';
import type { ControllerContext } from '../controller-context.ts';

/** What there is to do about claims. Nobody asks before there is one, or a Pod that wants one. */
export type ClaimWork = (workplace: ClaimWorkplace) => { reconcile(key: string): void };

export interface ClaimWorkplace extends Pick<ControllerContext, 'client' | 'informers' | 'recorder'> {
  readonly controller: Pick<Controller, 'enqueueKey'>;
  readonly pods: Informer<Pod>;
  readonly claims: Informer<ResourceClaim>;
}

/**
 * Makes ResourceClaims from templates, and takes back what ended Pods had. After `pkg/controller/resourceclaim`.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
export class ResourceClaimController {
  readonly #controller: Controller;

  constructor(context: ControllerContext) {
    const { sim, informers, claimWork } = context;
    const claims = informers.for(resourceClaims);
    const podInformer = informers.for(pods);
    let work: ReturnType<ClaimWork> | undefined;
    const controller = new Controller(sim, {
      name: 'resource-claim-controller',
      reconcile: (key) => work!.reconcile(key),
      informers: [podInformer, claims],
    });
    const begin = () => {
      work ??= claimWork?.()({ ...context, controller, pods: podInformer, claims });
    };
    claims.addHandlers({ add: begin });
    podInformer.addHandlers({ add: ({ spec }) => spec.resourceClaims && begin() });
    this.#controller = controller;
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }
}
