import type { Container, Pod } from '../../../api/kinds.ts';
import type { AdmissionPlugin } from '../admission.ts';

/**
 * Has every image pulled by whoever has the credentials for it: what lies on a node already is not for everybody.
 * https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#alwayspullimages
 */
export const alwaysPullImages = (): AdmissionPlugin => ({
  name: 'AlwaysPullImages',
  resources: ['pods'],
  admit(request, object) {
    if (object === undefined || request.operation !== 'CREATE') return object;
    const { spec, ...pod } = object as Pod;
    const pulled = (containers: readonly Container[]) =>
      containers.map((container) => ({ ...container, imagePullPolicy: 'Always' }));
    const { containers, initContainers } = spec;
    const always = {
      containers: pulled(containers),
      ...(initContainers && { initContainers: pulled(initContainers) }),
    };
    return { ...pod, spec: { ...spec, ...always } } as Pod;
  },
});
