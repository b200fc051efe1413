import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagSpec } from '../flag.ts';
import { GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import type { Invocation } from '../invocation.ts';
import type { Unstructured } from '../unstructured.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/#determine-the-request-verb */
const RESOURCE_VERBS: ReadonlySet<string> = new Set(
  'get delete list create update patch watch proxy deletecollection use bind approve sign escalate impersonate *'.split(
    ' ',
  ),
);

const RULE_FLAGS: readonly FlagSpec[] = [
  { name: 'verb', type: 'stringSlice', help: 'What may be done' },
  { name: 'resource', type: 'stringSlice', help: 'With what: resource[.group][/subresource]' },
  { name: 'resource-name', type: 'stringArray', help: 'Only with the objects of this name' },
];

export const createRole: Command = {
  name: 'role',
  summary: 'Create a role with single rule',
  usage: 'create role NAME --verb=verb --resource=resource.group/subresource',
  examples: ['kubectl create role reader --verb=get,list,watch --resource=pods'],
  operand: 'none',
  flags: [...GENERATOR_FLAGS, ...RULE_FLAGS],
  *run(invocation) {
    const name = oneName(invocation);
    const verbs = verbsOf(invocation);
    if (invocation.flags.list('resource').length === 0) {
      throw new CommandError('at least one resource must be specified');
    }
    return yield* generate(invocation, roleObject('Role', name, { rules: resourceRules(invocation, verbs) }));
  },
};

export const createClusterRole: Command = {
  name: 'clusterrole',
  summary: 'Create a cluster role',
  usage: 'create clusterrole NAME --verb=verb --resource=resource.group',
  operand: 'none',
  flags: [
    ...GENERATOR_FLAGS,
    ...RULE_FLAGS,
    { name: 'non-resource-url', type: 'stringSlice', help: 'With which paths of the server' },
    { name: 'aggregation-rule', type: 'stringSlice', help: 'Labels of the ClusterRoles to put together: key=value' },
  ],
  *run(invocation) {
    const { flags } = invocation;
    const name = oneName(invocation);
    const aggregated = flags.list('aggregation-rule');
    if (aggregated.length > 0) {
      const matchLabels = Object.fromEntries(aggregated.map((text) => text.split(/=(.*)/s).slice(0, 2)));
      const aggregationRule = { clusterRoleSelectors: [{ matchLabels }] };
      return yield* generate(invocation, roleObject('ClusterRole', name, { aggregationRule, rules: null }));
    }
    const verbs = verbsOf(invocation);
    const nonResourceURLs = flags.list('non-resource-url');
    if (flags.list('resource').length === 0 && nonResourceURLs.length === 0) {
      throw new CommandError('one of resource or nonResourceURL must be specified');
    }
    if (nonResourceURLs.some((url) => url !== '*' && !url.startsWith('/'))) {
      throw new CommandError('nonResourceURL should start with /');
    }
    const odd = nonResourceURLs.length === 0 ? undefined : verbs.find((verb) => !URL_VERBS.has(verb));
    if (odd !== undefined) throw new CommandError(`invalid verb: '${odd}' for nonResourceURL`);
    const urlRules = nonResourceURLs.length === 0 ? [] : [{ nonResourceURLs, verbs }];
    const rules = [...resourceRules(invocation, verbs), ...urlRules];
    return yield* generate(invocation, roleObject('ClusterRole', name, { rules }));
  },
};

const URL_VERBS: ReadonlySet<string> = new Set(['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options']);

function roleObject(kind: string, name: string, fields: Readonly<Record<string, unknown>>): Unstructured {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name }, ...fields } as unknown as Unstructured;
}

function verbsOf({ flags, streams }: Invocation): readonly string[] {
  const verbs = [...new Set(flags.list('verb'))];
  if (verbs.length === 0) throw new CommandError('at least one verb must be specified');
  if (verbs.includes('*')) return ['*'];
  for (const verb of verbs) {
    if (!RESOURCE_VERBS.has(verb)) streams.err(`Warning: '${verb}' is not a standard resource verb\n`);
  }
  return verbs;
}

const EVERY_RESOURCE: Readonly<Record<string, { readonly group: string; readonly plural: string }>> = {
  '*': { group: '', plural: '*' },
  '*.*': { group: '*', plural: '*' },
};

/** One rule for each API group, in the order of their names. */
function resourceRules(invocation: Invocation, verbs: readonly string[]): readonly unknown[] {
  const resourceNames = invocation.flags.list('resource-name');
  const groups = new Map<string, string[]>();
  for (const text of new Set(invocation.flags.list('resource'))) {
    const [type = '', subresource = ''] = text.split(/\/(.*)/s);
    const resource = EVERY_RESOURCE[type] ?? requireResource(invocation, type);
    const name = subresource === '' ? resource.plural : `${resource.plural}/${subresource}`;
    groups.set(resource.group, [...(groups.get(resource.group) ?? []), name]);
  }
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([group, resources]) => ({
      apiGroups: [group],
      ...(resourceNames.length === 0 ? {} : { resourceNames }),
      resources,
      verbs,
    }));
}

function requireResource({ discovery }: Invocation, type: string) {
  const resource = discovery.find(type);
  if (resource !== undefined) return resource;
  const shown = JSON.stringify(type.split('.')[0]);
  throw new CommandError(`the server doesn't have a resource type ${shown}`, { verbatim: true });
}
