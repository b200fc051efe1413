import type { HelmCommand } from '../command.ts';
import { givenValues } from '../given-values.ts';
import { failedAt } from '../helm-error.ts';
import { ReleaseStorage } from '../release/storage.ts';
import { upgradeRelease } from '../release/upgrade.ts';
import type { HelmRun } from '../run.ts';
import { DEPLOY_FLAGS, deployOptions, installChart, preparedChart, printRelease } from './install.ts';

export const upgrade: HelmCommand = {
  name: 'upgrade',
  summary: 'upgrade a release',
  usage: '[RELEASE] [CHART]',
  help: 'This command upgrades a release to a new version of a chart, or to other values',
  examples: [
    'helm upgrade web drydock/nginx --set replicaCount=3',
    'helm upgrade --install web drydock/nginx -f values.yaml',
    'helm upgrade web drydock/nginx --version 1.1.0 --reuse-values',
  ],
  least: 2,
  most: 2,
  flags: [
    ...DEPLOY_FLAGS,
    {
      name: 'install',
      short: 'i',
      type: 'bool',
      help: 'if a release by this name does not already exist, run an install',
    },
    { name: 'reuse-values', type: 'bool', help: "reuse the last release's values and merge in any overrides" },
    { name: 'reset-values', type: 'bool', help: 'reset the values to the ones built into the chart' },
    {
      name: 'reset-then-reuse-values',
      type: 'bool',
      help: "reset to the chart's values, then apply the last release's and any overrides",
    },
    {
      name: 'history-max',
      type: 'int',
      default: '10',
      help: 'limit the number of revisions saved per release; 0 for no limit',
    },
  ],
  *run(run) {
    const { flags, streams } = run;
    const [name = '', reference = ''] = run.args;
    if (flags.bool('install')) {
      yield* run.reach();
      const history = yield* new ReleaseStorage(run.cluster, run.namespace).history(name);
      const gone = history.at(-1)?.info.status === 'uninstalled';
      if (history.length === 0 || gone) {
        if (flags.string('output') === 'table') {
          streams.out(`Release ${JSON.stringify(name)} does not exist. Installing it now.\n`);
        }
        printRelease(run, yield* installChart(run, name, yield* preparedChart(run, reference)));
        return 0;
      }
    }
    const chart = yield* preparedChart(run, reference);
    try {
      const values = yield* givenValues(run);
      const release = yield* upgradeRelease(run, {
        ...deployOptions(run),
        name,
        chart,
        values,
        oldValues: oldValuesOf(run),
        force: flags.bool('force'),
        historyMax: flags.int('history-max'),
      });
      if (flags.string('output') === 'table') {
        streams.out(`Release ${JSON.stringify(name)} has been upgraded. Happy Helming!\n`);
      }
      printRelease(run, release);
    } catch (error) {
      throw failedAt('UPGRADE FAILED', error);
    }
    return 0;
  },
};

function oldValuesOf({ flags }: HelmRun) {
  if (flags.bool('reset-values')) return 'reset';
  if (flags.bool('reuse-values')) return 'reuse';
  return flags.bool('reset-then-reuse-values') ? 'reset-then-reuse' : 'usual';
}
