/** What expressions of a policy may speak of, as JSON; null for what there is not. */
export interface PolicyInput {
  readonly object: unknown;
  readonly oldObject: unknown;
  readonly request: unknown;
  readonly params: unknown;
  readonly namespaceObject: unknown;
}

/** A value as JSON, or why there is none. */
export type Outcome = { readonly value: unknown } | { readonly error: string };

/** The expressions of one policy. */
export interface Expressions {
  /** Makes ready to evaluate expressions about one request; `result` is the type they must have. */
  bind(input: PolicyInput): (expression: string, result?: string) => Outcome;
  /** Why an expression cannot be compiled; undefined when it can. */
  problem(expression: string, result?: string): string | undefined;
}

/** The port to CEL. It is loaded late, with the extensions API: until a policy comes, nobody asks. */
export type CompilePolicy = (
  variables: readonly { readonly name: string; readonly expression: string }[],
) => Expressions;
