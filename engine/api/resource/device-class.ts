import type { DeviceClass } from '../extension-kinds.ts';
import { required, tooMany } from '../field-errors.ts';
import { ageColumn, nameColumn } from '../printer-columns.ts';
import { COUNTED } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

const MAX_SELECTORS = 32;

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
    validate(errors, { spec }) {
      const { selectors = [] } = spec ?? {};
      if (selectors.length > MAX_SELECTORS) errors.push(tooMany('spec.selectors', selectors.length, MAX_SELECTORS));
      selectors.forEach(({ cel }, index) => {
        const at = `spec.selectors[${index}].cel`;
        if (cel === undefined) errors.push(required(at));
        else if ((cel.expression ?? '').trim() === '') errors.push(required(`${at}.expression`));
      });
    },
  }),
  columns: [nameColumn, ageColumn],
});
