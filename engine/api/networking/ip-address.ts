import type { IPAddress } from '../kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
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
    validate: () => {},
  }),
  columns: [
    nameColumn,
    column(
      'ParentRef',
      'parentRef references the resource that an IPAddress is attached to. An IPAddress must reference a parent object.',
      parent,
    ),
    ageColumn,
  ],
});
