import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../api/extension-kinds.ts';
import { labelSelectorOf } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/object.ts';
import type { AdmissionRequest, Lookup } from './admission.ts';
import { type Matching, matchesRequest } from './match-resources.ts';
import { inputOf } from './policy-input.ts';
import type { CompilePolicy, Expressions, Outcome } from './policy-port.ts';
import type { AdmissionServices } from './services.ts';

type Policy = ValidatingAdmissionPolicy | MutatingAdmissionPolicy;
type Binding = ValidatingAdmissionPolicyBinding | MutatingAdmissionPolicyBinding;
type MatchResources = NonNullable<NonNullable<Policy['spec']>['matchConstraints']>;

/** One policy as one of its bindings has it judge a request, with one object of parameters. */
export interface Application<P extends Policy, B extends Binding> {
  readonly policy: P;
  readonly binding: B;
  readonly evaluate: (expression: string, result?: string) => Outcome;
  /** Why the policy cannot be applied as it should: no parameters, a condition that fails. */
  readonly problem?: string;
}

/** Finds which policies have a say about requests. */
export class PolicyBindings<P extends Policy, B extends Binding> {
  readonly #plural: string;
  /** The plural of the bindings: without one, no policy has a say. */
  readonly plural: string;
  readonly #services: AdmissionServices;
  readonly #compiled = new WeakMap<object, Expressions>();

  /** @param plural e.g. `validatingadmissionpolicies`; the bindings are its `…policybindings`. */
  constructor(plural: string, services: AdmissionServices) {
    this.#plural = plural;
    this.plural = plural.replace(/ies$/, 'ybindings');
    this.#services = services;
  }

  /** @param current the object as it is by now: those who change it come one after the other. */
  applications(
    request: AdmissionRequest,
    current: () => KubeObject | undefined,
    lookup: Lookup,
  ): Iterable<Application<P, B>> {
    return this.#applications(lookup.all(this.plural) as readonly B[], request, current, lookup);
  }

  *#applications(
    bindings: readonly B[],
    request: AdmissionRequest,
    current: () => KubeObject | undefined,
    lookup: Lookup,
  ): Generator<Application<P, B>, void, void> {
    for (const policy of lookup.all(this.#plural) as readonly P[]) {
      const { spec } = policy;
      if (spec === undefined || !matchesRequest(matching(spec.matchConstraints), request, current(), lookup)) continue;
      for (const binding of bindings) {
        if (binding.spec?.policyName !== policy.metadata.name) continue;
        const { matchResources } = binding.spec;
        if (matchResources !== undefined && !matchesRequest(matching(matchResources), request, current(), lookup))
          continue;
        yield* this.#apply(policy, binding, request, current, lookup);
      }
    }
  }

  *#apply(
    policy: P,
    binding: B,
    request: AdmissionRequest,
    current: () => KubeObject | undefined,
    lookup: Lookup,
  ): Generator<Application<P, B>, void, void> {
    const expressions = this.#expressions(policy);
    const params = this.#params(policy, binding, request);
    if (typeof params === 'string') {
      yield { policy, binding, evaluate: () => ({ error: params }), problem: params };
      return;
    }
    for (const param of params) {
      const evaluate = expressions.bind(inputOf(request, current(), param, lookup));
      const met = conditionsMet(policy, evaluate);
      if (met === false) continue;
      yield { policy, binding, evaluate, ...(met === true ? {} : { problem: met }) };
    }
  }

  #expressions(policy: P): Expressions {
    let expressions = this.#compiled.get(policy);
    if (expressions === undefined) {
      const compile: CompilePolicy | undefined = this.#services.compilePolicy;
      if (compile === undefined) throw new Error('a server without CEL was given a policy');
      expressions = compile((policy.spec?.variables ?? []) as Parameters<CompilePolicy>[0]);
      this.#compiled.set(policy, expressions);
    }
    return expressions;
  }

  /** The objects of parameters (null for a policy without); a text says why there are none. */
  #params({ spec }: P, binding: B, request: AdmissionRequest): readonly (KubeObject | null)[] | string {
    const kind = spec?.paramKind;
    const ref = binding.spec?.paramRef;
    if (kind === undefined || ref === undefined) return [null];
    const all = this.#services.objectsOf(kind.apiVersion ?? '', kind.kind ?? '');
    if (all === undefined)
      return `failed to find resource referenced by paramKind: '${kind.apiVersion}, Kind=${kind.kind}'`;
    const namespace = ref.namespace ?? request.namespace;
    const selector = ref.selector === undefined ? undefined : labelSelectorOf(ref.selector as never);
    const found = all.filter(({ metadata }) => {
      if (metadata.namespace !== undefined && metadata.namespace !== namespace) return false;
      return selector === undefined ? metadata.name === ref.name : selector.matches(metadata.labels);
    });
    if (found.length > 0) return found;
    if (ref.parameterNotFoundAction === 'Allow') return [];
    return 'no params found for policy binding with `Deny` parameterNotFoundAction';
  }
}

function matching(match: MatchResources | undefined): Matching {
  return {
    rules: match?.resourceRules as Matching['rules'],
    excluded: match?.excludeResourceRules as Matching['excluded'],
    namespaceSelector: match?.namespaceSelector as Matching['namespaceSelector'],
    objectSelector: match?.objectSelector as Matching['objectSelector'],
  };
}

/** All conditions must hold; one that cannot be judged is a problem unless another says no. */
function conditionsMet({ spec }: Policy, evaluate: Application<Policy, Binding>['evaluate']): boolean | string {
  let problem: string | undefined;
  for (const { expression } of spec?.matchConditions ?? []) {
    const outcome = evaluate(expression, 'bool');
    if ('error' in outcome) problem ??= outcome.error;
    else if (outcome.value !== true) return false;
  }
  return problem ?? true;
}
