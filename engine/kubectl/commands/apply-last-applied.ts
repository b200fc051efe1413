import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, fieldManagerFlag, OUTPUT_FLAGS, SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { LAST_APPLIED, lastApplied, withLastApplied } from '../last-applied.ts';
import { givesFiles, readManifests } from '../manifest-files.ts';
import { writeJson } from '../output/json-writer.ts';
import { Report } from '../output/report.ts';
import { collect, type Found, findObjects, locate, NOTHING_GIVEN } from '../resource-finder.ts';
import { withField } from '../unstructured.ts';
import { writeYaml } from '../yaml/yaml-writer.ts';

// What client-side apply remembers of the manifest applied last: looking at it, and putting it right.

export const viewLastApplied: Command = {
  name: 'view-last-applied',
  summary: 'View the latest last-applied-configuration annotations of a resource/object',
  usage: 'apply view-last-applied (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)',
  operand: 'resource',
  flags: [
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    { name: 'all', type: 'bool', help: 'All objects of the kind' },
    { name: 'output', short: 'o', type: 'string', default: 'yaml', help: 'yaml or json', values: ['yaml', 'json'] },
  ],
  *run(invocation) {
    const { flags, streams } = invocation;
    const format = flags.string('output');
    if (format !== 'yaml' && format !== 'json') {
      throw invocation.usageError(`Unexpected -o output mode: ${format}, the flag 'output' must be one of yaml|json`);
    }
    const { found, errors } = yield* findObjects(invocation);
    throwCollected(errors);
    for (const one of found) {
      const applied = lastApplied(one.object);
      if (applied === undefined)
        throw new CommandError(`no last-applied-configuration annotation found on resource: ${one.name}`);
      streams.out(format === 'json' ? `${writeJson(applied, { indent: '  ' })}\n` : writeYaml(applied));
    }
    return 0;
  },
};

export const setLastApplied: Command = {
  name: 'set-last-applied',
  summary: 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
  usage: 'apply set-last-applied -f FILENAME',
  operand: 'none',
  flags: [
    ...FILE_FLAGS.filter(({ name }) => name === 'filename'),
    ...OUTPUT_FLAGS,
    DRY_RUN_FLAG,
    { ...fieldManagerFlag('kubectl-set-last-applied'), hidden: true },
    { name: 'create-annotation', type: 'bool', help: 'Create the annotation where there is none' },
  ],
  *run(invocation) {
    const { flags, process, streams } = invocation;
    if (!givesFiles(flags)) throw new CommandError(NOTHING_GIVEN);
    const { objects, errors: unread } = yield* readManifests(process, streams, flags);
    const report = new Report(invocation);
    const errors: Error[] = [...unread];
    for (const manifest of objects) {
      yield* collect(invocation, errors, () => {
        const { resource, namespace, name } = locate(invocation, manifest);
        const live = invocation.get(resource, name, namespace);
        const inNamespace = withField(manifest.object, ['metadata', 'namespace'], namespace);
        change(invocation, report, { resource, namespace, name, object: live }, withLastApplied(inNamespace as never));
      });
    }
    throwCollected(errors);
    return 0;
  },
};

function change(
  invocation: Invocation,
  report: Report,
  { resource, namespace, name, object }: Found,
  wanted: Found['object'],
): void {
  const present = object.metadata.annotations?.[LAST_APPLIED];
  if (present === undefined && !invocation.flags.bool('create-annotation')) {
    throw new CommandError(
      `no last-applied-configuration annotation found on resource: ${name}, to create the annotation, run the command with --create-annotation`,
    );
  }
  const annotation = wanted.metadata.annotations?.[LAST_APPLIED];
  if (present === annotation) {
    report.done(object, 'configured');
    return;
  }
  const body = { metadata: { annotations: { [LAST_APPLIED]: annotation } } };
  const patched = invocation.dryRun === 'client' ? object : invocation.patch(resource, name, namespace, 'merge', body);
  report.done(patched, 'configured');
}
