import { writeYaml } from '../../kubectl/yaml/yaml-writer.ts';
import { decode } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import { packArchive, unpackArchive } from '../chart/archive.ts';
import { type Chart, readmeOf } from '../chart/chart.ts';
import { chartOf, loadChart } from '../chart/load.ts';
import { scaffold } from '../chart/scaffold.ts';
import { isStrictVersion } from '../chart/semver.ts';
import { checkDependencies } from '../chart/values.ts';
import type { HelmCommand } from '../command.ts';
import { CHART_FLAGS } from '../global-flags.ts';
import { HelmError } from '../helm-error.ts';
import { fetchArchive, locateChart, sourceOf } from '../repository/locate.ts';
import type { HelmRun } from '../run.ts';

export const create: HelmCommand = {
  name: 'create',
  summary: 'create a new chart with the given name',
  usage: 'NAME',
  help: 'This command creates a chart directory along with the common files and directories used in a chart',
  least: 1,
  most: 1,

  *run({ args, process, streams }) {
    const path = args[0]!.replace(/\/+$/, '');
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (!/^[a-zA-Z0-9._-]+$/.test(name))
      throw new HelmError('chart name must match the regular expression "^[a-zA-Z0-9._-]+$"');
    streams.out(`Creating ${args[0]}\n`);
    if (process.access(path, 'exists') && process.stat(path).type !== 'directory') {
      throw new HelmError(`file ${path} already exists and is not a directory`);
    }
    process.makeDirectories(`${path}/charts`);
    process.makeDirectories(`${path}/templates/tests`);
    for (const [file, text] of Object.entries(scaffold(name))) {
      if (process.access(`${path}/${file}`, 'exists'))
        streams.err(`WARNING: File "${path}/${file}" already exists. Overwriting.\n`);
      process.writeFile(`${path}/${file}`, text);
    }
    return 0;
  },
};

const showPart = (
  name: string,
  aliases: readonly string[],
  summary: string,
  text: (chart: Chart) => string,
): HelmCommand => ({
  name,
  aliases,
  summary,
  usage: '[CHART]',
  least: 1,
  most: 1,
  flags: CHART_FLAGS,
  *run(run) {
    run.streams.out(text(locateChart(run.process, run.args[0]!, sourceOf(run))));
    return 0;
  },
});

const file = (chart: Chart, name: string) => {
  const data = chart.raw.find((one) => one.name === name)?.data;
  return data === undefined ? '' : decode(data);
};
const chartText = (chart: Chart) => writeYaml(chart.metadata);
const valuesText = (chart: Chart) => `${file(chart, 'values.yaml')}\n`;
const readmeText = (chart: Chart) => (readmeOf(chart) === undefined ? '' : `${readmeOf(chart)}\n`);
const crdsText = (chart: Chart) => chart.crds.map(({ data }) => `---\n${decode(data)}\n`).join('');

export const show: HelmCommand = {
  name: 'show',
  aliases: ['inspect'],
  summary: 'show information of a chart',
  subcommands: [
    showPart('all', [], 'show all information of the chart', (chart) =>
      [
        chartText(chart),
        `---\n${valuesText(chart)}`,
        readmeOf(chart) === undefined ? '' : `---\n${readmeText(chart)}`,
        crdsText(chart),
      ].join(''),
    ),
    showPart('chart', [], "show the chart's definition", chartText),
    showPart('crds', [], "show the chart's CRDs", crdsText),
    showPart('readme', [], "show the chart's README", readmeText),
    showPart('values', [], "show the chart's values", valuesText),
  ],
};

export const pull: HelmCommand = {
  name: 'pull',
  aliases: ['fetch'],
  summary: 'download a chart from a repository and (optionally) unpack it in local directory',
  usage: '[chart URL | repo/chartname] [...]',
  least: 1,
  flags: [
    ...CHART_FLAGS,
    { name: 'untar', type: 'bool', help: 'untar the chart after downloading it' },
    {
      name: 'untardir',
      type: 'string',
      default: '.',
      help: 'the name of the directory into which the chart is expanded',
    },
    { name: 'destination', short: 'd', type: 'string', default: '.', help: 'location to write the chart' },
  ],
  *run(run) {
    const { flags, process } = run;
    for (const name of run.args) {
      const { file: archive, data } = fetchArchive(process, name, sourceOf(run));
      if (!flags.bool('untar')) {
        process.writeFile(inside(flags.string('destination'), archive), data);
        continue;
      }
      const chart = chartOf(unpackArchive(data));
      const directory = inside(flags.string('untardir'), chart.metadata.name);
      if (process.access(directory, 'exists')) {
        throw new HelmError(`failed to untar: a file or directory with the name ${directory} already exists`);
      }
      writeChart(run, chart, directory);
    }
    return 0;
  },
};

function inside(directory: string, name: string): string {
  return directory === '.' || directory === '' ? name : `${directory.replace(/\/+$/, '')}/${name}`;
}

function writeChart({ process }: HelmRun, chart: Chart, directory: string): void {
  for (const { name, data } of chart.raw) {
    const path = `${directory}/${name}`;
    process.makeDirectories(path.slice(0, path.lastIndexOf('/')));
    process.writeFile(path, data);
  }
}

export const packageCommand: HelmCommand = {
  name: 'package',
  summary: 'package a chart directory into a chart archive',
  usage: '[CHART_PATH] [...]',
  least: 1,
  flags: [
    { name: 'destination', short: 'd', type: 'string', default: '.', help: 'location to write the chart' },
    { name: 'version', type: 'string', help: 'set the version on the chart to this semver version' },
    { name: 'app-version', type: 'string', help: 'set the appVersion on the chart to this version' },
  ],
  *run(run) {
    for (const path of run.args) yield* packOne(run, path);
    return 0;
  },
};

function* packOne({ flags, process, streams }: HelmRun, path: string): Task<void> {
  const chart = loadChart(process, path);
  const version = flags.string('version') || chart.metadata.version;
  if (!isStrictVersion(version)) throw new HelmError('Invalid Semantic Version');
  checkDependencies(chart);
  const appVersion = flags.string('app-version') || chart.metadata.appVersion;
  const metadata = { ...chart.metadata, version, ...(appVersion === undefined ? {} : { appVersion }) };
  const raw = chart.raw.map((one) =>
    one.name === 'Chart.yaml' ? { name: one.name, data: new TextEncoder().encode(writeYaml(metadata)) } : one,
  );
  const target = inside(flags.string('destination'), `${metadata.name}-${version}.tgz`);
  process.makeDirectories(flags.string('destination') || '.');
  process.writeFile(target, packArchive({ ...chart, metadata, raw }));
  streams.out(`Successfully packaged chart and saved it to: ${process.realpath(target)}\n`);
}
