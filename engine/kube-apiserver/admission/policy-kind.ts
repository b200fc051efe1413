import type { KindDescriptor } from '../../api/descriptor.ts';
import type { FieldError } from '../../api/field-error.ts';
import { invalid } from '../../api/field-errors.ts';
import type { KubeObject } from '../../api/object.ts';
import type { CompilePolicy } from './policy-port.ts';

interface Expression {
  readonly expression?: string;
  readonly messageExpression?: string;
  readonly valueExpression?: string;
}

/** The parts of policies and webhook configurations that hold CEL. */
interface Expressive extends KubeObject {
  readonly spec?: {
    readonly variables?: readonly (Expression & { readonly name: string })[];
    readonly matchConditions?: readonly Expression[];
    readonly validations?: readonly Expression[];
    readonly auditAnnotations?: readonly Expression[];
    readonly mutations?: readonly { readonly jsonPatch?: Expression; readonly applyConfiguration?: Expression }[];
  };
  readonly webhooks?: readonly { readonly matchConditions?: readonly Expression[] }[];
}

/** A kind of `admissionregistration.k8s.io` as a server serves it that can compile what it holds. */
export function policyKind(kind: KindDescriptor, compile: CompilePolicy): KindDescriptor {
  if (kind.group !== 'admissionregistration.k8s.io') return kind;
  return {
    ...kind,
    validateCreate: (object) => [...kind.validateCreate(object), ...compileAll(object as Expressive, compile)],
    validateUpdate: (next, previous, context) => [
      ...kind.validateUpdate(next, previous, context),
      ...(context.status ? [] : compileAll(next as Expressive, compile)),
    ],
  };
}

function compileAll({ spec, webhooks = [] }: Expressive, compile: CompilePolicy): readonly FieldError[] {
  const errors: FieldError[] = [];
  const expressions = compile([]);
  const check = (field: string, expression: string | undefined, result?: string) => {
    if (expression === undefined || expression.trim() === '') return;
    const why = expressions.problem(expression, result);
    if (why !== undefined) errors.push(invalid(field, expression, `compilation failed: ${why}`));
  };
  const conditions = (at: string, list: readonly Expression[] = []) => {
    for (const [index, { expression }] of list.entries()) check(`${at}[${index}].expression`, expression, 'bool');
  };
  conditions('spec.matchConditions', spec?.matchConditions);
  for (const [index, { matchConditions }] of webhooks.entries()) {
    conditions(`webhooks[${index}].matchConditions`, matchConditions);
  }
  for (const [index, { expression }] of (spec?.variables ?? []).entries()) {
    check(`spec.variables[${index}].expression`, expression);
  }
  for (const [index, { expression, messageExpression }] of (spec?.validations ?? []).entries()) {
    check(`spec.validations[${index}].expression`, expression, 'bool');
    check(`spec.validations[${index}].messageExpression`, messageExpression, 'string');
  }
  for (const [index, { valueExpression }] of (spec?.auditAnnotations ?? []).entries()) {
    check(`spec.auditAnnotations[${index}].valueExpression`, valueExpression);
  }
  for (const [index, { jsonPatch, applyConfiguration }] of (spec?.mutations ?? []).entries()) {
    check(`spec.mutations[${index}].jsonPatch.expression`, jsonPatch?.expression);
    check(`spec.mutations[${index}].applyConfiguration.expression`, applyConfiguration?.expression);
  }
  return errors;
}
