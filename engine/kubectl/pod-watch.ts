import type { Pod } from '../api/kinds.ts';
import { pods } from '../api/resources.ts';
import type { Task } from '../sim/index.ts';
import { CommandError } from './command-error.ts';
import type { Invocation } from './invocation.ts';
import { openWatch, receiveUntil } from './stream.ts';

/**
 * Watches a Pod until it is as wanted, and returns it then.
 *
 * @param deadlineMs on this machine's clock; Infinity waits for ever
 * @throws CommandError when the time is over or the Pod is deleted
 */
export function* waitForPod(
  invocation: Invocation,
  pod: Pod,
  deadlineMs: number,
  done: (pod: Pod) => boolean,
): Task<Pod> {
  const { name, namespace } = pod.metadata;
  const current = invocation.get(pods, name, namespace) as unknown as Pod;
  if (done(current)) return current;
  yield* invocation.streams.flush();
  const stream = openWatch(
    invocation.client.request({
      method: 'GET',
      path: invocation.path(pods, namespace),
      query: {
        watch: 'true',
        resourceVersion: current.metadata.resourceVersion,
        fieldSelector: `metadata.name=${name}`,
      },
    }).watch!,
  );
  try {
    for (;;) {
      const result = yield* receiveUntil(stream, invocation.process, deadlineMs);
      if (result === 'timeout' || result === 'ended') throw new CommandError('timed out waiting for the condition');
      if (result.item.type === 'DELETED') throw new CommandError(`pods ${JSON.stringify(name)} not found`);
      if (done(result.item.object as unknown as Pod)) return result.item.object as unknown as Pod;
      yield* invocation.streams.flush();
    }
  } finally {
    stream.close();
  }
}
