import { isExpected } from '../kubectl/command-error.ts';

/** A failure in helm's own words; printed behind `Error: `. */
export class HelmError extends Error {
  override readonly name = 'HelmError';
}

/** Whether an error is one that helm may meet in the ordinary course of things. */
export function isFailure(error: unknown): error is Error {
  return error instanceof HelmError || isExpected(error);
}

/** The same failure behind what it put an end to: `INSTALLATION FAILED: …`. Anything else is given back as it is. */
export function failedAt(what: string, error: unknown): unknown {
  return isFailure(error) ? new HelmError(`${what}: ${error.message}`) : error;
}
