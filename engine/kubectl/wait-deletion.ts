import type { Task } from '../sim/index.ts';
import { CommandError, isStatus } from './command-error.ts';
import { type ApiResource, resourceName } from './discovery.ts';
import type { Invocation } from './invocation.ts';
import { openWatch, receiveUntil } from './stream.ts';

interface Target {
  readonly resource: ApiResource;
  readonly namespace: string | undefined;
  readonly name: string;
}

/**
 * Waits until an object is gone, or another one has taken its name.
 *
 * @param uid of the object; empty when any object of that name counts
 * @throws CommandError at `deadlineMs` (of the machine's clock)
 */
export function* waitUntilGone(invocation: Invocation, target: Target, uid: string, deadlineMs: number): Task<void> {
  const { resource, namespace, name } = target;
  for (;;) {
    const resourceVersion = yield* invocation.patiently(() => versionWhileThere(invocation, target, uid));
    if (resourceVersion === undefined) return;
    yield* invocation.streams.flush();
    const response = invocation.client.request({
      method: 'GET',
      path: invocation.path(resource, namespace),
      query: { watch: 'true', resourceVersion, fieldSelector: `metadata.name=${name}` },
    });
    const stream = openWatch(response.watch!);
    try {
      for (;;) {
        const result = yield* receiveUntil(stream, invocation.process, deadlineMs);
        if (result === 'timeout') throw timedOut(resource, name);
        if (result === 'ended' || result.item.type === 'ERROR') break;
        if (result.item.type === 'DELETED') return;
      }
    } finally {
      stream.close();
    }
  }
}

function versionWhileThere(invocation: Invocation, target: Target, uid: string): string | undefined {
  try {
    const { metadata } = invocation.get(target.resource, target.name, target.namespace);
    return uid !== '' && metadata.uid !== uid ? undefined : metadata.resourceVersion;
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** The end of every wait that took too long. */
export function timedOut(resource: ApiResource, name: string): CommandError {
  return new CommandError(`timed out waiting for the condition on ${resourceName(resource)}/${name}`);
}
