import { sameValue } from '../copy-on-write.ts';
import { immutable, invalid, invalidFor, required } from '../field-errors.ts';
import { checkCidr, isCidr } from '../ip-block.ts';
import type { ServiceCIDR } from '../kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

const MAX_CIDRS = 2;

/** https://kubernetes.io/docs/tasks/network/extend-service-ip-ranges/ */
export const serviceCIDR = storedKind<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  schema: 'io.k8s.api.networking.v1.ServiceCIDR',
  subresources: ['status'],
  ...specAndStatus<ServiceCIDR>({ counted: false, status: {} }),
  ...validation<ServiceCIDR>({
    namespaced: false,
    validate(errors, { spec }) {
      const { cidrs = [] } = spec ?? {};
      const field = 'spec.cidrs';
      const isV6 = cidrs.map((cidr) => cidr.includes(':'));
      if (cidrs.length === 0) errors.push(required(field, 'at least one CIDR required'));
      else if (cidrs.length > MAX_CIDRS) errors.push(invalid(field, spec, `may only hold up to ${MAX_CIDRS} values`));
      else if (cidrs.length === MAX_CIDRS && (isV6[0] === isV6[1] || !cidrs.every(isCidr))) {
        const detail = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
        errors.push(invalid(field, spec, detail));
      } else {
        cidrs.forEach((cidr, index) => {
          invalidFor(errors, `${field}[${index}]`, cidr, checkCidr(cidr));
        });
      }
    },
    validateChange(errors, next, previous) {
      if (!sameValue(next.spec?.cidrs, previous.spec?.cidrs)) errors.push(immutable('spec.cidrs', next.spec?.cidrs));
    },
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
