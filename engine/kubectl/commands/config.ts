import { Errno } from '../../linux/errno.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { OUTPUT_FLAGS } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { base64 } from '../key-sources.ts';
import { activeContext, changeConfigFile, configObject } from '../kubeconfig.ts';
import type { KubeConfig, NamedContext } from '../kubeconfig-contents.ts';
import { writeJson } from '../output/json-writer.ts';
import { objectPrinter } from '../output/object-printer.ts';
import { alignTabs, TABLE_LAYOUT } from '../output/tabwriter.ts';
import { deleteEntry, renameContext, setEntry, setProperty, unsetProperty } from './config-edit.ts';
import { setCredentials } from './set-credentials.ts';

const view: Command = {
  name: 'view',
  summary: 'Display merged kubeconfig settings or a specified kubeconfig file',
  operand: 'none',
  flags: [
    { name: 'minify', type: 'bool', help: 'Only what the current context needs' },
    { name: 'raw', type: 'bool', help: 'Show certificates and tokens too' },
    ...OUTPUT_FLAGS.map((flag) => (flag.name === 'output' ? { ...flag, default: 'yaml' } : flag)),
    { name: 'flatten', type: 'bool', help: 'Put what files hold into the configuration itself' },
    { name: 'merge', type: 'string', default: 'true', bare: 'true', help: 'Show all files merged, not the first only' },
  ],
  *run(invocation) {
    const { flags, streams, process } = invocation;
    if (flags.string('merge') === 'false' && flags.string('kubeconfig') === '')
      throw new CommandError('if merge==false a precise file must be specified');
    const config = flags.bool('minify') ? minified(invocation) : invocation.config;
    const object = configObject(
      flags.bool('flatten') ? flattened(config, process) : flags.bool('raw') ? config : redacted(config),
    );
    if (flags.string('output') === 'json') streams.out(`${writeJson(inFileOrder(object), JSON_OF_STRUCTURES)}\n`);
    else streams.out(objectPrinter(invocation)!(object as never));
    return 0;
  },
};

const JSON_OF_STRUCTURES = { indent: '    ', asItStands: true };

/** As client-go's structures have them. */
function inFileOrder(object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { kind, apiVersion, clusters, users, contexts, ...others } = object;
  const named = (list: unknown) =>
    Array.isArray(list) ? list.map(({ name, ...rest }: { readonly name: string }) => ({ name, ...rest })) : list;
  return { kind, apiVersion, clusters: named(clusters), users: named(users), contexts: named(contexts), ...others };
}

function minified(invocation: Invocation): KubeConfig {
  const { config, flags } = invocation;
  const name = flags.string('context') || config.currentContext;
  if (name === '') throw new CommandError('current-context must exist in order to minify');
  const { cluster, user } = activeContext(config, flags);
  return {
    clusters: config.clusters.filter((one) => one.name === cluster),
    contexts: config.contexts.filter((one) => one.name === name),
    users: config.users.filter((one) => one.name === user),
    currentContext: name,
  };
}

const SECRETS: Readonly<Record<string, string>> = {
  'certificate-authority-data': 'DATA+OMITTED',
  'client-certificate-data': 'DATA+OMITTED',
  'client-key-data': 'DATA+OMITTED',
  token: 'REDACTED',
  password: 'REDACTED',
};

function redacted(config: KubeConfig): KubeConfig {
  const hide = (fields: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, SECRETS[key] ?? value]));
  return {
    ...config,
    clusters: config.clusters.map((one) => ({ ...one, cluster: hide(one.cluster) })),
    users: config.users.map((one) => ({ ...one, user: hide(one.user) })),
  };
}

/** The configuration with the contents of the files that it names in their place. */
function flattened(config: KubeConfig, process: Process): KubeConfig {
  const filled = (fields: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      Object.entries(fields).map(([key, value]) =>
        FILES.has(key) && typeof value === 'string' ? [`${key}-data`, contentOf(process, value)] : [key, value],
      ),
    );
  return {
    ...config,
    clusters: config.clusters.map((one) => ({ ...one, cluster: filled(one.cluster) })),
    users: config.users.map((one) => ({ ...one, user: filled(one.user) })),
  };
}

const FILES: ReadonlySet<string> = new Set(['certificate-authority', 'client-certificate', 'client-key']);

function contentOf(process: Process, path: string): string {
  try {
    return base64(process.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CommandError(`open ${path}: ${error.message.toLowerCase()}`);
  }
}

const currentContext: Command = {
  name: 'current-context',
  summary: 'Display the current-context',
  operand: 'none',
  *run({ config, streams }) {
    if (config.currentContext === '') throw new CommandError('current-context is not set');
    streams.out(`${config.currentContext}\n`);
    return 0;
  },
};

const getContexts: Command = {
  name: 'get-contexts',
  summary: 'Describe one or many contexts',
  operand: 'context',
  flags: [
    { name: 'no-headers', type: 'bool', help: 'Leave the headings out' },
    { name: 'output', short: 'o', type: 'string', help: '"name" prints only the names', values: ['name'] },
  ],
  *run({ config, flags, args, streams }) {
    const missing = args.find((name) => !config.contexts.some((context) => context.name === name));
    const chosen = config.contexts
      .filter(({ name }) => args.length === 0 || args.includes(name))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
    if (flags.string('output') === 'name') {
      streams.out(chosen.map(({ name }) => `${name}\n`).join(''));
      if (missing !== undefined) throw new CommandError(`context ${missing} not found`);
      return 0;
    }
    const rows = chosen.map(({ name, context }) => {
      const current = name === config.currentContext ? '*' : '';
      return `${current}\t${name}\t${context.cluster ?? ''}\t${context.user ?? ''}\t${context.namespace ?? ''}\n`;
    });
    const headings = flags.bool('no-headers') ? '' : 'CURRENT\tNAME\tCLUSTER\tAUTHINFO\tNAMESPACE\n';
    streams.out(alignTabs(headings + rows.join(''), TABLE_LAYOUT));
    if (missing !== undefined) throw new CommandError(`context ${missing} not found`);
    return 0;
  },
};

const useContext: Command = {
  name: 'use-context',
  aliases: ['use'],
  summary: 'Set the current-context in a kubeconfig file',
  operand: 'context',
  *run(invocation) {
    const { args, config, streams } = invocation;
    const [name] = args;
    if (name === undefined || args.length !== 1) {
      throw invocation.usageError(`unexpected args: [${args.join(' ')}]`);
    }
    if (!config.contexts.some((context) => context.name === name)) {
      throw new CommandError(`no context exists with the name: ${JSON.stringify(name)}`);
    }
    changeConfigFile(invocation, (file) => ({ ...file, currentContext: name }));
    streams.out(`Switched to context ${JSON.stringify(name)}.\n`);
    return 0;
  },
};

const setContext: Command = {
  name: 'set-context',
  summary: 'Set a context entry in kubeconfig',
  usage:
    'config set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  operand: 'context',
  flags: [{ name: 'current', type: 'bool', help: 'Change the current context' }],
  *run(invocation) {
    const { flags, args, config, streams } = invocation;
    const name = flags.bool('current') ? config.currentContext : args[0];
    if (flags.bool('current') && args.length > 0)
      throw invocation.usageError('you cannot specify both NAME and --current');
    if (name === undefined || (!flags.bool('current') && args.length !== 1)) {
      throw invocation.usageError('you must specify a non-empty context name or --current');
    }
    if (name === '') throw new CommandError('no current context is set');
    const existed = config.contexts.some((context) => context.name === name);
    changeConfigFile(invocation, (file) => withContext(file, name, changedContext(invocation)));
    streams.out(`Context ${JSON.stringify(name)} ${existed ? 'modified' : 'created'}.\n`);
    return 0;
  },
};

function changedContext({ flags }: Invocation): NamedContext['context'] {
  const given = (['cluster', 'user', 'namespace'] as const).filter((name) => flags.changed(name));
  return Object.fromEntries(given.map((name) => [name, flags.string(name)]));
}

function withContext(config: KubeConfig, name: string, change: NamedContext['context']): KubeConfig {
  const others = config.contexts.filter((context) => context.name !== name);
  const old = config.contexts.find((context) => context.name === name);
  return { ...config, contexts: [...others, { name, context: { ...old?.context, ...change } }] };
}

function names(
  name: string,
  summary: string,
  list: (config: KubeConfig) => readonly { readonly name: string }[],
): Command {
  return {
    name,
    summary,
    operand: 'none',
    *run({ config, streams }) {
      streams.out(
        `NAME\n${list(config)
          .map((one) => `${one.name}\n`)
          .join('')}`,
      );
      return 0;
    },
  };
}

export const config: Command = {
  name: 'config',
  summary: 'Modify kubeconfig files',
  section: 'Other Commands',
  usage: 'config SUBCOMMAND [options]',
  subcommands: [
    currentContext,
    deleteEntry('clusters'),
    deleteEntry('contexts'),
    deleteEntry('users'),
    names('get-clusters', 'Display clusters defined in the kubeconfig', ({ clusters }) => clusters),
    getContexts,
    names('get-users', 'Display users defined in the kubeconfig', ({ users }) => users),
    renameContext,
    setProperty,
    setEntry('set-cluster', 'clusters', 'Cluster', {
      server: 'server',
      'certificate-authority': 'certificate-authority',
      'insecure-skip-tls-verify': 'insecure-skip-tls-verify',
      'tls-server-name': 'tls-server-name',
      'proxy-url': 'proxy-url',
    }),
    setContext,
    setCredentials,
    unsetProperty,
    useContext,
    view,
  ],
};
