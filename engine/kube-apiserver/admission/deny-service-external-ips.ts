import { forbidden } from '../../api/errors.ts';
import type { Service } from '../../api/kinds.ts';
import type { AdmissionPlugin } from './admission.ts';

/** Off unless asked for. https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#denyserviceexternalips */
export const denyServiceExternalIps: AdmissionPlugin = {
  name: 'DenyServiceExternalIPs',
  resources: ['services'],
  validate({ operation, kind, stored }, object) {
    if (operation === 'DELETE' || object === undefined) return;
    const before = (stored as Service | undefined)?.spec?.externalIPs ?? [];
    const added = ((object as Service).spec?.externalIPs ?? []).filter((address) => !before.includes(address));
    if (added.length === 0) return;
    throw forbidden(kind, object.metadata.name, 'Use of external IPs is denied by admission control.');
  },
};
