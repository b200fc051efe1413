import { forbidden } from '../../api/errors.ts';
import type { Ingress, IngressClass } from '../../api/kinds.ts';
import type { AdmissionPlugin } from './admission.ts';

const DEFAULT = 'ingressclass.kubernetes.io/is-default-class';
const CLASS_BEFORE = 'kubernetes.io/ingress.class';

/** https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#defaultingressclass : of several defaults, the newest. */
export const defaultIngressClass: AdmissionPlugin = {
  name: 'DefaultIngressClass',
  resources: ['ingresses'],
  admit({ operation, kind, name }, object, lookup) {
    if (operation !== 'CREATE' || object === undefined) return object;
    const ingress = object as Ingress;
    const named = ingress.spec?.ingressClassName !== undefined;
    if (named || ingress.metadata.annotations?.[CLASS_BEFORE] !== undefined) return ingress;
    const classes = lookup.all('ingressclasses') as readonly IngressClass[];
    const defaults = classes.filter(({ metadata }) => metadata.annotations?.[DEFAULT] === 'true');
    if (defaults.length === 0) return ingress;
    const times = defaults.map(({ metadata }) => Date.parse(metadata.creationTimestamp));
    const newest = Math.max(...times);
    const found = defaults.filter((_, index) => times[index] === newest);
    if (found.length > 1) {
      const why = `${defaults.length} default IngressClasses were found, only 1 allowed`;
      throw forbidden(kind, name, why);
    }
    return { ...ingress, spec: { ...ingress.spec, ingressClassName: found[0]!.metadata.name } };
  },
};
