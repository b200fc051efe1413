import { type Status, type StatusCause, StatusError } from '../api/status-error.ts';
import { RequestPending } from '../client/pending-requests.ts';
import { ConnectionError } from '../client/transport.ts';
import { Errno } from '../linux/errno.ts';

/** A failure with kubectl's own words. Printed behind `error: ` unless it is `verbatim`. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;
  readonly verbatim: boolean;

  constructor(message: string, options: { readonly exitCode?: number; readonly verbatim?: boolean } = {}) {
    super(message);
    this.exitCode = options.exitCode ?? 1;
    this.verbatim = options.verbatim ?? false;
  }
}

/** What a kubeconfig holds for its user is of no use: nobody is even asked. */
export class CredentialsError extends CommandError {}

/** Nobody answers where the API server should. */
export class UnreachableError extends CommandError {
  override readonly name = 'CommandError';
  /** What the dialer said, e.g. `dial tcp 10.0.0.10:6443: connect: connection refused`. */
  readonly reason: string;
  /** The same with the request, which is said where more words stand around it: `Get "https://…": dial tcp …`. */
  readonly requestReason: string;

  constructor(host: string, reason: string, request: string) {
    const refused = reason.includes('connection refused');
    super(
      refused
        ? `The connection to the server ${host} was refused - did you specify the right host or port?`
        : `Unable to connect to the server: ${reason}`,
      { verbatim: true },
    );
    this.reason = reason;
    this.requestReason = `${request}: ${reason}`;
  }
}

/** What an error says inside another sentence. */
export function innerMessage(error: Error): string {
  return error instanceof UnreachableError ? error.requestReason : error.message;
}

/** Several failures of one command: each gets its own line. */
export class CommandErrors extends Error {
  override readonly name = 'CommandErrors';
  readonly errors: readonly Error[];

  constructor(errors: readonly Error[]) {
    super(errors.map((error) => error.message).join(', '));
    this.errors = errors;
  }
}

/** Throws what was collected: nothing, the one error, or all of them. */
export function throwCollected(errors: readonly Error[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new CommandErrors(errors);
}

/** Whether an error is one that a command may meet in the ordinary course of things. An answer that takes its time is none. */
export function isExpected(error: unknown): error is Error {
  if (error instanceof RequestPending) return false;
  return (
    error instanceof CommandError ||
    error instanceof CommandErrors ||
    error instanceof StatusError ||
    error instanceof ConnectionError ||
    error instanceof Errno
  );
}

export function isStatus(error: unknown, reason: string): boolean {
  return error instanceof StatusError && error.reason === reason;
}

/** Puts where an object came from before the server's message: `error when creating "x.yaml": …`. */
export function withSource(error: Error, verb: string, source: string): Error {
  if (error instanceof RequestPending) return error;
  const message = `error when ${verb} ${JSON.stringify(source)}: ${error.message}`;
  if (error instanceof StatusError) return new StatusError({ ...error.status, message });
  if (error instanceof CommandErrors) return error;
  return new CommandError(message);
}

/**
 * What kubectl prints on stderr for an error, with its newline.
 * After kubernetes/kubectl pkg/cmd/util/helpers.go (checkErr, StandardErrorMessage).
 */
export function errorText(error: Error): string {
  const text =
    error instanceof StatusError && error.reason === 'Invalid' ? invalidText(error.status) : messageOf(error);
  return text.endsWith('\n') ? text : `${text}\n`;
}

function messageOf(error: Error): string {
  // Only an error that stands alone is announced as one.
  if (error instanceof CommandErrors) {
    return error.errors
      .map((one) => (one instanceof CommandError && one.exitCode === 1 ? one.message : messageOf(one)))
      .join('\n');
  }
  if (error instanceof StatusError) {
    const { reason, message = '' } = error.status;
    if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`;
    return reason === undefined || reason === ''
      ? `Error from server: ${message}`
      : `Error from server (${reason}): ${message}`;
  }
  if (error instanceof CommandError && error.verbatim) return error.message;
  return error.message.startsWith('error: ') ? error.message : `error: ${error.message}`;
}

function invalidText(status: Status): string {
  const { details, message = '' } = status;
  let text = 'The request is invalid';
  if (details === undefined) return message === '' ? text : `${text}: ${message}`;
  const causes = details.causes ?? [];
  if ((details.kind ?? '') !== '' || (details.name ?? '') !== '') {
    text = `The ${details.kind ?? ''} ${JSON.stringify(details.name ?? '')} is invalid`;
  } else if (message !== '' && causes.length === 0) {
    text += `: ${message}`;
  }
  const lines = [...new Set(causes.map(causeText))];
  if (lines.length === 0) return text;
  return lines.length === 1 ? `${text}: ${lines[0]}` : `${text}: \n${lines.map((line) => `* ${line}\n`).join('')}`;
}

function causeText(cause: StatusCause): string {
  return `${cause.field ?? ''}: ${cause.message ?? ''}`;
}
