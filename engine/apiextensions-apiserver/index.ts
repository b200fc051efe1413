import type { CustomResourceDefinition } from '../api/apiextensions/custom-resource-definition.ts';
import { customKinds } from './custom-kind.ts';
import { acceptNames, ESTABLISHED, withConditions } from './definition-status.ts';
import { validateDefinition } from './definition-validation.ts';
import { PolicyExpressions } from './policies/policy-expressions.ts';
import { checkRules } from './rule-validation.ts';

/**
 * The extensions API server: what CustomResourceDefinitions mean. It keeps nothing and writes nothing; the API server
 * that holds the objects asks it. It is a module of its own so that it can be loaded when the first definition may come.
 */
export const apiExtensions = {
  /** What is wrong with a definition besides its metadata. */
  validate: (definition: CustomResourceDefinition, previous: CustomResourceDefinition | undefined) =>
    validateDefinition(definition, previous, checkRules),
  kinds: customKinds,
  acceptNames,
  withConditions,
  established: ESTABLISHED,
  /** Admission policies are CEL, too, and are loaded along. */
  compilePolicy: (variables: ConstructorParameters<typeof PolicyExpressions>[0]) => new PolicyExpressions(variables),
};
