import { forbidden, notFound, resourceName } from '../../api/errors.ts';
import type { AdmissionPlugin } from './admission.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#namespacelifecycle */
const IMMORTAL = ['default', 'kube-system', 'kube-public'];

const NAMESPACES = resourceName('namespaces');

/** Nothing is created where there is no Namespace, or in one that terminates; some Namespaces cannot be deleted. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  admit({ operation, kind, namespace, name }, object, lookup) {
    if (operation === 'DELETE' && kind.plural === 'namespaces' && IMMORTAL.includes(name)) {
      throw forbidden(kind, name, 'this namespace may not be deleted');
    }
    if (operation !== 'CREATE' || !kind.namespaced) return object;
    const home = lookup('namespaces', '', namespace);
    if (home === undefined) throw notFound(NAMESPACES, namespace);
    if (home.metadata.deletionTimestamp !== undefined) {
      const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
      throw forbidden(kind, name, why, {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      });
    }
    return object;
  },
};
