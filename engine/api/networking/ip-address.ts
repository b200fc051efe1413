import { sameValue } from '../copy-on-write.ts';
import { immutable, invalidFor, required } from '../field-errors.ts';
import { checkStrictIpAddress } from '../ip-address.ts';
import type { IPAddress } from '../kinds.ts';
import { checkPathSegmentName, checkSubdomain1123 } from '../names.ts';
import { column, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

/** `services.default/web`: the resource, with its group, and where it is. */
function parent({ spec }: IPAddress): string {
  const { group = '', resource = '', namespace = '', name = '' } = spec?.parentRef ?? {};
  const of = group === '' ? resource : `${resource}.${group}`;
  return namespace === '' ? `${of}/${name}` : `${of}/${namespace}/${name}`;
}

/** https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/ */
export const ipAddress = storedKind<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  schema: 'io.k8s.api.networking.v1.IPAddress',
  ...validation<IPAddress>({
    namespaced: false,
    checkName: checkStrictIpAddress,
    validate(errors, { spec }) {
      const { group = '', resource = '', namespace = '', name = '' } = spec?.parentRef ?? {};
      const at = 'spec.parentRef';
      if (spec?.parentRef === undefined) {
        errors.push(required(at));
        return;
      }
      if (group !== '') invalidFor(errors, `${at}.group`, group, checkSubdomain1123(group));
      for (const [key, value] of Object.entries({ resource, name })) {
        if (value === '') errors.push(required(`${at}.${key}`));
        else invalidFor(errors, `${at}.${key}`, value, checkPathSegmentName(value));
      }
      if (namespace !== '') invalidFor(errors, `${at}.namespace`, namespace, checkPathSegmentName(namespace));
    },
    validateChange(errors, next, previous) {
      if (!sameValue(next.spec?.parentRef, previous.spec?.parentRef)) {
        errors.push(immutable('spec.parentRef', next.spec?.parentRef));
      }
    },
  }),
  columns: [
    nameColumn,
    column(
      'ParentRef',
      'parentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object.',
      parent,
    ),
  ],
});
