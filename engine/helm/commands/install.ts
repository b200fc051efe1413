import type { FlagSpec } from '../../kubectl/flag.ts';
import type { Task } from '../../sim/index.ts';
import type { Chart } from '../chart/chart.ts';
import { checkDependencies } from '../chart/values.ts';
import type { HelmCommand } from '../command.ts';
import { givenValues } from '../given-values.ts';
import { CHART_FLAGS, OUTPUT_FLAG, VALUES_FLAGS, WAIT_FLAGS } from '../global-flags.ts';
import { failedAt, HelmError } from '../helm-error.ts';
import { type InstallOptions, installRelease } from '../release/install.ts';
import type { Release } from '../release/release.ts';
import { printAs, releaseText } from '../release-report.ts';
import { locateChart, sourceOf } from '../repository/locate.ts';
import type { HelmRun } from '../run.ts';

/** Flags that install and upgrade share. */
export const DEPLOY_FLAGS: readonly FlagSpec[] = [
  ...VALUES_FLAGS,
  ...CHART_FLAGS,
  ...WAIT_FLAGS,
  OUTPUT_FLAG,
  {
    name: 'dry-run',
    type: 'string',
    default: 'none',
    bare: 'client',
    help: 'simulate it: client or server',
    values: ['none', 'client', 'server'],
  },
  { name: 'create-namespace', type: 'bool', help: 'create the release namespace if not present' },
  { name: 'atomic', type: 'bool', help: 'undo everything in case of failure; --wait is set with it' },
  { name: 'description', type: 'string', help: 'add a custom description' },
  { name: 'skip-crds', type: 'bool', help: 'do not install the custom resource definitions of the chart' },
  { name: 'hide-notes', type: 'bool', help: 'do not show the notes of the chart' },
  { name: 'force', type: 'bool', help: 'replace objects instead of patching them' },
];

export const install: HelmCommand = {
  name: 'install',
  summary: 'install a chart',
  usage: '[NAME] [CHART]',
  help: 'This command installs a chart: a directory, an archive, or REPOSITORY/NAME from a repository that was added',
  examples: [
    'helm install web drydock/nginx',
    'helm install web ./mychart -f values-prod.yaml --set replicaCount=3',
    'helm install drydock/nginx --generate-name',
  ],
  least: 1,
  most: 2,
  flags: [
    ...DEPLOY_FLAGS,
    { name: 'generate-name', short: 'g', type: 'bool', help: 'generate the name (and omit the NAME parameter)' },
  ],
  *run(run) {
    try {
      const [name, reference] = nameAndChart(run);
      const release = yield* installChart(run, name, yield* preparedChart(run, reference));
      printRelease(run, release);
    } catch (error) {
      throw failedAt('INSTALLATION FAILED', error);
    }
    return 0;
  },
};

/** A name is given, or made of the chart's and the time. @throws HelmError */
export function nameAndChart({ flags, args, process }: HelmRun): readonly [name: string, chart: string] {
  const [first = '', second] = args;
  const generate = flags.bool('generate-name');
  if (second !== undefined) {
    if (generate) throw new HelmError('cannot set --generate-name and also specify a name');
    return [first, second];
  }
  if (!generate) throw new HelmError('must either provide a name or specify --generate-name');
  const base =
    first
      .replace(/\/+$/, '')
      .split('/')
      .at(-1)!
      .replace(/(-\d[^/]*)?\.tgz$/, '') || 'chart';
  return [`${base}-${Math.floor(process.now() / 1000)}`, first];
}

/** A chart that may be installed. @throws HelmError */
export function* preparedChart(run: HelmRun, reference: string): Task<Chart> {
  const chart = locateChart(run.process, reference, sourceOf(run));
  if (chart.metadata.type === 'library') throw new HelmError('library charts are not installable');
  if (chart.metadata.deprecated === true) run.streams.err('WARNING: This chart is deprecated\n');
  checkDependencies(chart);
  return chart;
}

/** Installs with what the flags say. @throws HelmError */
export function* installChart(run: HelmRun, name: string, chart: Chart): Task<Release> {
  const { flags } = run;
  const values = yield* givenValues(run);
  return yield* installRelease(run, {
    ...deployOptions(run),
    name,
    chart,
    values,
    createNamespace: flags.bool('create-namespace'),
    skipCrds: flags.bool('skip-crds'),
  });
}

/** @throws HelmError for a value of --dry-run that is none */
export function deployOptions({ flags }: HelmRun) {
  const atomic = flags.bool('atomic');
  return {
    atomic,
    dryRun: dryRunOf(flags.string('dry-run')),
    wait: flags.bool('wait') || atomic || flags.bool('wait-for-jobs'),
    waitForJobs: flags.bool('wait-for-jobs'),
    timeoutMs: flags.duration('timeout'),
    hooks: !flags.bool('no-hooks'),
    description: flags.string('description'),
  };
}

function dryRunOf(value: string): InstallOptions['dryRun'] {
  if (value === 'false' || value === 'none') return 'none';
  if (value === 'true' || value === 'client') return 'client';
  if (value === 'server') return 'server';
  throw new HelmError('Invalid dry-run flag. Flag must one of the following: false, true, none, client, server');
}

export function printRelease(run: HelmRun, release: Release): void {
  printAs(run, release, () => releaseText(release, { hideNotes: run.flags.bool('hide-notes') }));
}
