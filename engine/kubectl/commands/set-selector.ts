import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { RECURSIVE_FILE_FLAGS } from '../global-flags.ts';
import { Report } from '../output/report.ts';
import { patchFound } from '../patching.ts';
import { collect } from '../resource-finder.ts';
import { findTargets, SET_FLAGS } from '../set-targets.ts';

export const setSelector: Command = {
  name: 'selector',
  summary: 'Set the selector on a resource',
  usage: 'set selector (-f FILENAME | TYPE NAME) EXPRESSIONS',
  examples: ['kubectl set selector service web app=web'],
  operand: 'resource',
  flags: [
    ...SET_FLAGS.filter(({ name }) => !['filename', 'recursive', 'kustomize', 'selector'].includes(name)),
    ...RECURSIVE_FILE_FLAGS,
    { name: 'resource-version', type: 'string', help: 'Only when this is the version now' },
  ],
  *run(invocation) {
    const { args } = invocation;
    const expression = args.at(-1);
    if (expression === undefined) {
      throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    }
    const pairs = expression.split(',').map((text) => text.split(/==?/));
    if (pairs.some((pair) => pair.length !== 2)) {
      throw new CommandError(`couldn't parse the selector string ${JSON.stringify(expression)}`);
    }
    const { found, errors: missing } = yield* findTargets(invocation, args.slice(0, -1));
    const report = new Report(invocation, true);
    const errors: Error[] = [...missing];
    for (const one of found) {
      yield* collect(invocation, errors, () => {
        const { resource, object } = one;
        if (resource.kind !== 'Service') {
          throw new CommandError('setting a selector is only supported for Services');
        }
        const before = Object.keys((object['spec'] as { selector?: object } | undefined)?.selector ?? {});
        const selector = { ...Object.fromEntries(before.map((key) => [key, null])), ...Object.fromEntries(pairs) };
        const resourceVersion = invocation.flags.string('resource-version');
        const metadata = resourceVersion === '' ? {} : { metadata: { resourceVersion } };
        report.done(patchFound(invocation, one, 'merge', { ...metadata, spec: { selector } }), 'selector updated');
      });
    }
    throwCollected(errors);
    return 0;
  },
};
