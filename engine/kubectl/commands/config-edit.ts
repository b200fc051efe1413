import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import { changeConfigFile, configFilePath, configObject } from '../kubeconfig.ts';
import { configFromObject, type KubeConfig } from '../kubeconfig-contents.ts';
import { isObject } from '../unstructured.ts';

/** The lists of a kubeconfig, and the field in which each holds its entries. */
const LISTS = { clusters: 'cluster', contexts: 'context', users: 'user' } as const;
type ListName = keyof typeof LISTS;

export const renameContext: Command = {
  name: 'rename-context',
  summary: 'Rename a context from the kubeconfig file',
  usage: 'config rename-context CONTEXT_NAME NEW_NAME',
  operand: 'context',
  *run(invocation) {
    const { args, config, streams } = invocation;
    const [from, to] = args;
    if (from === undefined || to === undefined || args.length !== 2) {
      throw invocation.usageError(`unexpected args: [${args.join(' ')}]`);
    }
    const path = configFilePath(invocation);
    if (!config.contexts.some(({ name }) => name === from)) {
      throw new CommandError(`cannot rename the context ${JSON.stringify(from)}, it's not in ${path}`);
    }
    if (config.contexts.some(({ name }) => name === to)) {
      throw new CommandError(
        `cannot rename the context ${JSON.stringify(from)}, the context ${JSON.stringify(to)} already exists in ${path}`,
      );
    }
    changeConfigFile(invocation, (file) => ({
      ...file,
      contexts: file.contexts.map((one) => (one.name === from ? { ...one, name: to } : one)),
      currentContext: file.currentContext === from ? to : file.currentContext,
    }));
    streams.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`);
    return 0;
  },
};

/** `delete-context`, `delete-cluster` and `delete-user`. */
export function deleteEntry(list: ListName): Command {
  const noun = LISTS[list];
  return {
    name: `delete-${noun}`,
    summary: `Delete the specified ${noun} from the kubeconfig`,
    usage: `config delete-${noun} NAME`,
    operand: list === 'contexts' ? 'context' : 'none',
    *run(invocation) {
      const { args, config, streams } = invocation;
      const [name] = args;
      if (name === undefined || args.length !== 1) throw invocation.usageError(`unexpected args: [${args.join(' ')}]`);
      const path = configFilePath(invocation);
      const entries: readonly { readonly name: string }[] = config[list];
      if (!entries.some((one) => one.name === name)) {
        throw new CommandError(`cannot delete ${noun} ${name}, not in ${path}`);
      }
      if (list === 'contexts' && config.currentContext === name) {
        streams.err(
          'warning: this removed your active context, use "kubectl config use-context" to select a different one\n',
        );
      }
      changeConfigFile(invocation, (file) => without(file, list, name));
      streams.out(`deleted ${noun} ${name} from ${path}\n`);
      return 0;
    },
  };
}

function without(config: KubeConfig, list: ListName, name: string): KubeConfig {
  const entries: readonly { readonly name: string }[] = config[list];
  return { ...config, [list]: entries.filter((one) => one.name !== name) };
}

export const setProperty: Command = {
  name: 'set',
  summary: 'Set an individual value in a kubeconfig file',
  usage: 'config set PROPERTY_NAME PROPERTY_VALUE',
  operand: 'none',
  flags: [{ name: 'set-raw-bytes', type: 'bool', help: 'The value of a []byte field is base64' }],
  *run(invocation) {
    const { args, streams } = invocation;
    const [property, value] = args;
    if (property === undefined || value === undefined || args.length !== 2) {
      throw invocation.usageError(`unexpected args: [${args.join(' ')}]`);
    }
    changeConfigFile(invocation, (file) => withProperty(file, property, value));
    streams.out(`Property ${JSON.stringify(property)} set.\n`);
    return 0;
  },
};

export const unsetProperty: Command = {
  name: 'unset',
  summary: 'Unset an individual value in a kubeconfig file',
  usage: 'config unset PROPERTY_NAME',
  operand: 'none',
  *run(invocation) {
    const { args, streams } = invocation;
    const [property] = args;
    if (property === undefined || args.length !== 1)
      throw invocation.usageError(`unexpected args: [${args.join(' ')}]`);
    changeConfigFile(invocation, (file) => withProperty(file, property, undefined));
    streams.out(`Property ${JSON.stringify(property)} unset.\n`);
    return 0;
  },
};

/** `set-cluster` and `set-credentials`: fields of one entry by flags. */
export function setEntry(
  name: string,
  list: 'clusters' | 'users',
  noun: string,
  fields: Readonly<Record<string, string>>,
): Command {
  return {
    name,
    summary: `Set a ${LISTS[list]} entry in kubeconfig`,
    usage: `config ${name} NAME`,
    operand: 'none',
    flags: [
      ...Object.keys(fields).map((flag) => ({
        name: flag,
        type: BOOLEANS.has(flag) ? ('bool' as const) : ('string' as const),
        help: `${fields[flag]} of it`,
      })),
      { name: 'embed-certs', type: 'bool', help: 'Put certificates into the file itself' },
    ],
    *run(invocation) {
      const { args, flags, streams } = invocation;
      const [entry] = args;
      if (entry === undefined || args.length !== 1) throw invocation.usageError(`unexpected args: [${args.join(' ')}]`);
      const given = Object.entries(fields).filter(([flag]) => flags.changed(flag));
      changeConfigFile(invocation, (file) =>
        given.reduce(
          (config, [flag, field]) => withProperty(config, `${list}.${entry}.${field}`, flagValue(invocation, flag)),
          withEntry(file, list, entry),
        ),
      );
      streams.out(`${noun} ${JSON.stringify(entry)} set.\n`);
      return 0;
    },
  };
}

const BOOLEANS: ReadonlySet<string> = new Set(['insecure-skip-tls-verify']);

/** What a flag puts into the file; of a certificate the path, which must be right if it is to be embedded. */
function flagValue({ flags, process }: Invocation, flag: string): string | boolean {
  if (BOOLEANS.has(flag)) return flags.bool(flag);
  const value = flags.string(flag);
  if (flag === 'certificate-authority' && flags.bool('embed-certs') && !process.access(value, 'exists'))
    throw new CommandError(`could not stat ${flag} file ${value}: stat ${value}: no such file or directory`);
  // A path that is relative in the file begins where the file is.
  if (flag === 'certificate-authority' && value !== '' && !value.startsWith('/')) return `${process.cwd}/${value}`;
  return value;
}

function withEntry(config: KubeConfig, list: ListName, name: string): KubeConfig {
  const entries: readonly { readonly name: string }[] = config[list];
  if (entries.some((one) => one.name === name)) return config;
  return { ...config, [list]: [...entries, { name, [LISTS[list]]: {} }] };
}

/** The configuration with one property changed or, without a value, taken away: `clusters.NAME.server`. */
function withProperty(config: KubeConfig, property: string, value: string | boolean | undefined): KubeConfig {
  const [first = '', ...rest] = property.split('.');
  if (!(first in LISTS)) {
    if (first === '' || rest.length > 0) throw new CommandError(`unable to parse path ${JSON.stringify(property)}`);
    return configFromObject(changed(configObject(config), [first], value));
  }
  const list = first as ListName;
  const name = entryName(config, list, rest);
  if (name === '') return { ...config, [list]: value === undefined ? [] : config[list] };
  const fields = rest.slice(name.split('.').length);
  if (fields.length === 0 && value === undefined) return without(config, list, name);
  const held = LISTS[list];
  const entries = withEntry(config, list, name)[list] as readonly { readonly name: string }[];
  return {
    ...config,
    [list]: entries.map((one) =>
      one.name === name
        ? { ...one, [held]: changed((one as Readonly<Record<string, unknown>>)[held], fields, value) }
        : one,
    ),
  };
}

/** Names may have dots; a known one wins. */
function entryName(config: KubeConfig, list: ListName, path: readonly string[]): string {
  const entries: readonly { readonly name: string }[] = config[list];
  const known = entries.find(({ name }) => `${path.join('.')}.`.startsWith(`${name}.`));
  return known?.name ?? path[0] ?? '';
}

function changed(
  value: unknown,
  path: readonly string[],
  to: string | boolean | undefined,
): Readonly<Record<string, unknown>> {
  const object = isObject(value) ? value : {};
  const [key = '', ...rest] = path;
  if (rest.length > 0) return { ...object, [key]: changed(object[key], rest, to) };
  if (to !== undefined) return { ...object, [key]: to };
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));
}
