import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import type { Found } from '../resource-finder.ts';
import { progressViewer } from '../rollout-progress.ts';
import { rolloutTargets, TARGET_FLAGS } from '../rollout-targets.ts';
import { openWatch, receiveUntil } from '../stream.ts';
import type { Unstructured } from '../unstructured.ts';

export const rolloutStatus: Command = {
  name: 'status',
  summary: 'Show the status of the rollout',
  usage: 'rollout status (TYPE NAME | TYPE/NAME) [flags]',
  operand: 'rollout-target',
  flags: [
    ...TARGET_FLAGS,
    { name: 'watch', short: 'w', type: 'bool', default: 'true', help: 'Watch until the rollout is done' },
    { name: 'timeout', type: 'duration', default: '0s', help: 'How long to watch; 0 means as long as it takes' },
    { name: 'revision', type: 'int', default: '0', help: 'Watch this revision' },
  ],
  *run(invocation) {
    const { flags } = invocation;
    const { found, errors } = yield* rolloutTargets(invocation);
    if (errors.length > 0) throw errors[0];
    const timeoutMs = flags.duration('timeout');
    const deadlineMs = timeoutMs > 0 ? invocation.now() + timeoutMs : Number.POSITIVE_INFINITY;
    for (const one of found) yield* follow(invocation, one, deadlineMs);
    return 0;
  },
};

function* follow(invocation: Invocation, found: Found, deadlineMs: number): Task<void> {
  const { resource, namespace, name } = found;
  const progressOf = progressViewer(resource.kind);
  if (progressOf === undefined) {
    throw new CommandError(`no status viewer has been implemented for ${resource.kind}`);
  }
  const { streams, flags } = invocation;
  let progress = progressOf(found.object, invocation);
  streams.out(progress.message);
  if (progress.done || !flags.bool('watch')) return;
  yield* streams.flush();
  const { resourceVersion } = found.object.metadata;
  const query = { watch: 'true', resourceVersion, fieldSelector: `metadata.name=${name}` };
  const response = invocation.client.request({ method: 'GET', path: invocation.path(resource, namespace), query });
  const stream = openWatch(response.watch!);
  try {
    while (!progress.done) {
      const result = yield* receiveUntil(stream, invocation.process, deadlineMs);
      if (result === 'timeout') throw new CommandError('timed out waiting for the condition');
      if (result === 'ended') throw new CommandError('watch closed before UntilWithoutRetry timeout');
      if (result.item.type === 'DELETED') throw new CommandError('object has been deleted');
      if (result.item.type === 'BOOKMARK') continue;
      progress = progressOf(result.item.object as unknown as Unstructured, invocation);
      streams.out(progress.message);
      yield* streams.flush();
    }
  } finally {
    stream.close();
  }
}
