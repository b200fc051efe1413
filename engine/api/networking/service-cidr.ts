import type { ServiceCIDR } from '../kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

/** https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/ */
export const serviceCIDR = storedKind<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  schema: 'io.k8s.api.networking.v1.ServiceCIDR',
  subresources: ['status'],
  ...specAndStatus<ServiceCIDR>({ counted: false }),
  ...validation<ServiceCIDR>({
    namespaced: false,
    validate: () => {},
  }),
  columns: [
    nameColumn,
    column(
      'CIDRs',
      'cidrs defines the IP blocks in CIDR notation (e.g. "192.168.0.0/24" or "2001:db8::/64") from which to assign service cluster IPs. Max of two CIDRs is allowed, one of each IP family. This field is immutable.',
      ({ spec }) => (spec?.cidrs ?? []).join(','),
    ),
    ageColumn,
  ],
});
