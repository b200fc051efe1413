// CEL, the Common Expression Language, as Kubernetes speaks it: https://kubernetes.io/docs/reference/using-api/cel/

export { estimateCost, RULE_COST_LIMIT, TOTAL_COST_LIMIT } from './cost-estimate.ts';
export { type DeclaredType, TypeDeclarations } from './declared-type.ts';
export { DeviceSelectors } from './device.ts';
export { fromDynamic, toDynamic } from './dynamic-value.ts';
export { createEnvironment } from './environment.ts';
export { CelBudgetError, CelCompileError, CelEvaluationError } from './evaluation-error.ts';
export { type Budget, compileProgram, type Program } from './program.ts';
