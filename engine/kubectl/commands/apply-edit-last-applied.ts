import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { editObject } from '../editing.ts';
import { FILE_FLAGS, fieldManagerFlag, OUTPUT_FLAGS, VALIDATE_FLAG } from '../global-flags.ts';
import { LAST_APPLIED, lastApplied } from '../last-applied.ts';
import { writeJson } from '../output/json-writer.ts';
import { Report } from '../output/report.ts';
import { findObjects } from '../resource-finder.ts';
import type { Unstructured } from '../unstructured.ts';
import { LINE_ENDINGS_FLAG } from './edit.ts';

export const editLastApplied: Command = {
  name: 'edit-last-applied',
  summary: 'Edit latest last-applied-configuration annotations of a resource/object',
  usage: 'apply edit-last-applied (RESOURCE/NAME | -f FILENAME)',
  operand: 'resource',
  flags: [
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-client-side-apply'),
    LINE_ENDINGS_FLAG,
  ],
  *run(invocation) {
    const { found, errors } = yield* findObjects(invocation);
    throwCollected(errors);
    const report = new Report(invocation);
    for (const { resource, name, namespace, object } of found) {
      const applied = lastApplied(object);
      if (applied === undefined) {
        throw new CommandError(
          'no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`',
        );
      }
      yield* editObject(invocation, applied, (edited) => {
        const body = { metadata: { annotations: { [LAST_APPLIED]: `${writeJson(edited)}\n` } } };
        invocation.patch(resource, name, namespace, 'merge', body);
        report.done(edited as unknown as Unstructured, 'edited');
        return undefined;
      });
    }
    return 0;
  },
};
