import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { type ApiResource, apiVersionOf, resourceName } from '../discovery.ts';
import { writeJson } from '../output/json-writer.ts';
import { writeKyaml } from '../output/kyaml-writer.ts';
import { printTable } from '../output/table-printer.ts';
import { writeYaml } from '../yaml/yaml-writer.ts';

export const apiResources: Command = {
  name: 'api-resources',
  summary: 'Print the supported API resources on the server',
  section: 'Other Commands',
  usage: 'api-resources [flags]',
  operand: 'none',
  flags: [
    { name: 'api-group', type: 'string', help: 'Only resources of this group' },
    {
      name: 'namespaced',
      type: 'bool',
      default: 'true',
      help: 'Only namespaced (or, with =false, only cluster-scoped) resources',
    },
    { name: 'no-headers', type: 'bool', help: 'Leave the headings out' },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      help: 'The form of the output',
      values: ['json', 'yaml', 'kyaml', 'name', 'wide'],
    },
    { name: 'show-managed-fields', type: 'bool', help: 'Not of use here', hidden: true },
    { name: 'verbs', type: 'stringSlice', help: 'Only resources with all of these verbs' },
    { name: 'categories', type: 'stringSlice', help: 'Only resources of these categories' },
    { name: 'sort-by', type: 'string', help: 'Sort by name or kind', values: ['name', 'kind'] },
    { name: 'cached', type: 'bool', help: 'Use what is known already', hidden: true },
  ],
  *run(invocation) {
    const { flags, args, discovery, streams } = invocation;
    if (args.length > 0) throw invocation.usageError(`unexpected arguments: [${args.join(' ')}]`);
    const output = flags.string('output');
    if (!['', ...FORMATS].includes(output)) {
      throw new CommandError(
        `unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${FORMATS.join(',')}`,
      );
    }
    const sortBy = flags.string('sort-by');
    if (!['', 'name', 'kind'].includes(sortBy)) throw new CommandError('--sort-by accepts only name or kind');
    const resources = discovery
      .resources()
      .filter((resource) => !flags.changed('namespaced') || resource.namespaced === flags.bool('namespaced'))
      .filter(({ group }) => !flags.changed('api-group') || group === flags.string('api-group'))
      .filter(({ verbs }) => flags.list('verbs').every((verb) => verbs.includes(verb)))
      .filter(({ categories }) => flags.list('categories').every((category) => categories.includes(category)));
    const sorted = [...resources].sort(orderBy(sortBy));
    if (['json', 'yaml', 'kyaml'].includes(output)) streams.out(listText(sorted, output));
    else if (output === 'name') streams.out(sorted.map((resource) => `${resourceName(resource)}\n`).join(''));
    else
      streams.out(
        printTable([
          ...(flags.bool('no-headers') || sorted.length === 0 ? [] : [headings(output)]),
          ...sorted.map((resource) => row(resource, output)),
        ]),
      );
    return 0;
  },
};

const FORMATS = ['json', 'kyaml', 'name', 'wide', 'yaml'];

/** The resources as an APIResourceList, in the order of the fields of Go's structure. */
function listText(resources: readonly ApiResource[], output: string): string {
  const list = {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: '',
    resources: resources.map(
      ({ plural, singular, namespaced, group, version, kind, verbs, shortNames, categories }) => ({
        name: plural,
        singularName: singular,
        namespaced,
        ...(group === '' ? {} : { group }),
        version,
        kind,
        verbs,
        ...(shortNames.length === 0 ? {} : { shortNames }),
        ...(categories.length === 0 ? {} : { categories }),
      }),
    ),
  };
  if (output === 'json') return `${writeJson(list, { indent: '    ', asItStands: true })}\n`;
  return output === 'yaml' ? writeYaml(list) : writeKyaml(list, true);
}

function headings(output: string): readonly string[] {
  const all = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'];
  return output === 'wide' ? [...all, 'VERBS', 'CATEGORIES'] : all;
}

function row(resource: ApiResource, output: string): readonly string[] {
  const { plural, shortNames, namespaced, kind, verbs, categories } = resource;
  const cells = [plural, shortNames.join(','), apiVersionOf(resource), String(namespaced), kind];
  return output === 'wide' ? [...cells, [...verbs].sort().join(','), categories.join(',')] : cells;
}

function orderBy(sortBy: string): (left: ApiResource, right: ApiResource) => number {
  const key = ({ plural, kind, group }: ApiResource) =>
    sortBy === 'kind' ? kind : sortBy === 'name' ? plural : `${group}\0${plural}`;
  return (left, right) => (key(left) < key(right) ? -1 : key(left) > key(right) ? 1 : 0);
}
