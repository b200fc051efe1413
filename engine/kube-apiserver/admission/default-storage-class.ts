import type { PersistentVolumeClaim, StorageClass } from '../../api/kinds.ts';
import type { AdmissionPlugin } from './admission.ts';

const DEFAULT = 'storageclass.kubernetes.io/is-default-class';
const DEFAULT_BEFORE = 'storageclass.beta.kubernetes.io/is-default-class';
const CLASS_BEFORE = 'volume.beta.kubernetes.io/storage-class';

/**
 * Gives a claim that names no class the default one: of several, the newest. A claim for the class `""` wants none.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#defaultstorageclass
 */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  resources: ['persistentvolumeclaims'],
  admit({ operation }, object, lookup) {
    if (operation !== 'CREATE' || object === undefined) return object;
    const claim = object as PersistentVolumeClaim;
    const named = claim.spec?.storageClassName !== undefined;
    if (named || claim.metadata.annotations?.[CLASS_BEFORE] !== undefined) return claim;
    const found = newestDefault(lookup.all('storageclasses') as readonly StorageClass[]);
    if (found === undefined) return claim;
    return { ...claim, spec: { ...claim.spec, storageClassName: found.metadata.name } };
  },
};

function newestDefault(classes: readonly StorageClass[]): StorageClass | undefined {
  const defaults = classes.filter(({ metadata: { annotations } }) => {
    return annotations?.[DEFAULT] === 'true' || annotations?.[DEFAULT_BEFORE] === 'true';
  });
  return defaults.sort(
    ({ metadata: a }, { metadata: b }) =>
      Date.parse(b.creationTimestamp) - Date.parse(a.creationTimestamp) || (a.name < b.name ? -1 : 1),
  )[0];
}
