import { CommandError, innerMessage, isExpected, UnreachableError } from './command-error.ts';
import { fieldValidation, type Invocation } from './invocation.ts';
import { serverTarget } from './kubeconfig.ts';
import type { Manifests } from './manifest-files.ts';

/** Whether `--validate` asks for anything to be checked. @throws CommandError for a value it does not take */
export function validates({ flags }: Invocation): boolean {
  return fieldValidation(flags.string('validate')) !== 'Ignore';
}

/**
 * Validation comes before anything else that is done with manifests, and wants to know the kinds: it is there that a
 * missing server is noticed, once.
 *
 * @throws CommandError
 */
export function requireSchema(invocation: Invocation, { objects: [first] }: Manifests): void {
  const { config, flags } = invocation;
  if (first === undefined || !validates(invocation)) return;
  try {
    invocation.discovery.groupVersions();
  } catch (error) {
    if (!isExpected(error)) throw error;
    if (!(error instanceof UnreachableError) || error.reason === 'EOF')
      throw new CommandError(`unable to recognize ${JSON.stringify(first.source)}: ${innerMessage(error)}`);
    const { server } = serverTarget(config, flags);
    throw new CommandError(
      `error validating ${JSON.stringify(first.source)}: error validating data: failed to download openapi: ` +
        `Get "${server}/openapi/v2?timeout=32s": ${error.reason}; ` +
        'if you choose to ignore these errors, turn validation off with --validate=false',
    );
  }
}
