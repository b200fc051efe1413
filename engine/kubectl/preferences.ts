import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import { type Command, findCommand } from './command.ts';
import { CommandError } from './command-error.ts';
import type { FlagSpec, Flags } from './flag.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';
import type { Streams } from './streams.ts';
import { isObject } from './unstructured.ts';
import { ManifestError, readManifest } from './yaml/yaml-reader.ts';

// The user's own defaults and aliases: https://kubernetes.io/docs/reference/kubectl/kuberc/

export interface Option {
  readonly name: string;
  readonly default: string;
}

export interface CommandDefaults {
  readonly command: string;
  readonly options: readonly Option[];
}

export interface Alias {
  readonly name: string;
  readonly command: string;
  readonly prependArgs: readonly string[];
  readonly appendArgs: readonly string[];
  readonly options: readonly Option[];
}

/** What a kuberc file says. */
export interface Preferences {
  readonly defaults: readonly CommandDefaults[];
  readonly aliases: readonly Alias[];
}

export const API_VERSION = 'kubectl.config.k8s.io/v1beta1';

/** The file, and whether the user named it; undefined when preferences are switched off. */
export function preferencesFile(
  { env }: Process,
  flag: string,
): { readonly path: string; readonly named: boolean } | undefined {
  if (['false', '0', 'f', 'F', 'FALSE', 'False'].includes(env['KUBECTL_KUBERC'] ?? '')) return undefined;
  if (flag !== '') return { path: flag, named: true };
  const variable = env['KUBERC'] ?? '';
  if (variable === 'off') return undefined;
  return variable === ''
    ? { path: `${env['HOME'] ?? '/root'}/.kube/kuberc`, named: false }
    : { path: variable, named: true };
}

/** Reads a kuberc file. @throws CommandError when there is nothing of use in it @param warn hears of unknown fields */
export function readPreferences(process: Process, path: string, warn: (text: string) => void): Preferences {
  if (!process.access(path, 'exists')) throw new CommandError(`open ${path}: no such file or directory`);
  let value: unknown;
  try {
    value = readManifest(decode(process.readFile(path)));
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
  }
  if (
    !isObject(value) ||
    value['kind'] !== 'Preference' ||
    !/^kubectl\.config\.k8s\.io\//.test(String(value['apiVersion']))
  ) {
    throw new CommandError(`no valid preferences found in ${path}, use --v=5 to see details`);
  }
  const unknown = Object.keys(value).filter((key) => !['apiVersion', 'kind', 'defaults', 'aliases'].includes(key));
  if (unknown.length > 0) {
    const list = unknown.map((key) => `unknown field ${JSON.stringify(key)}`).join(', ');
    warn(`kuberc: ignoring strict decoding error in ${path}: strict decoding error: ${list}`);
  }
  return {
    defaults: objects(value['defaults']).map((one) => ({ command: text(one['command']), options: options(one) })),
    aliases: objects(value['aliases']).map((one) => ({
      name: text(one['name']),
      command: text(one['command']),
      prependArgs: texts(one['prependArgs']),
      appendArgs: texts(one['appendArgs']),
      options: options(one),
    })),
  };
}

function objects(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

function options(owner: Readonly<Record<string, unknown>>): readonly Option[] {
  return objects(owner['options']).map((one) => ({ name: text(one['name']), default: text(one['default']) }));
}

/** A command line with the preferences in it. */
export interface PreferredLine {
  readonly words: readonly string[];
  /** What flags that are not given are to be. */
  readonly options: readonly Option[];
}

/** Applies the user's preferences to the words behind `kubectl`. @throws CommandError for those that make no sense */
export function applyPreferences(
  process: Process,
  streams: Streams,
  root: Command,
  words: readonly string[],
): PreferredLine {
  const plain = { words, options: [] };
  const file = preferencesFile(process, kubercFlag(words));
  if (file === undefined || (!file.named && !process.access(file.path, 'exists'))) return plain;
  let preferences: Preferences;
  try {
    preferences = readPreferences(process, file.path, (warning) => streams.err(warning));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (file.named) throw unusable(`kuberc error kuberc: ${error.message}`);
    streams.err(`kuberc: no preferences loaded from ${file.path}: ${error.message}`);
    return plain;
  }
  checkAliases(preferences.aliases);
  for (const { command } of preferences.defaults) {
    const found = findCommand(root, command.split(' '), []);
    if (found.rest.length > 0)
      streams.err(`Warning: command ${JSON.stringify(command)} not found to set kuberc override\n`);
  }
  return aliased(root, preferences.aliases, words) ?? withDefaults(root, preferences.defaults, words);
}

function unusable(reason: string): CommandError {
  return new CommandError(`error occurred while applying preferences ${reason}`, { verbatim: true });
}

/** `--kuberc` has to be known before the line can be parsed. */
function kubercFlag(words: readonly string[]): string {
  const at = words.findIndex((word) => word === '--kuberc' || word.startsWith('--kuberc='));
  const end = words.indexOf('--');
  if (at < 0 || (end >= 0 && end < at)) return '';
  return words[at] === '--kuberc' ? (words[at + 1] ?? '') : words[at]!.slice('--kuberc='.length);
}

function checkAliases(aliases: readonly Alias[]): void {
  const seen = new Set<string>();
  for (const { name } of aliases) {
    if (!/^[a-zA-Z]+$/.test(name)) throw unusable('invalid alias name, can only include alphabetical characters');
    if (seen.has(name)) throw unusable(`duplicate alias name ${name}`);
    seen.add(name);
  }
}

/** The line that an alias stands for; undefined when it begins with none. Commands cannot be hidden by aliases. */
function aliased(root: Command, aliases: readonly Alias[], words: readonly string[]): PreferredLine | undefined {
  // With the aliases as commands of their own, what comes first is found whatever flags stand before it.
  const known = aliases.map(({ name }) => ({ name, summary: '' }));
  const { command, rest } = findCommand<Command>(
    { ...root, subcommands: [...root.subcommands!, ...known] },
    words,
    GLOBAL_FLAGS,
  );
  const alias = aliases.find(({ name }) => name === command.name && !root.subcommands!.includes(command));
  if (alias === undefined || command === root || !known.includes(command as never)) return undefined;
  const path = alias.command.split(' ');
  const target = findCommand(root, path, []);
  if (target.rest.length > 0) {
    const shown = `[${path.join(' ')}]`;
    throw unusable(
      `command ${JSON.stringify(alias.command)} not found to set alias ${JSON.stringify(alias.name)}: ${shown}`,
    );
  }
  checkOptions(target.command, alias.command, alias.options);
  const line = [...path, ...alias.prependArgs, ...rest, ...alias.appendArgs];
  return { words: line, options: alias.options };
}

function withDefaults(root: Command, defaults: readonly CommandDefaults[], words: readonly string[]): PreferredLine {
  const { command, path } = findCommand(root, words, GLOBAL_FLAGS);
  const own = defaults.find((one) => `${root.name} ${one.command}` === path);
  if (own === undefined) return { words, options: [] };
  checkOptions(command, own.command, own.options);
  return { words, options: own.options };
}

function checkOptions(command: Command, name: string, wanted: readonly Option[]): void {
  const known: readonly FlagSpec[] = [...(command.flags ?? []), ...GLOBAL_FLAGS];
  for (const option of wanted) {
    if (!known.some((flag) => flag.name === option.name))
      throw unusable(`invalid flag ${option.name} for command ${name}`);
  }
}

/** Sets the flags that were not given. */
export function preferOptions(flags: Flags, wanted: readonly Option[]): void {
  for (const { name, default: value } of wanted) if (flags.has(name) && !flags.changed(name)) flags.add(name, value);
}
