import { isObject } from '../../kubectl/unstructured.ts';
import { readManifest } from '../../kubectl/yaml/yaml-reader.ts';
import { writeYaml } from '../../kubectl/yaml/yaml-writer.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { ChartMetadata } from '../chart/chart.ts';
import { compareVersions, parseConstraint, parseVersion } from '../chart/semver.ts';
import { HelmError } from '../helm-error.ts';
import { fetchUrl, SHIPPED_URL } from './shipped.ts';

/** A line of `helm repo list`. */
export interface Repository {
  readonly name: string;
  readonly url: string;
}

/** A chart of a repository's index. */
export interface IndexEntry extends ChartMetadata {
  readonly urls: readonly string[];
  readonly digest?: string;
}

/** By chart, the versions, the newest first. */
export type RepositoryIndex = ReadonlyMap<string, readonly IndexEntry[]>;

const home = (process: Process) => process.env['HOME'] ?? '/root';

export function configPath(process: Process): string {
  return process.env['HELM_REPOSITORY_CONFIG'] ?? `${home(process)}/.config/helm/repositories.yaml`;
}

export function cachePath(process: Process): string {
  return process.env['HELM_REPOSITORY_CACHE'] ?? `${home(process)}/.cache/helm/repository`;
}

/** The repositories that the user has added. */
export function readRepositories(process: Process): readonly Repository[] {
  const path = configPath(process);
  if (!process.access(path, 'exists')) return [];
  const file = readManifest(decode(process.readFile(path)));
  const listed = isObject(file) && Array.isArray(file['repositories']) ? file['repositories'] : [];
  return listed.filter(isObject).map((one) => ({ name: String(one['name']), url: String(one['url']) }));
}

export function writeRepositories(process: Process, repositories: readonly Repository[], generated: string): void {
  const path = configPath(process);
  const rest = {
    caFile: '',
    certFile: '',
    insecure_skip_tls_verify: false,
    keyFile: '',
    pass_credentials_all: false,
    password: '',
    username: '',
  };
  process.makeDirectories(path.slice(0, path.lastIndexOf('/')));
  const listed = repositories.map(({ name, url }) => ({ ...rest, name, url }));
  process.writeFile(path, writeYaml({ apiVersion: '', generated, repositories: listed }), { mode: 0o600 });
}

/** What a URL brings. @throws HelmError where nobody answers */
export function download(url: string): Uint8Array {
  const found = fetchUrl(url);
  if (found !== undefined) return found;
  if (url.startsWith(SHIPPED_URL)) throw new HelmError(`failed to fetch ${url} : 404 Not Found`);
  const host = url.replace(/^\w+:\/\//, '').split('/')[0]!;
  // The words in brackets are our own: whoever follows a chart's documentation meets this first.
  throw new HelmError(
    `Get ${JSON.stringify(url)}: dial tcp: lookup ${host.replace(/:\d+$/, '')}: no such host ` +
      `(there is no internet here: the chart repository of this network is ${SHIPPED_URL})`,
  );
}

/** Fetches a repository's index anew. @throws HelmError */
export function fetchIndex(process: Process, { name, url }: Repository): RepositoryIndex {
  let data: Uint8Array;
  try {
    data = download(`${url.replace(/\/+$/, '')}/index.yaml`);
  } catch (error) {
    if (!(error instanceof HelmError)) throw error;
    throw new HelmError(
      `looks like ${JSON.stringify(url)} is not a valid chart repository or cannot be reached: ${error.message}`,
    );
  }
  const directory = cachePath(process);
  process.makeDirectories(directory);
  process.writeFile(`${directory}/${name}-index.yaml`, data);
  return parseIndex(data);
}

/** A repository's index as it was when it was last fetched. @throws HelmError */
export function cachedIndex(process: Process, name: string): RepositoryIndex {
  const path = `${cachePath(process)}/${name}-index.yaml`;
  if (!process.access(path, 'exists')) {
    throw new HelmError(`no cached repo found. (try 'helm repo update'): open ${path}: no such file or directory`);
  }
  return parseIndex(process.readFile(path));
}

function parseIndex(data: Uint8Array): RepositoryIndex {
  const file = readManifest(decode(data));
  const entries = isObject(file) && isObject(file['entries']) ? file['entries'] : {};
  return new Map(Object.entries(entries).map(([name, versions]) => [name, newestFirst(versions as IndexEntry[])]));
}

function newestFirst(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  const version = ({ version: text }: IndexEntry) =>
    parseVersion(text) ?? { numbers: [0, 0, 0] as const, prerelease: '' };
  return [...entries].sort((a, b) => compareVersions(version(b), version(a)));
}

/** The newest version that a constraint lets through; '' for the newest release. */
export function pickVersion(
  entries: readonly IndexEntry[],
  constraint: string,
  devel: boolean,
): IndexEntry | undefined {
  const exact = entries.find(({ version }) => version === constraint);
  const test = parseConstraint(constraint === '' ? (devel ? '>0.0.0-0' : '*') : constraint);
  return (
    exact ??
    entries.find(({ version }) => {
      const parsed = parseVersion(version);
      return parsed !== undefined && test?.(parsed) === true;
    })
  );
}
