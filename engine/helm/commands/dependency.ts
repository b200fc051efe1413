import { writeJson } from '../../kubectl/output/json-writer.ts';
import { sha256 } from '../../kubectl/sha256.ts';
import { writeYaml } from '../../kubectl/yaml/yaml-writer.ts';
import { encode } from '../../linux/stdio.ts';
import { packArchive } from '../chart/archive.ts';
import type { Chart, DependencySpec } from '../chart/chart.ts';
import { loadChart } from '../chart/load.ts';
import type { HelmCommand } from '../command.ts';
import { HelmError } from '../helm-error.ts';
import { tableText } from '../release-report.ts';
import { locateChart } from '../repository/locate.ts';
import type { HelmRun } from '../run.ts';

const listDependencies: HelmCommand = {
  name: 'list',
  aliases: ['ls'],
  summary: 'list the dependencies for the given chart',
  usage: 'CHART',
  *run({ args, process, streams }) {
    const path = args[0] ?? '.';
    const chart = loadChart(process, path);
    const specs = chart.metadata.dependencies ?? [];
    if (specs.length === 0) {
      streams.err(`WARNING: no dependencies at ${path}/charts\n`);
      return 0;
    }
    const state = ({ name }: DependencySpec) =>
      chart.dependencies.some(({ metadata }) => metadata.name === name) ? 'ok' : 'missing';
    const rows = specs.map((spec) => [spec.name, spec.version ?? '', spec.repository ?? '', state(spec)]);
    streams.out(`${tableText(['NAME', 'VERSION', 'REPOSITORY', 'STATUS'], rows)}\n`);
    return 0;
  },
};

const fetching = (name: string, aliases: readonly string[], summary: string): HelmCommand => ({
  name,
  aliases,
  summary,
  usage: 'CHART',
  flags: [{ name: 'skip-refresh', type: 'bool', help: 'do not refresh the local repository cache' }],
  *run(run) {
    const path = (run.args[0] ?? '.').replace(/\/+$/, '');
    fetchDependencies(run, path, loadChart(run.process, path));
    return 0;
  },
});

/** Puts the charts that Chart.yaml names into charts/, and writes down which ones it were. @throws HelmError */
function fetchDependencies({ process, streams }: HelmRun, path: string, chart: Chart): void {
  const specs = chart.metadata.dependencies ?? [];
  if (specs.length === 0) return;
  const found = specs.map((spec) => ({ spec, dependency: dependencyOf(process, path, spec) }));
  streams.out(`Saving ${specs.length} charts\n`);
  process.makeDirectories(`${path}/charts`);
  for (const { spec, dependency } of found) {
    if (!(spec.repository ?? '').startsWith('file://'))
      streams.out(`Downloading ${spec.name} from repo ${spec.repository}\n`);
    const { name, version } = dependency.metadata;
    for (const old of process.readdir(`${path}/charts`)) {
      if (old.name.startsWith(`${name}-`) && old.name.endsWith('.tgz')) process.unlink(`${path}/charts/${old.name}`);
    }
    process.writeFile(`${path}/charts/${name}-${version}.tgz`, packArchive(dependency));
  }
  streams.out('Deleting outdated charts\n');
  const dependencies = found.map(({ spec, dependency }) => ({
    name: spec.name,
    repository: spec.repository ?? '',
    version: dependency.metadata.version,
  }));
  const digest = `sha256:${sha256(encode(writeJson([specs, dependencies])))}`;
  const generated = new Date(process.now()).toISOString();
  process.writeFile(`${path}/Chart.lock`, writeYaml({ dependencies, digest, generated }));
}

function dependencyOf(
  process: HelmRun['process'],
  path: string,
  { name, version = '', repository = '' }: DependencySpec,
): Chart {
  if (repository.startsWith('file://')) {
    const place = repository.slice('file://'.length);
    const directory = place.startsWith('/') ? place : `${path}/${place}`;
    if (!process.access(directory, 'exists')) throw new HelmError(`directory ${directory} not found`);
    return loadChart(process, directory);
  }
  if (repository === '') throw new HelmError(`chart ${JSON.stringify(name)} has no repository and is not in charts/`);
  if (repository.startsWith('@'))
    return locateChart(process, `${repository.slice(1)}/${name}`, { version, repo: '', devel: false });
  return locateChart(process, name, { version, repo: repository, devel: false });
}

export const dependency: HelmCommand = {
  name: 'dependency',
  aliases: ['dep', 'dependencies'],
  summary: "manage a chart's dependencies",
  subcommands: [
    fetching('build', [], 'rebuild the charts/ directory based on the Chart.lock file'),
    listDependencies,
    fetching('update', ['up'], 'update charts/ based on the contents of Chart.yaml'),
  ],
};
