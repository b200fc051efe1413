import { sameValue } from '../copy-on-write.ts';
import { forbidden, invalidFor, required } from '../field-errors.ts';
import type { VolumeAttributesClass } from '../kinds.ts';
import { checkQualifiedName } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { validateParameters } from './parameters.ts';

/** https://kubernetes.io/docs/concepts/storage/volume-attributes-classes/ */
export const volumeAttributesClass = storedKind<VolumeAttributesClass>({
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'VolumeAttributesClass',
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  schema: 'io.k8s.api.storage.v1.VolumeAttributesClass',
  ...validation<VolumeAttributesClass>({
    namespaced: false,
    validate(errors, { driverName = '', parameters }) {
      if (driverName === '') errors.push(required('driverName'));
      else invalidFor(errors, 'driverName', driverName, checkQualifiedName(driverName.toLowerCase()));
      validateParameters(errors, parameters);
      if (Object.keys(parameters ?? {}).length === 0) {
        errors.push(required('parameters', 'must contain at least one key/value pair'));
      }
    },
    validateChange(errors, next, previous) {
      for (const key of ['driverName', 'parameters'] as const) {
        if (!sameValue(next[key], previous[key])) errors.push(forbidden(key, `updates to ${key} are forbidden.`));
      }
    },
  }),
  columns: [
    nameColumn,
    column('DriverName', 'Name of the CSI driver This field is immutable.', ({ driverName }) => driverName ?? ''),
    ageColumn,
  ],
});
