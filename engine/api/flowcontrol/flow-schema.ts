import { withDefaults, withField } from '../copy-on-write.ts';
import type { FlowSchema } from '../extension-kinds.ts';
import type { FieldError } from '../field-error.ts';
import { invalid, invalidFor, notSupported, required } from '../field-errors.ts';
import { checkSubdomain1123 } from '../names.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { validateConditionTypes } from './condition-types.ts';
import { validateFlowRule } from './rule-validation.ts';

type Spec = NonNullable<FlowSchema['spec']>;

const NO_SPEC = Object.freeze({}) as Spec;
const MAX_PRECEDENCE = 10_000;
const METHODS = ['ByNamespace', 'ByUser'];

function validateSpec(errors: FieldError[], name: string, spec: Spec): void {
  const { matchingPrecedence: precedence = 0, distinguisherMethod: method, rules = [] } = spec;
  const at = 'spec.matchingPrecedence';
  if (precedence <= 0) errors.push(invalid(at, precedence, 'must be a positive value'));
  if (precedence > MAX_PRECEDENCE) errors.push(invalid(at, precedence, `must not be greater than ${MAX_PRECEDENCE}`));
  if (precedence === 1 && name !== 'exempt') {
    errors.push(invalid(at, precedence, "only the schema named 'exempt' may have matchingPrecedence 1"));
  }
  if (method !== undefined && !METHODS.includes(method.type)) {
    errors.push(notSupported('spec.distinguisherMethod.type', method, METHODS));
  }
  const level = spec.priorityLevelConfiguration?.name ?? '';
  const field = 'spec.priorityLevelConfiguration.name';
  if (level === '') errors.push(required(field, 'must reference a priority level'));
  else invalidFor(errors, field, level, checkSubdomain1123(level));
  rules.forEach((rule, index) => {
    validateFlowRule(errors, rule, `spec.rules[${index}]`);
  });
}

/** https://kubernetes.io/docs/concepts/cluster-administration/flow-control/ */
export const flowSchema = storedKind<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  schema: 'io.k8s.api.flowcontrol.v1.FlowSchema',
  subresources: ['status'],
  applyDefaults: (object) =>
    withField(object, 'spec', withDefaults(object.spec ?? NO_SPEC, { matchingPrecedence: 1000 })),
  ...specAndStatus<FlowSchema>({ status: {} }),
  ...validation<FlowSchema>({
    namespaced: false,
    validate(errors, { metadata, spec = NO_SPEC, status }) {
      validateSpec(errors, metadata.name, spec);
      validateConditionTypes(errors, status?.conditions ?? []);
    },
  }),
  columns: [
    nameColumn,
    column(
      'PriorityLevel',
      '`priorityLevelConfiguration` should reference a PriorityLevelConfiguration in the cluster. If the reference cannot be resolved, the FlowSchema will be ignored and marked as invalid in its status. Required.',
      ({ spec }) => spec?.priorityLevelConfiguration?.name ?? '',
    ),
    column(
      'MatchingPrecedence',
      '`matchingPrecedence` is used to choose among the FlowSchemas that match a given request. The chosen FlowSchema is among those with the numerically lowest (which we take to be logically highest) MatchingPrecedence.  Each MatchingPrecedence value must be ranged in [1,10000]. Note that if the precedence is not specified, it will be set to 1000 as default.',
      ({ spec }) => spec?.matchingPrecedence ?? 0,
    ),
    column(
      'DistinguisherMethod',
      '`distinguisherMethod` defines how to compute the flow distinguisher for requests that match this schema. `nil` specifies that the distinguisher is disabled and thus will always be the empty string.',
      ({ spec }) => spec?.distinguisherMethod?.type ?? '<none>',
    ),
    ageColumn,
    column(
      'MissingPL',
      'references a broken or non-existent PriorityLevelConfiguration',
      ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ),
  ],
});
