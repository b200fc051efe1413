import type { HelmCommand } from '../command.ts';
import { HelmError, isFailure } from '../helm-error.ts';
import { runHooks } from '../release/hooks.ts';
import { ReleaseStorage } from '../release/storage.ts';
import { releaseText } from '../release-report.ts';

export const test: HelmCommand = {
  name: 'test',
  summary: 'run tests for a release',
  usage: '[RELEASE]',
  least: 1,
  most: 1,
  flags: [
    {
      name: 'timeout',
      type: 'duration',
      default: '5m0s',
      help: 'time to wait for any individual Kubernetes operation',
    },
    { name: 'hide-notes', type: 'bool', help: 'do not show the notes of the chart' },
  ],
  *run(run) {
    yield* run.reach();
    const storage = new ReleaseStorage(run.cluster, run.namespace);
    const release = yield* storage.last(run.args[0]!);
    const show = { hideNotes: run.flags.bool('hide-notes') };
    try {
      const tested = yield* runHooks(run, storage, release, 'test', run.flags.duration('timeout'));
      run.streams.out(releaseText(tested, show));
    } catch (error) {
      if (!isFailure(error)) throw error;
      run.streams.out(releaseText(yield* storage.last(release.name), show));
      throw new HelmError(`1 error occurred:\n\t* ${error.message}\n\n`);
    }
    return 0;
  },
};
