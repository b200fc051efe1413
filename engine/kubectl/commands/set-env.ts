import { configMaps, secrets } from '../../api/resources.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import { givesFiles } from '../manifest-files.ts';
import { parseResourceArgs } from '../resource-args.ts';
import { type Found, findObjects } from '../resource-finder.ts';
import {
  CONTAINERS_FLAG,
  containersOf,
  type NamedContainer,
  SET_FLAGS,
  selectContainers,
  setInPodSpecs,
} from '../set-targets.ts';
import { fieldAt, isObject, sameJson, stringAt } from '../unstructured.ts';

const WORDS = { done: 'env updated', failed: 'failed to patch env update to pod template:' };

export const setEnv: Command = {
  name: 'env',
  summary: 'Update environment variables on a pod template',
  usage: 'set env RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N',
  examples: ['kubectl set env deployment/web MODE=test DEBUG-', 'kubectl set env deploy/web --from=configmap/settings'],
  operand: 'resource',
  flags: [
    ...SET_FLAGS.filter(({ name }) => name !== 'record'),
    CONTAINERS_FLAG,
    { name: 'env', short: 'e', type: 'stringArray', help: 'A variable: name=value' },
    { name: 'from', type: 'string', help: 'A ConfigMap or Secret to take variables from' },
    { name: 'prefix', type: 'string', help: 'What to put before the names of --from' },
    { name: 'keys', type: 'stringSlice', help: 'Only these keys of --from' },
    { name: 'list', type: 'bool', help: 'Show the variables' },
    { name: 'resolve', type: 'bool', help: 'With --list: show what references lead to' },
    { name: 'overwrite', type: 'bool', default: 'true', help: 'Let a variable be changed that is set already' },
  ],
  *run(invocation) {
    const { flags, args } = invocation;
    const isVariable = (arg: string) => arg.includes('=') || (arg.endsWith('-') && arg.length > 1);
    const first = args.findIndex(isVariable);
    const resources = first < 0 ? args : args.slice(0, first);
    const words = first < 0 ? [] : args.slice(first);
    if (resources.length === 0 && !givesFiles(flags)) {
      throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    }
    const stray = words.find((word) => !isVariable(word));
    if (stray !== undefined)
      throw new CommandError(`all resources must be specified before environment changes: ${stray}`);
    if (flags.bool('list')) return yield* listVariables(invocation, resources);
    const removed = words.filter((word) => !word.includes('=')).map((word) => word.slice(0, -1));
    const variables = [...flags.list('env'), ...words.filter((word) => word.includes('='))].map(parseVariable);
    const added = [...variables, ...referenced(invocation)];
    return yield* setInPodSpecs(invocation, resources, WORDS, (found) => {
      const containers = changed(invocation, found, 'containers', added, removed);
      const initContainers = changed(invocation, found, 'initContainers', added, removed);
      warnOfNone(invocation, found);
      if (containers.length + initContainers.length === 0) return undefined;
      return {
        ...(containers.length === 0 ? {} : { containers }),
        ...(initContainers.length === 0 ? {} : { initContainers }),
      };
    });
  },
};

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown;
}

function parseVariable(text: string): Variable {
  const equals = text.indexOf('=');
  const name = text.slice(0, equals);
  if (equals < 1 || !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) {
    throw new CommandError(
      `${JSON.stringify(name)} is not a valid key name: a valid environment variable name must consist of alphabetic ` +
        "characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  " +
        "or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')",
    );
  }
  return { name, value: text.slice(equals + 1) };
}

/** The keys of `--from` as variables: `app.mode` is `APP_MODE`. */
function referenced(invocation: Invocation): readonly Variable[] {
  const { flags } = invocation;
  const from = flags.string('from');
  if (from === '') return [];
  const [request] = parseResourceArgs(invocation.discovery, from.includes('/') ? [from] : from.split(' '));
  const { resource, names = [] } = request!;
  if (resource.kind !== 'ConfigMap' && resource.kind !== 'Secret') {
    throw new CommandError(`unsupported resource specified in --from`);
  }
  const object = invocation.get(resource, names[0] ?? '', invocation.namespace);
  const reference = resource.kind === 'ConfigMap' ? 'configMapKeyRef' : 'secretKeyRef';
  const wanted = flags.list('keys');
  const data = fieldAt(object, 'data');
  return Object.keys(isObject(data) ? data : {})
    .sort()
    .filter((key) => wanted.length === 0 || wanted.includes(key))
    .map((key) => {
      const name = key.toUpperCase().replace(/[^A-Z0-9_]/g, '_');
      if (name !== key) invocation.streams.err(`Warning: key ${key} transferred to ${name}\n`);
      const valueFrom = { [reference]: { key, name: object.metadata.name } };
      return { name: flags.string('prefix') + name, valueFrom };
    });
}

function environmentOf(container: NamedContainer): readonly Variable[] {
  return Array.isArray(container.env) ? (container.env as readonly Variable[]) : [];
}

/** The containers of a list whose environment changes, each with the part of it that does. */
function changed(
  { flags }: Invocation,
  found: Found,
  list: 'containers' | 'initContainers',
  added: readonly Variable[],
  removed: readonly string[],
): readonly unknown[] {
  return selectContainers(containersOf(found, list), flags.string('containers')).flatMap((container) => {
    const before = environmentOf(container);
    const changes: unknown[] = [];
    for (const variable of added) {
      const old = before.find(({ name }) => name === variable.name);
      if (old !== undefined && !flags.bool('overwrite')) {
        throw new CommandError(
          `${found.resource.plural}/${found.name} '${variable.name}' already has a value (${old.value ?? ''}), and --overwrite is false`,
        );
      }
      if (old !== undefined && sameJson({ value: '', ...old }, { value: '', ...variable })) continue;
      // A value and a reference exclude each other: the one that was there goes.
      changes.push({
        ...variable,
        ...(old?.valueFrom !== undefined && variable.valueFrom === undefined ? { valueFrom: null } : {}),
        ...(old?.value !== undefined && variable.valueFrom !== undefined ? { value: null } : {}),
      });
    }
    for (const name of removed) {
      if (before.some((variable) => variable.name === name)) changes.push({ $patch: 'delete', name });
    }
    return changes.length === 0 ? [] : [{ name: container.name, env: changes }];
  });
}

function warnOfNone({ flags, streams }: Invocation, found: Found): void {
  const pattern = flags.string('containers');
  const all = [...containersOf(found, 'initContainers'), ...containersOf(found, 'containers')];
  if (selectContainers(all, pattern).length > 0) return;
  streams.err(
    `Warning: ${found.object.kind}/${found.name} does not have any containers matching ${JSON.stringify(pattern)}\n`,
  );
}

function* listVariables(invocation: Invocation, resources: readonly string[]) {
  const { flags, streams } = invocation;
  const { found, errors } = yield* findObjects(invocation, { args: resources });
  for (const one of found) {
    const all = [...containersOf(one, 'initContainers'), ...containersOf(one, 'containers')];
    for (const container of selectContainers(all, flags.string('containers'))) {
      streams.out(`# ${one.object.kind} ${one.name}, container ${container.name}\n`);
      for (const variable of environmentOf(container)) {
        const value = flags.bool('resolve') ? resolved(invocation, variable) : undefined;
        streams.out(value === undefined ? `${variableText(variable)}\n` : `${variable.name}=${value}\n`);
      }
    }
  }
  throwCollected(errors);
  return 0;
}

/** What a reference leads to; undefined for what only the kubelet knows. */
function resolved(invocation: Invocation, { valueFrom }: Variable): string | undefined {
  for (const [field, resource] of [
    ['configMapKeyRef', configMaps],
    ['secretKeyRef', secrets],
  ] as const) {
    const reference = fieldAt(valueFrom, field);
    if (reference === undefined) continue;
    const object = invocation.get(resource, stringAt(reference, 'name'), invocation.namespace);
    const value = stringAt(object, 'data', stringAt(reference, 'key'));
    return resource === secrets
      ? new TextDecoder().decode(Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0)))
      : value;
  }
  return undefined;
}

function variableText({ name, value = '', valueFrom }: Variable): string {
  if (valueFrom === undefined) return `${name}=${value}`;
  for (const [field, kind] of [
    ['configMapKeyRef', 'configmap'],
    ['secretKeyRef', 'secret'],
  ] as const) {
    const reference = fieldAt(valueFrom, field);
    if (reference !== undefined) {
      return `# ${name} from ${kind} ${stringAt(reference, 'name')}, key ${stringAt(reference, 'key')}`;
    }
  }
  const path = stringAt(valueFrom, 'fieldRef', 'fieldPath');
  if (path !== '') return `# ${name} from field path ${path}`;
  return `# ${name} from resource field ${stringAt(valueFrom, 'resourceFieldRef', 'resource')}`;
}
