import { StatusError } from '../../api/status-error.ts';
import { RECORD_FLAG, withChangeCause } from '../change-cause.ts';
import type { Command } from '../command.ts';
import { isExpected, throwCollected } from '../command-error.ts';
import { type ApiResource, resourceName } from '../discovery.ts';
import { editObject, type Problem } from '../editing.ts';
import type { FlagSpec } from '../flag.ts';
import { FILE_FLAGS, fieldManagerFlag, OUTPUT_FLAGS, VALIDATE_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { LAST_APPLIED, withLastApplied } from '../last-applied.ts';
import { writeJson } from '../output/json-writer.ts';
import { Report } from '../output/report.ts';
import { type Found, findObjects } from '../resource-finder.ts';
import { isBuiltIn, schemaName } from '../schema-name.ts';
import { jsonThreeWayPatch, strategicThreeWayPatch } from '../three-way-merge.ts';
import { isObject, sameJson, type Unstructured, withField } from '../unstructured.ts';

/** Nothing to do for us: every machine here ends its lines as Unix does. */
export const LINE_ENDINGS_FLAG: FlagSpec = {
  name: 'windows-line-endings',
  type: 'bool',
  help: 'Not of use on this machine',
  hidden: true,
};

export const edit: Command = {
  name: 'edit',
  summary: 'Edit a resource on the server',
  section: 'Basic Commands (Intermediate)',
  usage: 'edit (RESOURCE/NAME | -f FILENAME)',
  help: 'Opens the object in the editor named by KUBE_EDITOR or EDITOR (nano unless told) and saves what changed',
  examples: ['kubectl edit deployment web', 'KUBE_EDITOR=vi kubectl edit deploy/web'],
  operand: 'resource',
  flags: [
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-edit'),
    RECORD_FLAG,
    LINE_ENDINGS_FLAG,
    { name: 'output-patch', type: 'bool', help: 'Show the patch that was sent' },
    { name: 'save-config', type: 'bool', help: 'Keep the object in an annotation, for a later apply' },
    { name: 'subresource', type: 'string', help: 'Edit this subresource', values: ['status'] },
  ],
  *run(invocation) {
    const { found, errors } = yield* findObjects(invocation, { listAll: true });
    throwCollected(errors);
    const report = new Report(invocation);
    for (const one of found) {
      const original = editable(invocation, one.object);
      yield* editObject(invocation, original, (edited) => save(invocation, report, one, original, edited));
    }
    return 0;
  },
};

/** The object as it is shown: without what nobody edits. */
function editable({ flags }: Invocation, object: Unstructured): Unstructured {
  if (flags.bool('show-managed-fields')) return object;
  return withField(object, ['metadata', 'managedFields'], undefined) as unknown as Unstructured;
}

function save(
  invocation: Invocation,
  report: Report,
  { resource, name, namespace }: Found,
  original: Unstructured,
  edited: Readonly<Record<string, unknown>>,
): Problem | undefined {
  const { flags, streams } = invocation;
  if (Object.keys(patchOf(resource, original, edited)).length === 0 && !flags.bool('save-config')) {
    streams.err('Edit cancelled, no changes made.\n');
    return undefined;
  }
  const recorded = withChangeCause(invocation, edited as unknown as Unstructured);
  const patch = patchOf(resource, original, flags.bool('save-config') ? withLastApplied(recorded) : recorded);
  const subresource = flags.string('subresource');
  try {
    const type = isBuiltIn(resource) ? 'strategic-merge' : 'merge';
    if (flags.bool('output-patch')) streams.out(`Patch: ${writeJson(patch)}\n`);
    const options = subresource === '' ? {} : { subresource };
    const saved = invocation.patch(resource, name, namespace, type, patch, options);
    report.done(saved, 'edited');
    return undefined;
  } catch (error) {
    if (!isExpected(error)) throw error;
    return problemOf(resource, name, error);
  }
}

function patchOf(resource: ApiResource, original: Unstructured, edited: Readonly<Record<string, unknown>>) {
  if (sameJson(original, edited)) return {};
  const patch = isBuiltIn(resource)
    ? strategicThreeWayPatch(schemaName(resource), original, edited, original)
    : jsonThreeWayPatch(original, edited, original);
  // Client-side apply's own note follows what was applied, not what was edited.
  const annotations = isObject(patch.metadata) ? patch.metadata.annotations : undefined;
  return isObject(annotations) && annotations[LAST_APPLIED] === null
    ? withField(patch, ['metadata', 'annotations', LAST_APPLIED], undefined)
    : patch;
}

/** After kubernetes/kubectl pkg/cmd/util/editor/editoptions.go (recordError). */
function problemOf(resource: ApiResource, name: string, error: Error): Problem {
  const what = `${resourceName(resource)} ${JSON.stringify(name)}`;
  if (error instanceof StatusError && error.reason === 'Invalid') {
    const causes = (error.status.details?.causes ?? []).map(
      ({ field = '', message = '' }) => `# * ${field}: ${message}\n`,
    );
    return { stderr: `error: ${what} is invalid\n`, comment: `# ${what} was not valid:\n${causes.join('')}#\n` };
  }
  const comment = `# ${what} was not valid:\n# * ${error.message.replaceAll('\n', '\n# ')}\n#\n`;
  return {
    stderr: `error: ${what} could not be patched: ${error.message}\nYou can run \`kubectl replace -f\` to try this update again.\n`,
    comment,
  };
}
