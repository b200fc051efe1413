import type { ReplicaSet, ReplicationController } from '../../api/kinds.ts';
import { type Resource, replicationControllers } from '../../api/resources.ts';
import type { ReplicaKind } from './replica-set-controller.ts';

/**
 * ReplicationControllers, the ancestors of ReplicaSets: but for their selector, which is a plain map of labels, nothing
 * about them is different, so the same controller serves both.
 * https://kubernetes.io/docs/concepts/workloads/controllers/replicationcontroller/, after `pkg/controller/replication`.
 */
export const REPLICATION_CONTROLLERS: ReplicaKind = {
  resource: replicationControllers as Resource as Resource<ReplicaSet>,
  controllerName: 'replicationcontroller-controller',
  component: 'replication-controller',
  selectorOf: (object) => ({ matchLabels: (object as unknown as ReplicationController).spec?.selector }),
};
