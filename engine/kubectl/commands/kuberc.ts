import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { OUTPUT_FLAGS } from '../global-flags.ts';
import { helpText } from '../help.ts';
import type { Invocation } from '../invocation.ts';
import { writeJson } from '../output/json-writer.ts';
import { objectPrinter } from '../output/object-printer.ts';
import {
  type Alias,
  API_VERSION,
  type CommandDefaults,
  type Option,
  type Preferences,
  preferencesFile,
  readPreferences,
} from '../preferences.ts';
import { writeYaml } from '../yaml/yaml-writer.ts';

const NOTHING: Preferences = { defaults: [], aliases: [] };

/** What people are advised to begin with. */
const RECOMMENDED: Preferences = {
  defaults: [
    { command: 'apply', options: [{ name: 'server-side', default: 'true' }] },
    { command: 'delete', options: [{ name: 'interactive', default: 'true' }] },
  ],
  aliases: [],
};

const view: Command = {
  name: 'view',
  summary: 'Display the current kuberc configuration',
  usage: 'kuberc view',
  operand: 'none',
  flags: OUTPUT_FLAGS.map((flag) => (flag.name === 'output' ? { ...flag, default: 'yaml' } : flag)),
  *run(invocation) {
    const { process, streams, flags } = invocation;
    const printer = objectPrinter(invocation)!;
    const path = pathOf(invocation);
    if (!process.access(path, 'exists')) {
      streams.out(
        `kuberc file not found at ${path}\nWould you like to generate a default kuberc file with recommended options? (y/N): `,
      );
      const answer = yield* streams.readLine();
      if (answer.trim().toLowerCase() === 'y') save(invocation, RECOMMENDED);
      return 0;
    }
    const object = fileObject(readPreferences(process, path, () => {}));
    if (flags.string('output') === 'json') streams.out(`${writeJson(object, { indent: '    ', asItStands: true })}\n`);
    else streams.out(printer(object as never));
    return 0;
  },
};

const set: Command = {
  name: 'set',
  summary: 'Set values in the kuberc configuration',
  usage: 'kuberc set --section (defaults|aliases) --command COMMAND',
  operand: 'none',
  flags: [
    { name: 'section', type: 'string', help: 'What to change', values: ['defaults', 'aliases'] },
    { name: 'command', type: 'string', help: 'The command, e.g. get or "set image"' },
    { name: 'name', type: 'string', help: 'The name of the alias' },
    { name: 'option', type: 'stringArray', help: 'A flag and its value: flag=value' },
    { name: 'prependarg', type: 'stringArray', help: 'An argument to put before those given' },
    { name: 'appendarg', type: 'stringArray', help: 'An argument to put behind those given' },
    { name: 'overwrite', type: 'bool', help: 'Replace what is there' },
  ],
  requiredFlags: ['command', 'section'],
  *run(invocation) {
    const { flags, process } = invocation;
    checkFlags(invocation);
    const options = flags.list('option').map(readOption);
    const path = pathOf(invocation);
    const before = process.access(path, 'exists') ? readPreferences(process, path, () => {}) : NOTHING;
    save(
      invocation,
      flags.string('section') === 'defaults'
        ? withDefaults(invocation, before, options)
        : withAlias(invocation, before, options),
    );
    return 0;
  },
};

function checkFlags({ flags }: Invocation): void {
  const section = flags.string('section');
  if (section !== 'defaults' && section !== 'aliases')
    throw new CommandError(`--section must be "defaults" or "aliases", got: ${section}`);
  const name = flags.string('name');
  if (section === 'aliases' && name === '') throw new CommandError('--name is required when --section=aliases');
  if (section === 'aliases') return;
  if (name !== '') throw new CommandError('--name should not be specified when --section=defaults');
  if (flags.changed('prependarg') || flags.changed('appendarg'))
    throw new CommandError('--prependarg and --appendarg are only valid for --section=aliases');
}

function readOption(text: string): Option {
  const equals = text.indexOf('=');
  if (equals < 0) throw new CommandError(`invalid option format ${JSON.stringify(text)}, expected flag=value`);
  return { name: text.slice(0, equals), default: text.slice(equals + 1) };
}

function withDefaults({ flags }: Invocation, before: Preferences, options: readonly Option[]): Preferences {
  const command = flags.string('command');
  const entry: CommandDefaults = { command, options };
  const known = before.defaults.some((one) => one.command === command);
  if (!known) return { ...before, defaults: [...before.defaults, entry] };
  if (!flags.bool('overwrite'))
    throw new CommandError(`defaults for command ${JSON.stringify(command)} already exist, use --overwrite to replace`);
  return { ...before, defaults: before.defaults.map((one) => (one.command === command ? entry : one)) };
}

function withAlias({ flags }: Invocation, before: Preferences, options: readonly Option[]): Preferences {
  const name = flags.string('name');
  const [prependArgs, appendArgs] = [flags.list('prependarg'), flags.list('appendarg')];
  const entry: Alias = { name, command: flags.string('command'), prependArgs, appendArgs, options };
  const known = before.aliases.some((one) => one.name === name);
  if (!known) return { ...before, aliases: [...before.aliases, entry] };
  if (!flags.bool('overwrite'))
    throw new CommandError(`alias ${JSON.stringify(name)} already exists, use --overwrite to replace`);
  return { ...before, aliases: before.aliases.map((one) => (one.name === name ? entry : one)) };
}

function pathOf({ process, flags }: Invocation): string {
  const file = preferencesFile(process, flags.string('kuberc'));
  if (file === undefined) throw new CommandError('kuberc is disabled');
  return file.path;
}

function save(invocation: Invocation, preferences: Preferences): void {
  const { process, streams } = invocation;
  const path = pathOf(invocation);
  const directory = path.slice(0, path.lastIndexOf('/'));
  if (directory !== '' && !process.access(directory, 'exists')) process.mkdir(directory, 0o755);
  process.writeFile(path, writeYaml(fileObject(preferences)), { mode: 0o600 });
  streams.out(`Updated ${path}\n`);
}

/** As the file has it, in the order of the fields of the structure. */
function fileObject({ defaults, aliases }: Preferences): Readonly<Record<string, unknown>> {
  const orNull = (list: readonly unknown[]) => (list.length === 0 ? null : list);
  const unlessEmpty = (key: string, list: readonly unknown[]) => (list.length === 0 ? {} : { [key]: list });
  return {
    kind: 'Preference',
    apiVersion: API_VERSION,
    defaults: orNull(defaults.map(({ command, options }) => ({ command, options: orNull(options) }))),
    aliases: orNull(
      aliases.map(({ name, command, prependArgs, appendArgs, options }) => ({
        name,
        command,
        ...unlessEmpty('prependArgs', prependArgs),
        ...unlessEmpty('appendArgs', appendArgs),
        ...unlessEmpty('options', options),
      })),
    ),
  };
}

/** `kubectl kuberc`; up to 1.35 it was `kubectl alpha kuberc`, and both are understood. */
export const kuberc: Command = {
  name: 'kuberc',
  summary: 'Manage kuberc configuration files',
  section: 'Other Commands',
  subcommands: [set, view],
};

export const alpha: Command = {
  name: 'alpha',
  summary: 'Commands for features in alpha',
  section: 'Other Commands',
  subcommands: [kuberc],
  *run({ streams }) {
    streams.out(helpText(alpha, 'kubectl alpha'));
    return 0;
  },
};
