import type { DeviceClass } from '../extension-kinds.ts';
import { ageColumn, nameColumn } from '../printer-columns.ts';
import { COUNTED } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

/** https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/ */
export const deviceClass = storedKind<DeviceClass>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  schema: 'io.k8s.api.resource.v1.DeviceClass',
  ...COUNTED,
  ...validation<DeviceClass>({
    namespaced: false,
    validate: () => {},
  }),
  columns: [nameColumn, ageColumn],
});
