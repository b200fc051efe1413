import { pods, resourceClaims } from '../../api/resources.ts';
import { Controller } from '../../client/controller.ts';
import type { ControllerContext } from '../controller-context.ts';
import type { ClaimWork } from './claim-workplace.ts';

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
