import { forbidden } from '../../api/errors.ts';
import type { PersistentVolumeClaim, StorageClass } from '../../api/kinds.ts';
import { compareQuantities } from '../../api/quantity.ts';
import type { AdmissionPlugin } from './admission.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#persistentvolumeclaimresize */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  resources: ['persistentvolumeclaims'],
  validate({ operation, kind, stored }, object, lookup) {
    if (operation !== 'UPDATE' || object === undefined || stored === undefined) return;
    const claim = object as PersistentVolumeClaim;
    const before = sizeOf(stored as PersistentVolumeClaim);
    const after = sizeOf(claim);
    if (before === undefined || after === undefined || compareQuantities(after, before) <= 0) return;
    if ((stored as PersistentVolumeClaim).status?.phase !== 'Bound') {
      throw forbidden(kind, claim.metadata.name, 'Only bound persistent volume claims can be expanded');
    }
    const name = claim.spec?.storageClassName ?? '';
    const found = name === '' ? undefined : (lookup('storageclasses', '', name) as StorageClass | undefined);
    if (found?.allowVolumeExpansion === true) return;
    const why =
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize';
    throw forbidden(kind, claim.metadata.name, why);
  },
};

function sizeOf({ spec }: PersistentVolumeClaim): string | undefined {
  return spec?.resources?.requests?.['storage'] as string | undefined;
}
