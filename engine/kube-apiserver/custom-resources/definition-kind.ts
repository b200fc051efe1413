import {
  CLEANUP_FINALIZER,
  type CustomResourceDefinition,
} from '../../api/apiextensions/custom-resource-definition.ts';
import type { KindDescriptor } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/object.ts';
import type { ApiExtensions, NewCondition } from './extensions.ts';

const DELETION_PENDING: NewCondition = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionPending',
  message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
};

/** The kind of definitions as a server serves it that knows what they mean. */
export function definitionKind(kind: KindDescriptor, extensions: () => ApiExtensions): KindDescriptor {
  return {
    ...kind,
    validateCreate: (object) => [
      ...kind.validateCreate(object),
      ...extensions().validate(object as CustomResourceDefinition, undefined),
    ],
    validateUpdate: (next, previous, context) => {
      const errors = kind.validateUpdate(next, previous, context);
      if (context.status) return errors;
      return [
        ...errors,
        ...extensions().validate(next as CustomResourceDefinition, previous as CustomResourceDefinition),
      ];
    },
    prepareForDeletion: (object, timestamp) => beginDeletion(object, extensions(), timestamp),
  };
}

/** A definition waits for its objects. After pkg/registry/customresourcedefinition/etcd.go. */
function beginDeletion(object: KubeObject, extensions: ApiExtensions, timestamp: string): KubeObject {
  const definition = object as CustomResourceDefinition;
  const { finalizers = [] } = definition.metadata;
  const metadata = finalizers.includes(CLEANUP_FINALIZER)
    ? definition.metadata
    : { ...definition.metadata, finalizers: [...finalizers, CLEANUP_FINALIZER] };
  const status = extensions.withConditions(definition.status ?? {}, [DELETION_PENDING], timestamp);
  return { ...definition, metadata, status } as KubeObject;
}
