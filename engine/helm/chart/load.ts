import { isObject } from '../../kubectl/unstructured.ts';
import { ManifestError, readManifest } from '../../kubectl/yaml/yaml-reader.ts';
import { Errno } from '../../linux/errno.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Dictionary } from '../functions/arguments.ts';
import { HelmError } from '../helm-error.ts';
import { unpackArchive } from './archive.ts';
import type { Chart, ChartFile, ChartMetadata } from './chart.ts';
import { ignoreRules } from './helmignore.ts';

/** No chart that anybody wrote is larger. */
const MOST_FILES = 2000;

/** The chart in a directory or an archive of this machine. @throws HelmError */
export function loadChart(process: Process, path: string): Chart {
  try {
    if (process.stat(path).type === 'directory') return chartOf(directoryFiles(process, path));
    return chartOf(unpackArchive(process.readFile(path)));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new HelmError(`open ${path}: ${error.message.toLowerCase()}`);
  }
}

function directoryFiles(process: Process, directory: string): readonly ChartFile[] {
  const ignored = ignoreRules(process, `${directory}/.helmignore`);
  const files: ChartFile[] = [];
  const walk = (path: string, prefix: string): void => {
    for (const { name } of [...process.readdir(path)].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const inside = process.stat(`${path}/${name}`).type === 'directory';
      if (ignored(prefix + name, inside)) continue;
      if (files.length > MOST_FILES) throw new HelmError(`${directory} has too many files for a chart`);
      if (inside) walk(`${path}/${name}`, `${prefix}${name}/`);
      else files.push({ name: prefix + name, data: process.readFile(`${path}/${name}`) });
    }
  };
  walk(directory, '');
  return files;
}

/** The chart that files make, by their paths in it. @throws HelmError */
export function chartOf(files: readonly ChartFile[]): Chart {
  const file = (name: string) => files.find((one) => one.name === name)?.data;
  const description = file('Chart.yaml');
  if (description === undefined) throw new HelmError('Chart.yaml file is missing');
  const metadata = yamlOf(description, 'Chart.yaml') as ChartMetadata;
  checkMetadata(metadata);
  const values = file('values.yaml');
  const lock = file('Chart.lock');
  const below = (directory: string) => files.filter(({ name }) => name.startsWith(directory));
  const special = /^(Chart\.(yaml|lock)|values\.yaml|values\.schema\.json|\.helmignore|(templates|charts|crds)\/.*)$/;
  return {
    metadata,
    values: values === undefined ? {} : yamlOf(values, 'values.yaml'),
    templates: below('templates/'),
    crds: below('crds/').filter(({ name }) => /\.(ya?ml|json)$/.test(name)),
    schema: file('values.schema.json'),
    files: files.filter(({ name }) => !special.test(name)),
    dependencies: subcharts(below('charts/')),
    lock: lock === undefined ? undefined : yamlOf(lock, 'Chart.lock'),
    raw: files,
  };
}

function yamlOf(data: Uint8Array, name: string): Dictionary {
  try {
    const value = readManifest(decode(data)) ?? {};
    if (isObject(value)) return value as Dictionary;
    const type = Array.isArray(value) ? 'array' : typeof value;
    throw new HelmError(
      `cannot load ${name}: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${type} into Go value of type map[string]interface {}`,
    );
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new HelmError(`cannot load ${name}: ${error.message}`);
  }
}

function checkMetadata({ apiVersion, name, version, type }: ChartMetadata): void {
  const problem =
    apiVersion === undefined
      ? 'chart.metadata.apiVersion is required'
      : (name ?? '') === ''
        ? 'chart.metadata.name is required'
        : (version ?? '') === ''
          ? 'chart.metadata.version is required'
          : type !== undefined && !['', 'application', 'library'].includes(type)
            ? 'chart.metadata.type must be application or library'
            : undefined;
  if (problem !== undefined) throw new HelmError(`validation: ${problem}`);
}

/** charts/NAME/… and charts/NAME.tgz. Names that begin with a dot or an underscore are no charts. */
function subcharts(files: readonly ChartFile[]): readonly Chart[] {
  const directories = new Map<string, ChartFile[]>();
  const charts: Chart[] = [];
  for (const { name, data } of files) {
    const [, first = '', ...rest] = name.split('/');
    if (first.startsWith('.') || first.startsWith('_')) continue;
    if (rest.length === 0) {
      if (first.endsWith('.tgz')) charts.push(chartOf(unpackArchive(data)));
      continue;
    }
    const content = directories.get(first) ?? [];
    content.push({ name: rest.join('/'), data });
    directories.set(first, content);
  }
  for (const [directory, content] of directories) {
    if (!content.some(({ name }) => name === 'Chart.yaml')) {
      throw new HelmError(`error unpacking subchart ${directory}: Chart.yaml file is missing`);
    }
    charts.push(chartOf(content));
  }
  return charts;
}
