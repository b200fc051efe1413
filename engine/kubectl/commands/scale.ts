import type { Task } from '../../sim/index.ts';
import { causePatch, isRecorded, RECORD_FLAG } from '../change-cause.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, OUTPUT_FLAGS, SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { Report } from '../output/report.ts';
import { collect, collectTask, findObjects } from '../resource-finder.ts';
import { numberAt } from '../unstructured.ts';

export const scale: Command = {
  name: 'scale',
  summary: 'Set a new size for a deployment, replica set, or replication controller',
  section: 'Deploy Commands',
  usage: 'scale [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)',
  examples: ['kubectl scale deployment web --replicas=3'],
  operand: 'resource',
  requiredFlags: ['replicas'],
  flags: [
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    RECORD_FLAG,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    { name: 'all', type: 'bool', help: 'All objects of the type in the namespace' },
    { name: 'replicas', type: 'int', default: '0', help: 'The new number of Pods' },
    { name: 'current-replicas', type: 'int', default: '-1', help: 'Only when this is the number now' },
    { name: 'resource-version', type: 'string', help: 'Only when this is the version now' },
    { name: 'timeout', type: 'duration', default: '0s', help: 'Wait so long until there are as many' },
  ],
  *run(invocation) {
    const { flags } = invocation;
    const replicas = flags.int('replicas');
    if (replicas < 0) {
      throw new CommandError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
    }
    const { found, errors: missing } = yield* findObjects(invocation);
    const report = new Report(invocation);
    const errors: Error[] = [...missing];
    for (const { resource, name, namespace, object } of found) {
      const failed = errors.length;
      yield* collect(invocation, errors, () => {
        const path = invocation.path(resource, namespace, name, 'scale');
        const current = invocation.client.request({ method: 'GET', path }).body;
        const expected = flags.int('current-replicas');
        const actual = numberAt(current, 'spec', 'replicas') ?? 0;
        if (expected !== -1 && expected !== actual) {
          throw new CommandError(`Expected replicas to be ${expected}, was ${actual}`);
        }
        const version = flags.string('resource-version');
        if (version !== '' && version !== object.metadata.resourceVersion) {
          throw new CommandError(`Expected resource version to be ${version}, was ${object.metadata.resourceVersion}`);
        }
        if (invocation.dryRun !== 'client') {
          invocation.patch(resource, name, namespace, 'merge', { spec: { replicas } }, { subresource: 'scale' });
          if (isRecorded(invocation)) invocation.patch(resource, name, namespace, 'merge', causePatch(invocation));
        }
      });
      if (errors.length > failed) continue;
      yield* collectTask(
        errors,
        waitForReplicas(invocation, invocation.path(resource, namespace, name, 'scale'), name),
      );
      if (errors.length === failed) report.done(object, 'scaled');
    }
    if (found.length === 0 && errors.length === 0) throw new CommandError('no objects passed to scale');
    throwCollected(errors);
    return 0;
  },
};

const POLL_MS = 1000;

/** `--timeout`: until the scale's status says what its spec does. @throws CommandError when the time is over */
function* waitForReplicas(invocation: Invocation, path: string, name: string): Task<void> {
  const timeoutMs = invocation.flags.duration('timeout');
  if (timeoutMs === 0 || invocation.dryRun !== 'none') return;
  const replicas = invocation.flags.int('replicas');
  const deadlineMs = invocation.now() + timeoutMs;
  for (;;) {
    const { body } = invocation.client.request({ method: 'GET', path });
    if (['spec', 'status'].every((part) => (numberAt(body, part, 'replicas') ?? 0) === replicas)) return;
    if (invocation.now() >= deadlineMs)
      throw new CommandError(`timed out waiting for ${JSON.stringify(name)} to be synced`);
    yield* invocation.process.sleep(Math.min(POLL_MS, deadlineMs - invocation.now()));
  }
}
