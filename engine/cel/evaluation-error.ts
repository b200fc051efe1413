/** What evaluating an expression may end in, besides a value. */
export class CelEvaluationError extends Error {
  override readonly name = 'CelEvaluationError';
}

/** An expression that took more steps than it may: whatever it would have said is not known. */
export class CelBudgetError extends CelEvaluationError {}

/** An expression that cannot be compiled; the message is that of cel-go, with the line and a mark below it. */
export class CelCompileError extends Error {
  override readonly name = 'CelCompileError';
}
