import { forbidden } from '../../api/errors.ts';
import type { Pod } from '../../api/kinds.ts';
import type { AdmissionPlugin } from './admission.ts';

const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

/**
 * Gives a Pod the `default` ServiceAccount unless it names one, which must exist. Static Pods' mirrors have none.
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/
 * The real plugin also mounts the account's token at /var/run/secrets/kubernetes.io/serviceaccount; that comes with
 * projected volumes.
 */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  resources: ['pods'],
  admit({ operation, kind, namespace }, object, lookup) {
    if (operation !== 'CREATE' || object === undefined) return object;
    const pod = object as Pod;
    const named = pod.spec?.serviceAccountName ?? '';
    if (pod.metadata.annotations?.[MIRROR_ANNOTATION] !== undefined) {
      if (named === '') return pod;
      throw forbidden(kind, pod.metadata.name, 'a mirror pod may not reference service accounts');
    }
    const name = named === '' ? 'default' : named;
    const account = lookup('serviceaccounts', namespace, name);
    if (account === undefined) {
      const why = `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`;
      throw forbidden(kind, pod.metadata.name, why);
    }
    const spec = { ...pod.spec, serviceAccountName: name, serviceAccount: name };
    const { imagePullSecrets } = account as { readonly imagePullSecrets?: Pod['spec']['imagePullSecrets'] };
    if ((spec.imagePullSecrets?.length ?? 0) === 0 && imagePullSecrets !== undefined && imagePullSecrets.length > 0) {
      spec.imagePullSecrets = imagePullSecrets;
    }
    return { ...pod, spec };
  },
};
