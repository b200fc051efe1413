import { type Status, StatusError } from '../api/status-error.ts';
import type { Task } from '../sim/index.ts';
import { AnswerError } from './answer.ts';
import { withChangeCause } from './change-cause.ts';
import { CommandError, innerMessage, isExpected } from './command-error.ts';
import type { FlagSpec } from './flag.ts';
import { DRY_RUN_FLAG, fieldManagerFlag, OUTPUT_FLAGS, VALIDATE_FLAG } from './global-flags.ts';
import type { Invocation } from './invocation.ts';
import { withLastApplied } from './last-applied.ts';
import { Report } from './output/report.ts';
import { type Unstructured, withField } from './unstructured.ts';

const SAVE_CONFIG_FLAG: FlagSpec = {
  name: 'save-config',
  type: 'bool',
  help: 'Keep the manifest in an annotation, for a later apply',
};

/** For generators whose objects are replaced rather than changed. */
export const APPEND_HASH_FLAG: FlagSpec = {
  name: 'append-hash',
  type: 'bool',
  help: 'Put a hash of the content behind the name',
};

/** Generated kinds that live in no namespace. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  'Namespace',
  'ClusterRole',
  'ClusterRoleBinding',
  'PriorityClass',
]);

/** The flags that every generator takes. */
export const GENERATOR_FLAGS: readonly FlagSpec[] = [
  ...OUTPUT_FLAGS,
  DRY_RUN_FLAG,
  VALIDATE_FLAG,
  SAVE_CONFIG_FLAG,
  fieldManagerFlag('kubectl-create'),
];

/** The one argument of a generator. */
export function oneName(invocation: Invocation): string {
  const args = invocation.argsBeforeDash < 0 ? invocation.args : invocation.args.slice(0, invocation.argsBeforeDash);
  if (args.length !== 1) throw invocation.usageError(`exactly one NAME is required, got ${args.length}`);
  return args[0]!;
}

/**
 * Creates a generated object, or prints it with `--dry-run=client -o yaml`.
 * @param failure what stands before the server's words when it refuses, e.g. `failed to create job: `; each generator
 *   has its own. Without it the error is shown as for any other request.
 */
export function* generate(invocation: Invocation, object: Unstructured, failure?: string): Task<number> {
  const namespaced = !CLUSTER_SCOPED.has(object.kind);
  const report = new Report(invocation, true);
  const given = namespaced && invocation.namespaceGiven ? { namespace: invocation.namespace } : {};
  const shown = { ...object, metadata: { ...object.metadata, ...given } };
  if (invocation.dryRun === 'client') {
    report.done(shown, 'created');
    return 0;
  }
  try {
    const namespace = namespaced ? invocation.namespace : undefined;
    report.done(yield* invocation.patiently(() => createObject(invocation, shown, namespace)), 'created');
    return 0;
  } catch (error) {
    if (failure === undefined || !isExpected(error)) throw error;
    throw new CommandError(`${failure}${error instanceof AnswerError ? error.typedMessage : innerMessage(error)}`);
  }
}

/** The namespace of an object made for another; what is only printed has none unless it is asked for. */
export function generatedNamespace(invocation: Invocation, namespace: string | undefined): string | undefined {
  return invocation.dryRun === 'client' && !invocation.namespaceGiven ? undefined : namespace;
}

export function createObject(
  invocation: Invocation,
  object: Unstructured,
  namespace: string | undefined,
): Unstructured {
  const { flags } = invocation;
  // A review has no name, and a manifest of one need not have any metadata.
  const placed = (
    namespace === undefined
      ? { ...object, metadata: object.metadata ?? {} }
      : withField(object, ['metadata', 'namespace'], namespace)
  ) as Unstructured;
  const saves = flags.has('save-config') && flags.bool('save-config');
  // `run` remembers only what it has really made.
  if (invocation.dryRun === 'client' && invocation.commandPath === 'kubectl run') return placed;
  const caused = withChangeCause(invocation, placed);
  const saved = saves ? withLastApplied(caused) : caused;
  if (invocation.dryRun === 'client') return saved;
  const resource = invocation.discovery.forKind(object.apiVersion, object.kind);
  if (resource === undefined) throw new StatusError(NOT_SERVED);
  return invocation.create(resource, saved, invocation.writeOptions());
}

/** What the answer to a path that nobody serves becomes. */
const NOT_SERVED: Status = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'the server could not find the requested resource',
  reason: 'NotFound',
  code: 404,
};
