import { sameValue, withField } from '../copy-on-write.ts';
import { immutable, invalid, notSupported, required } from '../field-errors.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { IngressClass } from '../kinds.ts';
import { checkQualifiedName } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { validateNamespacedScope } from './ingress-validation.ts';

type Spec = NonNullable<IngressClass['spec']>;

const NO_SPEC = Object.freeze({}) as Spec;
const SCOPES = ['Cluster', 'Namespace'];
const MAX_CONTROLLER = 250;

function defaultSpec(spec: Spec): Spec {
  if (spec.parameters === undefined || spec.parameters.scope !== undefined) return spec;
  return { ...spec, parameters: { ...spec.parameters, scope: 'Cluster' } };
}

function parameters({ spec }: IngressClass): string {
  if (spec?.parameters === undefined) return '<none>';
  const { apiGroup = '', kind, name } = spec.parameters;
  return apiGroup === '' ? `${kind}/${name}` : `${kind}.${apiGroup}/${name}`;
}

export const ingressClass = storedKind<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  schema: 'io.k8s.api.networking.v1.IngressClass',
  applyDefaults: (object) => withField(object, 'spec', defaultSpec(object.spec ?? NO_SPEC)),
  prepareForCreate: firstGeneration,
  prepareForUpdate: (next, previous) => nextGeneration(next, previous, !sameValue(next.spec, previous.spec)),
  ...validation<IngressClass>({
    namespaced: false,
    validate(errors, { spec = NO_SPEC }) {
      const { controller = '', parameters: reference } = spec;
      const field = 'spec.controller';
      if (controller.length > MAX_CONTROLLER) {
        errors.push(invalid(field, controller, `must be no more than ${MAX_CONTROLLER} characters`));
      } else if (!controller.includes('/')) {
        errors.push(invalid(field, controller, 'must be a domain-prefixed path (such as "acme.io/foo")'));
      } else for (const detail of checkQualifiedName(controller)) errors.push(invalid(field, controller, detail));
      if (reference === undefined) return;
      const at = 'spec.parameters';
      if ((reference.kind ?? '') === '') errors.push(required(`${at}.kind`, 'kind is required'));
      if ((reference.name ?? '') === '') errors.push(required(`${at}.name`, 'name is required'));
      const { scope = '', namespace = '' } = reference;
      if (!SCOPES.includes(scope)) errors.push(notSupported(`${at}.scope`, scope, SCOPES));
      validateNamespacedScope(errors, scope, namespace, at);
    },
    validateChange(errors, next, previous) {
      const { controller } = next.spec ?? NO_SPEC;
      if (controller !== previous.spec?.controller) errors.push(immutable('spec.controller', controller));
    },
  }),
  columns: [
    nameColumn,
    column(
      'Controller',
      'Controller that is responsible for handling this class',
      ({ spec }) => spec?.controller ?? '',
    ),
    column('Parameters', 'A reference to a resource with additional parameters', parameters),
    ageColumn,
  ],
});
