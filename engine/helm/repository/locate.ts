import type { Process } from '../../linux/syscalls.ts';
import { unpackArchive } from '../chart/archive.ts';
import type { Chart } from '../chart/chart.ts';
import { chartOf, loadChart } from '../chart/load.ts';
import { HelmError } from '../helm-error.ts';
import type { HelmRun } from '../run.ts';
import {
  cachedIndex,
  download,
  fetchIndex,
  pickVersion,
  type Repository,
  type RepositoryIndex,
  readRepositories,
} from './repositories.ts';

/** Where a chart is, as the flags of a command say. */
interface Source {
  readonly version: string;
  /** --repo. */
  readonly repo: string;
  readonly devel: boolean;
}

export function sourceOf({ flags }: HelmRun): Source {
  return { version: flags.string('version'), repo: flags.string('repo'), devel: flags.bool('devel') };
}

/** A chart by a path, `repository/name`, a URL, or with --repo its name alone. @throws HelmError */
export function locateChart(process: Process, name: string, source: Source): Chart {
  if (source.repo === '' && process.access(name, 'exists')) return loadChart(process, name);
  if (/^[./]/.test(name)) throw new HelmError(`path ${JSON.stringify(name)} not found`);
  return chartOf(unpackArchive(fetchArchive(process, name, source).data));
}

/** The archive of a chart that lies elsewhere, and its file's name. @throws HelmError */
export function fetchArchive(
  process: Process,
  name: string,
  source: Source,
): { readonly file: string; readonly data: Uint8Array } {
  const url = archiveUrl(process, name, source);
  return { file: url.slice(url.lastIndexOf('/') + 1), data: download(url) };
}

function archiveUrl(process: Process, name: string, source: Source): string {
  if (/^(https?|oci):\/\//.test(name)) return name;
  if (source.repo !== '') {
    const repository = { name: 'given', url: source.repo };
    return versionUrl(
      repository,
      fetchIndex(process, repository),
      name,
      source,
      `chart ${JSON.stringify(name)}`,
      source.repo,
    );
  }
  const [repositoryName = '', ...rest] = name.split('/');
  if (rest.length === 0) {
    throw new HelmError(`non-absolute URLs should be in form of repo_name/path_to_chart, got: ${name}`);
  }
  const repository = readRepositories(process).find((one) => one.name === repositoryName);
  if (repository === undefined) throw new HelmError(`repo ${repositoryName} not found`);
  const chart = rest.join('/');
  return versionUrl(
    repository,
    cachedIndex(process, repositoryName),
    chart,
    source,
    `chart ${JSON.stringify(chart)}`,
    repositoryName,
  );
}

function versionUrl(
  repository: Repository,
  index: RepositoryIndex,
  name: string,
  { version, devel }: Source,
  shown: string,
  where: string,
): string {
  const entries = index.get(name);
  const entry = entries === undefined ? undefined : pickVersion(entries, version, devel);
  const [url] = entry?.urls ?? [];
  if (url === undefined) {
    const reason = entries === undefined ? 'no chart name found' : `no chart version found for ${name}-${version}`;
    throw new HelmError(
      `${shown} matching ${version} not found in ${where} index. (try 'helm repo update'): ${reason}`,
    );
  }
  return /^https?:/.test(url) ? url : `${repository.url.replace(/\/+$/, '')}/${url}`;
}
