import type { Task } from '../sim/index.ts';
import { CommandError } from './command-error.ts';
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

/** Creates a generated object, or prints it with `--dry-run=client -o yaml`. */
export function* generate(invocation: Invocation, object: Unstructured): Task<number> {
  const namespaced = object.kind !== 'Namespace';
  const report = new Report(invocation);
  const given = namespaced && invocation.namespaceGiven ? { namespace: invocation.namespace } : {};
  const shown = { ...object, metadata: { ...object.metadata, ...given } };
  if (invocation.dryRun === 'client') report.done(shown, 'created');
  else report.done(createObject(invocation, shown, namespaced ? invocation.namespace : undefined), 'created');
  return 0;
}

export function createObject(
  invocation: Invocation,
  object: Unstructured,
  namespace: string | undefined,
): Unstructured {
  const { flags } = invocation;
  const placed = (
    namespace === undefined ? object : withField(object, ['metadata', 'namespace'], namespace)
  ) as Unstructured;
  const saved = flags.has('save-config') && flags.bool('save-config') ? withLastApplied(placed) : placed;
  if (invocation.dryRun === 'client') return saved;
  const resource = invocation.discovery.forKind(object.apiVersion, object.kind);
  if (resource === undefined) {
    throw new CommandError(
      `no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}`,
    );
  }
  return invocation.of(resource).create(saved, invocation.writeOptions());
}
