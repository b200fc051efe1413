import { Errno } from '../linux/errno.ts';
import { decode } from '../linux/stdio.ts';
import type { Task } from '../sim/index.ts';
import { CommandError } from './command-error.ts';
import type { Invocation } from './invocation.ts';
import { findProgram } from './local-program.ts';
import { writeJson } from './output/json-writer.ts';
import { isObject } from './unstructured.ts';
import { ManifestError, readManifest } from './yaml/yaml-reader.ts';
import { writeYaml } from './yaml/yaml-writer.ts';

// An object in the editor of this terminal, until it can be saved or nothing more is changed.
// After kubernetes/kubectl pkg/cmd/util/editor/editoptions.go.

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

/** Why an edited object could not be saved. */
export interface Problem {
  readonly stderr: string;
  /** Lines for the top of the file. */
  readonly comment: string;
  /** Whether the error ends the command instead of opening the editor again. */
  readonly fatal?: Error;
}

export type Save = (edited: Readonly<Record<string, unknown>>) => Problem | undefined;

/**
 * Opens the editor with an object, and again for as long as what comes back cannot be saved.
 * @throws CommandError when the user gives up or no editor can be started
 */
export function* editObject(invocation: Invocation, object: unknown, save: Save): Task<void> {
  const { process, streams, flags } = invocation;
  const asJson = flags.string('output') === 'json';
  const originalText = asJson ? `${writeJson(object, { indent: '    ' })}\n` : writeYaml(object);
  const path = `/tmp/kubectl-edit-${process.pid}.${asJson ? 'json' : 'yaml'}`;
  let header = HEADER;
  let text = originalText;
  let failed = false;
  for (;;) {
    process.writeFile(path, header + text, { mode: 0o600 });
    yield* openEditor(invocation, path);
    const edited = withoutComments(decode(process.readFile(path)));
    if (edited.trim() === '') return cancel(invocation, path, 'Edit cancelled, saved file was empty.');
    if (failed && edited === text) {
      streams.err(copyStored(path));
      throw new CommandError('Edit cancelled, no valid changes were saved.');
    }
    if (edited === originalText) return cancel(invocation, path, 'Edit cancelled, no changes made.');
    text = edited;
    const problem = yield* invocation.patiently(() => parseAndSave(edited, save));
    if (problem === undefined) {
      process.unlink(path);
      return;
    }
    if (problem.fatal !== undefined) {
      streams.err(copyStored(path));
      throw problem.fatal;
    }
    streams.err(problem.stderr);
    yield* streams.flush();
    header = `${HEADER}${problem.comment}`;
    failed = true;
  }
}

function copyStored(path: string): string {
  return `A copy of your changes has been stored to ${JSON.stringify(path)}\n`;
}

function parseAndSave(text: string, save: Save): Problem | undefined {
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
  return save(edited);
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

/** Runs the editor on this terminal and waits for it. */
function* openEditor(invocation: Invocation, path: string): Task<void> {
  const { process } = invocation;
  const command = process.env.KUBE_EDITOR || process.env.EDITOR || 'nano';
  // What has quotes or a backslash in it is the shell's to read.
  const words = /["'\\]/.test(command)
    ? ['sh', '-c', `${command} ${JSON.stringify(path)}`]
    : [...command.split(/\s+/).filter(Boolean), path];
  yield* invocation.streams.flush();
  let pid: number;
  try {
    pid = process.spawn({ path: findProgram(process, words[0]!), argv: words });
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CommandError(`unable to launch the editor ${JSON.stringify(command)}`);
  }
  const ended = yield* process.waitpid(pid);
  if (ended?.status.kind === 'exited' && ended.status.code === 0) return;
  throw new CommandError(`there was a problem with the editor ${JSON.stringify(command)}`);
}
