import { sameValue, withField } from '../copy-on-write.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { Ingress } from '../kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { CLASS_ANNOTATION, validateIngress } from './ingress-validation.ts';

const NO_SPEC = Object.freeze({}) as NonNullable<Ingress['spec']>;
const NO_STATUS = Object.freeze({ loadBalancer: Object.freeze({}) });
const MAX_HOSTS = 3;

function hosts({ spec }: Ingress): string {
  const names = (spec?.rules ?? []).map(({ host = '' }) => host).filter((host) => host !== '');
  if (names.length === 0) return '*';
  const more = names.length > MAX_HOSTS ? ` + ${names.length - MAX_HOSTS} more...` : '';
  return names.slice(0, MAX_HOSTS).join(',') + more;
}

const CLASS_WARNING =
  'annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead';

export const ingress = storedKind<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  schema: 'io.k8s.api.networking.v1.Ingress',
  subresources: ['status'],
  applyDefaults: (object) => withField(object, 'spec', object.spec ?? NO_SPEC),
  prepareForCreate: (object) => ({ ...firstGeneration(object), status: NO_STATUS }),
  prepareForUpdate(next, previous, context) {
    if (context.status) return nextGeneration(withField(next, 'spec', previous.spec), previous, false);
    const changed = !sameValue(next.spec, previous.spec);
    return nextGeneration(withField(next, 'status', previous.status), previous, changed);
  },
  ...validation<Ingress>({ namespaced: true, validate: validateIngress }),
  warnings: ({ metadata }) =>
    metadata.annotations?.['kubernetes.io/ingress.class'] === undefined ? [] : [CLASS_WARNING],
  columns: [
    nameColumn,
    column(
      'Class',
      'The name of the IngressClass resource that should be used for additional configuration',
      ({ spec, metadata }) => spec?.ingressClassName ?? metadata.annotations?.[CLASS_ANNOTATION] ?? '<none>',
    ),
    column('Hosts', 'Hosts that incoming requests are matched against before the ingress rule', hosts),
    column('Address', 'Address is a list containing ingress points for the load-balancer', ({ status }) =>
      (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').join(','),
    ),
    column('Ports', 'Ports of TLS configurations that open', ({ spec }) =>
      (spec?.tls?.length ?? 0) > 0 ? '80, 443' : '80',
    ),
    ageColumn,
  ],
});
