import { decode } from '../../linux/stdio.ts';
import type { HelmCommand } from '../command.ts';
import { givenValues } from '../given-values.ts';
import { HelmError } from '../helm-error.ts';
import { checkName } from '../release/install.ts';
import { offlineCapabilities, prepare } from '../release/prepare.ts';
import type { HelmRun } from '../run.ts';
import { DEPLOY_FLAGS, nameAndChart, preparedChart } from './install.ts';

export const template: HelmCommand = {
  name: 'template',
  summary: 'locally render templates',
  usage: '[NAME] [CHART]',
  help: 'This command renders the templates of a chart and prints what an installation would make; no cluster is asked',
  examples: [
    'helm template web ./mychart',
    'helm template ./mychart --set replicaCount=3 -s templates/deployment.yaml',
  ],
  least: 1,
  most: 2,
  flags: [
    ...DEPLOY_FLAGS,
    {
      name: 'show-only',
      short: 's',
      type: 'stringArray',
      help: 'only show manifests rendered from the given templates',
    },
    { name: 'include-crds', type: 'bool', help: 'include CRDs in the templated output' },
    { name: 'skip-tests', type: 'bool', help: 'skip tests from templated output' },
    { name: 'is-upgrade', type: 'bool', help: 'set .Release.IsUpgrade instead of .Release.IsInstall' },
    { name: 'kube-version', type: 'string', help: 'Kubernetes version used for Capabilities.KubeVersion' },
    {
      name: 'api-versions',
      short: 'a',
      type: 'stringSlice',
      help: 'Kubernetes api versions used for Capabilities.APIVersions',
    },
    {
      name: 'output-dir',
      type: 'string',
      help: 'writes the executed templates to files in output-dir instead of stdout',
    },
    { name: 'generate-name', short: 'g', type: 'bool', help: 'generate the name (and omit the NAME parameter)' },
  ],
  *run(run) {
    const { flags, args } = run;
    const [name, reference] =
      args.length === 1 && !flags.bool('generate-name') ? ['release-name', args[0]!] : nameAndChart(run);
    checkName(name);
    const chart = yield* preparedChart(run, reference);
    const upgrade = flags.bool('is-upgrade');
    const { manifests, hooks } = yield* prepare(run, {
      chart,
      values: yield* givenValues(run),
      release: { Name: name, Namespace: run.namespace, Revision: 1, IsInstall: !upgrade, IsUpgrade: upgrade },
      capabilities: offlineCapabilities(run, run.flags.list('api-versions')),
    });
    const crds = flags.bool('include-crds')
      ? chart.crds.map(({ name: file, data }) => ({
          path: `${chart.metadata.name}/${file}`,
          text: decode(data).trim(),
        }))
      : [];
    const shownHooks = hooks
      .filter(({ events }) => !flags.bool('no-hooks') && !(flags.bool('skip-tests') && events.includes('test')))
      .map(({ path, manifest }) => ({ path, text: manifest }));
    show(run, onlyAsked(run, [...crds, ...manifests, ...shownHooks]));
    return 0;
  },
};

interface Piece {
  readonly path: string;
  readonly text: string;
}

/** --show-only names templates by their paths in the chart. @throws HelmError for one that gives nothing */
function onlyAsked({ flags }: HelmRun, pieces: readonly Piece[]): readonly Piece[] {
  const asked = flags.list('show-only');
  if (asked.length === 0) return pieces;
  return asked.flatMap((wanted) => {
    const found = pieces.filter(({ path }) => path.slice(path.indexOf('/') + 1) === wanted);
    if (found.length === 0) throw new HelmError(`could not find template ${wanted} in chart`);
    return found;
  });
}

function show({ flags, process, streams }: HelmRun, pieces: readonly Piece[]): void {
  const directory = flags.string('output-dir');
  const written = new Set<string>();
  for (const { path, text } of pieces) {
    const shown = `---\n# Source: ${path}\n${text}\n`;
    if (directory === '') {
      streams.out(shown);
      continue;
    }
    const file = `${directory}/${path}`;
    process.makeDirectories(file.slice(0, file.lastIndexOf('/')));
    process.writeFile(file, shown, { append: written.has(file) });
    if (!written.has(file)) streams.out(`wrote ${file}\n`);
    written.add(file);
  }
}
