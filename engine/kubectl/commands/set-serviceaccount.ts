import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { isLocal } from '../manifest-files.ts';
import { SET_FLAGS, setInPodSpecs } from '../set-targets.ts';

const WORDS = { done: 'serviceaccount updated', failed: 'failed to patch ServiceAccountName' };

export const setServiceAccount: Command = {
  name: 'serviceaccount',
  aliases: ['sa'],
  summary: 'Update the service account of a resource',
  usage: 'set serviceaccount (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT',
  examples: ['kubectl set serviceaccount deployment web builder'],
  operand: 'resource',
  flags: SET_FLAGS.filter(({ name }) => name !== 'selector'),
  *run(invocation) {
    const account = invocation.args.at(-1);
    if (account === undefined) throw new CommandError('serviceaccount is required');
    const resources = invocation.args.slice(0, -1);
    return yield* setInPodSpecs(invocation, resources, WORDS, () => ({
      // The old name of the field is the server's to fill.
      ...(isLocal(invocation) ? {} : { serviceAccount: account }),
      serviceAccountName: account,
    }));
  },
};
