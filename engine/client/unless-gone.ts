import { StatusError } from '../api/status-error.ts';

/** The answer, or undefined when the server says that the object does not exist: it has gone meanwhile. */
export function unlessGone<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) return undefined;
    throw error;
  }
}
