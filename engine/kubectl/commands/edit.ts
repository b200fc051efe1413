import { StatusError } from '../../api/status-error.ts';
import { Errno } from '../../linux/errno.ts';
import { decode } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, isExpected, throwCollected } from '../command-error.ts';
import { type ApiResource, resourceName } from '../discovery.ts';
import { FILE_FLAGS, fieldManagerFlag, VALIDATE_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { LAST_APPLIED } from '../last-applied.ts';
import { findProgram } from '../local-program.ts';
import { objectName } from '../output/object-printer.ts';
import { type Found, findObjects } from '../resource-finder.ts';
import { isBuiltIn, schemaName } from '../schema-name.ts';
import { jsonThreeWayPatch, strategicThreeWayPatch } from '../three-way-merge.ts';
import { isObject, sameJson, type Unstructured, withField } from '../unstructured.ts';
import { ManifestError, readManifest } from '../yaml/yaml-reader.ts';
import { writeYaml } from '../yaml/yaml-writer.ts';

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

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
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-edit'),
    { name: 'output', short: 'o', type: 'string', help: 'Not the form of the file', hidden: true },
  ],
  *run(invocation) {
    const { found, errors } = yield* findObjects(invocation);
    throwCollected(errors);
    for (const one of found) yield* editOne(invocation, one);
    return 0;
  },
};

/** What the editor is opened with: the file, and what was wrong with it the last time. */
function* editOne(invocation: Invocation, found: Found): Task<void> {
  const { process, streams } = invocation;
  const original = editable(found.object);
  const originalText = writeYaml(original);
  const path = `/tmp/kubectl-edit-${process.pid}-${found.resource.singular}.yaml`;
  let header = HEADER;
  let text = originalText;
  let failed = false;
  for (;;) {
    process.writeFile(path, header + text, { mode: 0o600 });
    yield* openEditor(invocation, path);
    const edited = withoutComments(decode(process.readFile(path)));
    if (edited.trim() === '') return cancel(invocation, path, 'Edit cancelled, saved file was empty.');
    if (failed && edited === text) {
      streams.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`);
      throw new CommandError('Edit cancelled, no valid changes were saved.');
    }
    if (edited === originalText) return cancel(invocation, path, 'Edit cancelled, no changes made.');
    text = edited;
    const problem = save(invocation, found, original, edited);
    if (problem === undefined) {
      process.unlink(path);
      return;
    }
    if (problem.stderr !== '') streams.err(problem.stderr);
    yield* streams.flush();
    header = `${HEADER}${problem.comment}`;
    failed = true;
  }
}

/** The object as it is shown: without what nobody edits. */
function editable(object: Unstructured): Unstructured {
  return withField(object, ['metadata', 'managedFields'], undefined) as unknown as Unstructured;
}

function cancel({ process, streams }: Invocation, path: string, message: string): void {
  process.unlink(path);
  streams.err(`${message}\n`);
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}

interface Problem {
  readonly stderr: string;
  /** Lines for the top of the file. */
  readonly comment: string;
}

function save(
  invocation: Invocation,
  { resource, name, namespace }: Found,
  original: Unstructured,
  text: string,
): Problem | undefined {
  let edited: unknown;
  try {
    edited = readManifest(text);
    if (!isObject(edited)) throw new ManifestError('the edited file is not an object');
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    const reason = error.message.replace('error converting YAML to JSON: ', '');
    return {
      stderr: '',
      comment: `# The edited file had a syntax error: error parsing edited-file: error converting YAML to JSON: ${reason}\n#\n`,
    };
  }
  const patch = patchOf(resource, original, edited);
  if (Object.keys(patch).length === 0) {
    invocation.streams.err('Edit cancelled, no changes made.\n');
    return undefined;
  }
  try {
    const type = isBuiltIn(resource) ? 'strategic-merge' : 'merge';
    const saved = invocation.patch(resource, name, namespace, type, patch);
    invocation.streams.out(`${objectName(saved)} edited\n`);
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

/** Runs the editor on this terminal and waits for it. */
function* openEditor(invocation: Invocation, path: string): Task<void> {
  const { process } = invocation;
  const command = process.env.KUBE_EDITOR || process.env.EDITOR || 'nano';
  const [program = '', ...args] = command.split(/\s+/).filter(Boolean);
  yield* invocation.streams.flush();
  let pid: number;
  try {
    pid = process.spawn({ path: findProgram(process, program), argv: [program, ...args, path] });
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CommandError(`unable to launch the editor ${JSON.stringify(command)}`);
  }
  const ended = yield* process.waitpid(pid);
  if (ended?.status.kind === 'exited' && ended.status.code === 0) return;
  throw new CommandError(`there was a problem with the editor ${JSON.stringify(command)}`);
}
