import type { DeleteOptions } from '../client/client.ts';
import { CommandError } from './command-error.ts';
import type { ApiResource } from './discovery.ts';
import type { FlagSpec } from './flag.ts';
import type { Invocation } from './invocation.ts';

export const CASCADE_FLAG: FlagSpec = {
  name: 'cascade',
  type: 'string',
  default: 'background',
  bare: 'background',
  help: 'What happens to dependants',
  values: ['background', 'foreground', 'orphan'],
};

/** The flags with which a command that also deletes says how. */
export const DELETION_FLAGS: readonly FlagSpec[] = [
  CASCADE_FLAG,
  { name: 'force', type: 'bool', help: 'Delete what cannot be changed, and make it again' },
  { name: 'grace-period', type: 'int', default: '-1', help: 'Seconds that what is deleted gets to end' },
  { name: 'timeout', type: 'duration', default: '0s', help: 'How long to wait for the end of what is deleted' },
  { name: 'wait', type: 'bool', help: 'Wait until what is deleted is gone' },
];

/** @throws CommandError for a mode that does not exist */
export function propagationPolicy(cascade: string): NonNullable<DeleteOptions['propagationPolicy']> {
  switch (cascade) {
    case 'background':
    case 'true':
      return 'Background';
    case 'foreground':
      return 'Foreground';
    case 'orphan':
    case 'false':
      return 'Orphan';
    default:
      throw new CommandError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`);
  }
}

interface Target {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Asks the server to delete; with `--dry-run=server` only whether it would. Returns what it answers. */
export function requestDeletion(invocation: Invocation, target: Target, options: DeleteOptions): unknown {
  const { resource, namespace, name } = target;
  // With a body the server looks at nothing else, so this is where a dry run has to be said.
  const dryRun = invocation.dryRun === 'server' ? { dryRun: ['All'] } : {};
  return invocation.client.request({
    method: 'DELETE',
    path: invocation.path(resource, namespace, name),
    body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options, ...dryRun },
  }).body;
}

/** What `--cascade` and `--grace-period` ask for. */
export function deleteOptionsOf({ flags }: Invocation): DeleteOptions {
  const grace = flags.int('grace-period');
  return {
    propagationPolicy: propagationPolicy(flags.string('cascade')),
    ...(grace < 0 ? {} : { gracePeriodSeconds: grace }),
  };
}
