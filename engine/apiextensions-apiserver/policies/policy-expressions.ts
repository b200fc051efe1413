import type { Environment } from '@marcbachmann/cel-js';
import {
  CelCompileError,
  CelEvaluationError,
  compileProgram,
  createEnvironment,
  fromDynamic,
  type Program,
  toDynamic,
} from '../../cel/index.ts';
import { registerNamespace } from '../../cel/libraries/library.ts';
import { withoutTypeNames } from './type-literals.ts';

/** What one evaluation of a policy may cost, all its expressions together. */
const POLICY_BUDGET = 10_000_000;

/** What expressions of a policy may speak of, as JSON; null for what there is not. */
export interface PolicyInput {
  readonly object: unknown;
  readonly oldObject: unknown;
  readonly request: unknown;
  readonly params: unknown;
  readonly namespaceObject: unknown;
}

interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** A value as JSON, or why there is none. */
type Outcome = { readonly value: unknown } | { readonly error: string };

/** `variables`: each is evaluated when it is first asked for. */
class Variables extends Map<string, unknown> {
  readonly #evaluate: (name: string) => unknown;

  constructor(evaluate: (name: string) => unknown) {
    super();
    this.#evaluate = evaluate;
  }

  override get(name: string): unknown {
    if (!this.has(name)) this.set(name, this.#evaluate(name));
    return super.get(name);
  }
}

const INPUTS = ['object', 'oldObject', 'request', 'params', 'namespaceObject'] as const;

/**
 * The expressions of one admission policy, compiled when first needed.
 * https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression
 */
export class PolicyExpressions {
  readonly #environment: Environment = createPolicyEnvironment();
  readonly #variables: ReadonlyMap<string, string>;
  readonly #programs = new Map<string, Program | CelCompileError>();

  constructor(variables: readonly Variable[]) {
    this.#variables = new Map(variables.map(({ name, expression }) => [name, expression]));
  }

  /** Makes ready to evaluate expressions about one request; they share its variables and its budget. */
  bind(input: PolicyInput): (expression: string, result?: string) => Outcome {
    const budget = { left: POLICY_BUDGET };
    const context: Record<string, unknown> = {};
    for (const name of INPUTS) context[name] = toDynamic(input[name]);
    const evaluate = (expression: string, result?: string): unknown => {
      const program = this.#program(expression, result);
      if (program instanceof CelCompileError) throw program;
      return program.evaluate(context, budget);
    };
    context['variables'] = new Variables((name) => {
      const expression = this.#variables.get(name);
      return expression === undefined ? undefined : evaluate(expression);
    });
    return (expression, result) => {
      try {
        return { value: fromDynamic(evaluate(expression, result)) };
      } catch (error) {
        if (error instanceof CelCompileError)
          return { error: `compilation error: compilation failed: ${error.message}` };
        if (error instanceof CelEvaluationError) return { error: error.message };
        throw error;
      }
    };
  }

  /** Why an expression cannot be compiled; undefined when it can. */
  problem(expression: string, result?: string): string | undefined {
    const program = this.#program(expression, result);
    return program instanceof CelCompileError ? program.message : undefined;
  }

  #program(expression: string, result: string | undefined): Program | CelCompileError {
    const key = `${result ?? ''} ${expression}`;
    let program = this.#programs.get(key);
    if (program === undefined) {
      program = this.#compile(expression, result);
      this.#programs.set(key, program);
    }
    return program;
  }

  #compile(expression: string, result: string | undefined): Program | CelCompileError {
    try {
      return compileProgram(this.#environment, withoutTypeNames(expression), result);
    } catch (error) {
      if (error instanceof CelCompileError) return error;
      throw error;
    }
  }
}

function createPolicyEnvironment(): Environment {
  const environment = createEnvironment();
  for (const name of INPUTS) environment.registerVariable(name, 'dyn');
  environment.registerType('Variables', Variables as never);
  environment.registerVariable('variables', 'Variables');
  registerNamespace(environment, 'jsonpatch', {
    'escapeKey(string): string': (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1'),
  });
  return environment;
}
