import type { ResourceRequest } from '../context.ts';
import { apiVersionOf } from '../decode/object-decoder.ts';
import { type FieldWriter, managerName } from '../managed-fields/managers.ts';
import { recordUpdate } from '../managed-fields/record-update.ts';
import { fromStorage } from '../registry/served-form.ts';
import type { UpdateOptions } from '../registry/store.ts';

/** Who writes, as `metadata.managedFields` will know the writer. */
export function fieldWriter(
  { request, kind, info, server }: ResourceRequest,
  fieldManager: string,
  operation: FieldWriter['operation'] = 'Update',
): FieldWriter {
  return {
    manager: managerName(fieldManager, request.headers?.['user-agent']),
    operation,
    apiVersion: apiVersionOf(kind),
    subresource: info.subresource,
    time: server.clock.timestamp(),
  };
}

/**
 * Notes what a PUT or a patch changes, if the object is tracked. Objects are tracked from their creation when it came
 * from outside (as text, or with a fieldManager), else from their first apply: what components of this process make for
 * themselves by the thousand (Pods, ReplicaSets, Events, Leases) carries no managedFields.
 */
export function updateRecorder(request: ResourceRequest, fieldManager: string): UpdateOptions['managedFields'] {
  const { kind } = request;
  return (stored, next, sent) => {
    if (stored.metadata.managedFields === undefined && sent.metadata.managedFields === undefined) return undefined;
    const [before, after] = [fromStorage(kind, stored), fromStorage(kind, next)];
    return recordUpdate(kind, before, after, sent.metadata.managedFields, fieldWriter(request, fieldManager));
  };
}
