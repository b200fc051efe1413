import type { Process } from '../linux/syscalls.ts';
import { CommandError } from './command-error.ts';
import type { Flags } from './flag.ts';
import { configFromObject, type KubeConfig, type NamedContext } from './kubeconfig-contents.ts';
import { readManifest } from './yaml/yaml-reader.ts';
import { writeYaml } from './yaml/yaml-writer.ts';

// https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/

/** What a connection needs to know: handed to the composition root, which knows the wires. */
export interface ServerTarget {
  /** A URL, e.g. `https://10.0.0.10:6443`. */
  readonly server: string;
  /** The kubeconfig's name for the user, and what it holds (token, client certificate, …). */
  readonly userName: string;
  readonly user: Readonly<Record<string, unknown>>;
}

const EMPTY_CONFIG: KubeConfig = { clusters: [], contexts: [], users: [], currentContext: '' };

/** The files that make up the configuration, in order of precedence. */
export function configPaths(process: Process, flags: Flags): readonly string[] {
  const flag = flags.string('kubeconfig');
  if (flag !== '') return [flag];
  const variable = process.env['KUBECONFIG'] ?? '';
  if (variable !== '') return variable.split(':').filter((path) => path !== '');
  return [`${process.env['HOME'] ?? '/root'}/.kube/config`];
}

/** Reads and merges the configuration. A file named by `--kubeconfig` must exist; the others may be missing. */
export function loadConfig(process: Process, flags: Flags): KubeConfig {
  let merged = EMPTY_CONFIG;
  for (const path of configPaths(process, flags)) {
    if (!process.access(path, 'exists')) {
      if (flags.string('kubeconfig') === '') continue;
      throw new CommandError(`stat ${path}: no such file or directory`);
    }
    merged = mergeConfigs(merged, withPathsFrom(readConfigFile(process, path), path));
  }
  return merged;
}

/** Paths that a file names are relative to itself; other commands than `config` see where they lead. */
function withPathsFrom(config: KubeConfig, path: string): KubeConfig {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const resolved = (fields: Readonly<Record<string, unknown>>, names: readonly string[]) => {
    const changed = Object.entries(fields).filter(
      ([name, value]) => names.includes(name) && typeof value === 'string' && value !== '' && !value.startsWith('/'),
    );
    return { ...fields, ...Object.fromEntries(changed.map(([name, value]) => [name, folder + value])) };
  };
  return {
    ...config,
    clusters: config.clusters.map((each) => ({ ...each, cluster: resolved(each.cluster, ['certificate-authority']) })),
    users: config.users.map((each) => ({ ...each, user: resolved(each.user, USER_FILES) })),
  };
}

const USER_FILES = ['client-certificate', 'client-key', 'tokenFile'];

function readConfigFile(process: Process, path: string): KubeConfig {
  if (process.stat(path).type === 'directory')
    throw new CommandError(`error loading config file ${JSON.stringify(path)}: read ${path}: is a directory`);
  const text = new TextDecoder().decode(process.readFile(path));
  let value: unknown;
  try {
    value = readManifest(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error converting YAML to JSON: /, '') : '';
    throw new CommandError(`error loading config file ${JSON.stringify(path)}: ${reason}`);
  }
  if (value === undefined || value === null) return EMPTY_CONFIG;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new CommandError(
      `error loading config file ${JSON.stringify(path)}: couldn't get version/kind; json parse error: ` +
        'json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; ' +
        'Kind string "json:\\"kind,omitempty\\"" }',
    );
  }
  const problem = problemWith(value as Record<string, unknown>);
  if (problem !== undefined) throw new CommandError(`error loading config file ${JSON.stringify(path)}: ${problem}`);
  return configFromObject(value as Record<string, unknown>);
}

const SCHEME = 'k8s.io/client-go/tools/clientcmd/api/latest/latest.go:50';

/** What client-go would not decode. */
function problemWith(file: Readonly<Record<string, unknown>>): string | undefined {
  const { kind = 'Config', apiVersion = 'v1' } = file;
  if (kind !== 'Config' || apiVersion !== 'v1')
    return `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme ${JSON.stringify(SCHEME)}`;
  for (const [list, type] of [
    ['clusters', 'NamedCluster'],
    ['contexts', 'NamedContext'],
    ['users', 'NamedAuthInfo'],
  ] as const) {
    const value = file[list];
    if (value === undefined || value === null || Array.isArray(value)) continue;
    const found = typeof value === 'boolean' ? 'bool' : typeof value;
    return `json: cannot unmarshal ${found} into Go struct field Config.${list} of type []v1.${type}`;
  }
  return undefined;
}

function mergeConfigs(first: KubeConfig, second: KubeConfig): KubeConfig {
  const union = <T extends { readonly name: string }>(a: readonly T[], b: readonly T[]): readonly T[] => [
    ...a,
    ...b.filter(({ name }) => !a.some((item) => item.name === name)),
  ];
  return {
    clusters: union(first.clusters, second.clusters),
    contexts: union(first.contexts, second.contexts),
    users: union(first.users, second.users),
    currentContext: first.currentContext || second.currentContext,
  };
}

/** The file that `kubectl config` changes: the one that takes precedence, or the one that exists. */
export function configFilePath({ process, flags }: ConfigOwner): string {
  const paths = configPaths(process, flags);
  return paths.find((one) => process.access(one, 'exists')) ?? paths.at(-1)!;
}

export function changeConfigFile(owner: ConfigOwner, change: (config: KubeConfig) => KubeConfig): void {
  const path = configFilePath(owner);
  const file = owner.process.access(path, 'exists') ? readConfigFile(owner.process, path) : EMPTY_CONFIG;
  saveConfig(owner.process, path, change(file));
}

interface ConfigOwner {
  readonly process: Process;
  readonly flags: Flags;
}

/** Writes a configuration file as `kubectl config` does. */
function saveConfig(process: Process, path: string, config: KubeConfig): void {
  const directory = path.slice(0, path.lastIndexOf('/'));
  if (directory !== '' && !process.access(directory, 'exists')) process.mkdir(directory, 0o755);
  process.writeFile(path, writeYaml(configObject(config)), { mode: 0o600 });
}

/** The configuration as an object in the file's own form. */
export function configObject(config: KubeConfig): Readonly<Record<string, unknown>> {
  // client-go keeps entries in maps, and writes them by their names.
  const orNull = (list: readonly { readonly name: string }[]) =>
    list.length === 0 ? null : [...list].sort((left, right) => (left.name < right.name ? -1 : 1));
  return {
    apiVersion: 'v1',
    clusters: orNull(config.clusters),
    contexts: orNull(config.contexts),
    'current-context': config.currentContext,
    kind: 'Config',
    users: orNull(config.users),
  };
}

/** The context in force, which `--context`, `--cluster` and `--user` may change. */
export function activeContext(config: KubeConfig, flags: Flags): NamedContext['context'] {
  const name = flags.string('context') || config.currentContext;
  const named = config.contexts.find((context) => context.name === name);
  if (named === undefined && name !== '') {
    throw new CommandError(`Error in configuration: context was not found for specified context: ${name}`, {
      verbatim: true,
    });
  }
  const context = named?.context ?? {};
  return {
    ...context,
    cluster: flags.string('cluster') || context.cluster,
    user: userFlag(flags) || context.user,
  };
}

/** `--user`; some commands have one of their own, which names subjects and not who asks. */
function userFlag(flags: Flags): string {
  return flags.isList('user') ? '' : flags.string('user');
}

/** Where to connect to, and as whom. Without a configuration that is localhost:8080, as in the real kubectl. */
export function serverTarget(config: KubeConfig, flags: Flags): ServerTarget {
  const context = activeContext(config, flags);
  if (flags.string('cluster') !== '' && !config.clusters.some(({ name }) => name === context.cluster)) {
    throw new CommandError(`no server found for cluster ${JSON.stringify(context.cluster)}`);
  }
  if (userFlag(flags) !== '' && !config.users.some(({ name }) => name === context.user))
    throw new CommandError(`auth info ${JSON.stringify(context.user)} does not exist`);
  const cluster = config.clusters.find(({ name }) => name === context.cluster)?.cluster;
  const user = config.users.find(({ name }) => name === context.user)?.user ?? {};
  const given = Object.fromEntries(
    ['token', 'username', 'password', 'client-certificate', 'client-key']
      .map((name) => [name, flags.string(name)])
      .filter(([, value]) => value !== ''),
  );
  return {
    server: flags.string('server') || cluster?.server || 'http://localhost:8080',
    userName: context.user ?? '',
    user: { ...user, ...given },
  };
}

/** `10.0.0.10:6443` of `https://10.0.0.10:6443/`. */
export function hostOf(server: string): string {
  return server.replace(/^[a-z]+:\/\//, '').replace(/\/.*$/, '');
}
