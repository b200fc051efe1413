import type { ResourceClaim } from '../../api/extension-kinds.ts';
import type { Pod } from '../../api/kinds.ts';
import type { Client } from '../../client/client.ts';
import type { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { SharedInformers } from '../../client/shared-informers.ts';

/** What there is to do about claims. Nobody asks before there is one, or a Pod that wants one. */
export type ClaimWork = (workplace: ClaimWorkplace) => { reconcile(key: string): void };

export interface ClaimWorkplace {
  readonly client: Client;
  readonly informers: SharedInformers;
  readonly recorder: (component: string) => EventRecorder;
  readonly controller: Pick<Controller, 'enqueueKey'>;
  readonly pods: Informer<Pod>;
  readonly claims: Informer<ResourceClaim>;
}
