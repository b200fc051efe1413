import type { Environment } from '@marcbachmann/cel-js';
import { CelEvaluationError } from '../evaluation-error.ts';

/** Functions by signature: `string.find(string): string`. The receiver is the first argument. */
// biome-ignore lint/suspicious/noExplicitAny: the library has checked the arguments against the signature
export type Functions = Readonly<Record<string, (...args: any[]) => unknown>>;

export function registerAll(environment: Environment, functions: Functions): void {
  for (const [signature, handler] of Object.entries(functions)) {
    // Without this the library would expect promises.
    environment.registerFunction(signature, { handler, async: false } as never);
  }
}

/** A name before a dot that stands for no value: `sets.contains(a, b)`. */
export function registerNamespace(environment: Environment, name: string, functions: Functions): void {
  const type = `${name}Namespace`;
  class Namespace {}
  environment.registerType(type, { ctor: Namespace, fields: {} });
  environment.registerConstant(name, type, new Namespace());
  const methods = Object.entries(functions).map(
    ([signature, handler]) => [`${type}.${signature}`, (_: unknown, ...args: unknown[]) => handler(...args)] as const,
  );
  registerAll(environment, Object.fromEntries(methods));
}

export function refuse(words: string): never {
  throw new CelEvaluationError(words);
}
