import type { PatchType } from '../../client/client.ts';
import { decode, encode } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import { causePatch, isRecorded, RECORD_FLAG } from '../change-cause.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, fieldManagerFlag, LOCAL_FLAG, OUTPUT_FLAGS } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { Report } from '../output/report.ts';
import { patchFound } from '../patching.ts';
import { collect, findObjects } from '../resource-finder.ts';
import { sameJson, withField } from '../unstructured.ts';
import { readWhole } from '../whole-file.ts';
import { ManifestError, readManifest } from '../yaml/yaml-reader.ts';

const TYPES: Readonly<Record<string, PatchType>> = { json: 'json', merge: 'merge', strategic: 'strategic-merge' };

export const patch: Command = {
  name: 'patch',
  summary: 'Update fields of a resource',
  section: 'Advanced Commands',
  usage: 'patch (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  examples: [`kubectl patch deployment web -p '{"spec":{"replicas":2}}'`],
  operand: 'resource',
  flags: [
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    RECORD_FLAG,
    DRY_RUN_FLAG,
    fieldManagerFlag('kubectl-patch'),
    { name: 'patch', short: 'p', type: 'string', help: 'The patch, as JSON or YAML' },
    { name: 'patch-file', type: 'string', help: 'A file with the patch' },
    {
      name: 'type',
      type: 'string',
      default: 'strategic',
      help: 'The kind of patch',
      values: ['json', 'merge', 'strategic'],
    },
    { name: 'subresource', type: 'string', help: 'Patch this subresource', values: ['status', 'scale'] },
    LOCAL_FLAG,
  ],
  *run(invocation) {
    const { flags } = invocation;
    const type = TYPES[flags.string('type').toLowerCase()];
    if (type === undefined) {
      throw new CommandError(
        `--type must be one of [json merge strategic], not ${JSON.stringify(flags.string('type'))}`,
      );
    }
    const body = yield* readPatch(invocation);
    const { found, errors: missing } = yield* findObjects(invocation);
    if (found.length === 0 && missing.length === 0) throw new CommandError('no objects passed to patch');
    const report = new Report(invocation);
    const errors: Error[] = [...missing];
    for (const one of found) {
      yield* collect(invocation, errors, () => {
        const subresource = flags.string('subresource');
        const patched = patchFound(invocation, one, type, body, subresource === '' ? {} : { subresource });
        if (isRecorded(invocation)) patchFound(invocation, one, 'merge', causePatch(invocation));
        report.done(patched, sameExceptVersion(one.object, patched) ? 'patched (no change)' : 'patched');
      });
    }
    throwCollected(errors);
    return 0;
  },
};

function* readPatch(invocation: Invocation): Task<unknown> {
  const { flags, process } = invocation;
  const file = flags.string('patch-file');
  if (flags.changed('patch') && file !== '') throw new CommandError('cannot specify --patch and --patch-file together');
  if (!flags.changed('patch') && file === '') {
    throw new CommandError('must specify --patch or --patch-file containing the contents of the patch');
  }
  if (file !== '' && !process.access(file, 'exists'))
    throw new CommandError(`unable to read patch file: open ${file}: no such file or directory`);
  const text = file === '' ? flags.string('patch') : decode(yield* readWhole(process, file));
  // What begins like an object of JSON is no YAML, whatever it goes on like.
  if (/^\s*\{/.test(text)) return readJson(text);
  try {
    const patch = readManifest(text);
    // A bare word is a text, which the server refuses as one.
    return typeof patch === 'string' ? encode(JSON.stringify(patch)) : patch;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    // What looks like JSON is the server's to refuse.
    if (/^\s*[[{]/.test(text)) return encode(text);
    throw new CommandError(
      `unable to parse ${JSON.stringify(text)}: ${error.message.replace('error converting YAML to JSON: ', '')}`,
    );
  }
}

/** What is not JSON is the server's to refuse. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return encode(text);
  }
}

/** The server answers a patch that changes nothing with the object as it was. */
function sameExceptVersion(before: unknown, after: unknown): boolean {
  const bare = (value: unknown) => withField(value, ['metadata', 'managedFields'], undefined);
  return sameJson(bare(before), bare(after));
}
