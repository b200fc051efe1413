import { isObject } from '../../kubectl/unstructured.ts';
import { type Dictionary, entryOf, setEntry } from '../functions/arguments.ts';
import { copied } from '../functions/collections.ts';
import { HelmError } from '../helm-error.ts';
import type { Chart, DependencySpec } from './chart.ts';
import { parseConstraint, parseVersion } from './semver.ts';

/** One set of values over another, tables merged; the later wins. Neither is changed. */
export function mergeValues(under: Dictionary, over: Dictionary): Dictionary {
  const result = copied(under);
  for (const [key, value] of Object.entries(over)) {
    const below = entryOf(result, key);
    const tables = isObject(below) && isObject(value);
    setEntry(result, key, tables ? mergeValues(below as Dictionary, value as Dictionary) : copied(value));
  }
  return result;
}

/** What templates see: a chart's own values under what the user said, where null takes a default away. */
export function coalesceValues(chart: Chart, user: Dictionary): Dictionary {
  const values = withoutNulls(mergeValues(chart.values, user), chart.values);
  for (const dependency of chart.dependencies) {
    const { name } = dependency.metadata;
    const own = tableOf(values, name);
    const shared = isObject(values['global'])
      ? { global: mergeValues(tableOf(own, 'global'), values['global'] as Dictionary) }
      : {};
    setEntry(values, name, coalesceValues(dependency, mergeValues(own, shared)));
  }
  return values;
}

/** What values have under a key, where that is a table. */
export function tableOf(values: Dictionary, key: string): Dictionary {
  const value = entryOf(values, key);
  return isObject(value) ? (value as Dictionary) : {};
}

function withoutNulls(values: Dictionary, defaults: Dictionary): Dictionary {
  for (const [key, value] of Object.entries(values)) {
    if (value === null && Object.hasOwn(defaults, key)) delete values[key];
    else if (isObject(value)) withoutNulls(value as Dictionary, tableOf(defaults, key));
  }
  return values;
}

/** A chart without the dependencies that its values switch off, under the names that aliases give them. */
export function enabledChart(chart: Chart, user: Dictionary): Chart {
  const specs = chart.metadata.dependencies ?? [];
  const values = coalesceValues(chart, user);
  const listed = specs.flatMap((spec) => {
    const found = chart.dependencies.find((one) => serves(one, spec));
    return found === undefined || !isEnabled(spec, values) ? [] : [renamed(found, spec.alias)];
  });
  const unlisted = chart.dependencies.filter(({ metadata }) => !specs.some(({ name }) => name === metadata.name));
  const dependencies = [...listed, ...unlisted].map((one) => enabledChart(one, tableOf(values, one.metadata.name)));
  return { ...chart, dependencies };
}

function serves({ metadata }: Chart, spec: DependencySpec): boolean {
  if (metadata.name !== spec.name) return false;
  const version = parseVersion(metadata.version);
  const test = parseConstraint(spec.version ?? '*');
  return version === undefined || test === undefined || test(version);
}

function renamed(chart: Chart, alias: string | undefined): Chart {
  return alias === undefined || alias === '' ? chart : { ...chart, metadata: { ...chart.metadata, name: alias } };
}

/** The first of its conditions that is a boolean decides, else its tags. */
function isEnabled({ condition = '', tags = [] }: DependencySpec, values: Dictionary): boolean {
  for (const path of condition.split(',').filter((one) => one.trim() !== '')) {
    const value = path
      .trim()
      .split('.')
      .reduce<unknown>((at, key) => (isObject(at) ? entryOf(at as Dictionary, key) : undefined), values);
    if (typeof value === 'boolean') return value;
  }
  const switches = isObject(values['tags']) ? values['tags'] : {};
  const given = tags.filter((tag) => typeof switches[tag] === 'boolean');
  return given.length === 0 || given.some((tag) => switches[tag] === true);
}

/** @throws HelmError when charts that Chart.yaml names are not there */
export function checkDependencies(chart: Chart): void {
  const missing = (chart.metadata.dependencies ?? [])
    .map(({ name }) => name)
    .filter((name) => !chart.dependencies.some(({ metadata }) => metadata.name === name));
  if (missing.length === 0) return;
  throw new HelmError(
    'An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch ' +
      `missing dependencies: found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`,
  );
}
