import type { Command } from '../command.ts';
import { CommandError, isStatus, throwCollected } from '../command-error.ts';
import { DESCRIBERS } from '../describe/describers.ts';
import { DescriptionWriter } from '../describe/description-writer.ts';
import { describeAny } from '../describe/generic.ts';
import { kindName } from '../discovery.ts';
import { ALL_NAMESPACES_FLAG, FILE_FLAGS, SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { givesFiles } from '../manifest-files.ts';
import { parseResourceArgs } from '../resource-args.ts';
import { collect, type Found, findObjects, foundObject } from '../resource-finder.ts';
import type { Unstructured } from '../unstructured.ts';

export const describe: Command = {
  name: 'describe',
  summary: 'Show details of a specific resource or group of resources',
  section: 'Troubleshooting and Debugging Commands',
  usage: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  examples: ['kubectl describe pod web', 'kubectl describe nodes'],
  operand: 'resource',
  flags: [
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    { name: 'show-events', type: 'bool', default: 'true', help: 'Show the events about each object' },
    { name: 'chunk-size', type: 'int', default: '500', help: 'Objects to fetch at a time', hidden: true },
  ],
  *run(invocation) {
    const { args, flags, streams } = invocation;
    if (args.length === 0 && !givesFiles(flags)) {
      throw new CommandError(
        'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.',
      );
    }
    const findings = yield* findObjects(invocation, { listAll: true });
    const found = [...findings.found];
    const errors = withPrefixMatches(invocation, findings.errors, found);
    const texts: string[] = [];
    for (const one of found) yield* collect(invocation, errors, () => texts.push(describeOne(invocation, one)));
    // Objects found by the beginning of their name end with a line of their own.
    const byPrefix = findings.found.length === 0 && texts.length > 0;
    streams.out(byPrefix ? texts.map((text) => `${text}\n`).join('') : texts.join('\n\n'));
    if (texts.length === 0 && errors.length === 0) {
      const where = flags.bool('all-namespaces') ? '' : ` in ${invocation.namespace} namespace.`;
      streams.err(`No resources found${where}\n`);
    }
    throwCollected(errors);
    return 0;
  },
};

function describeOne(invocation: Invocation, { resource, object }: Found): string {
  const writer = new DescriptionWriter();
  const describer = DESCRIBERS[kindName(resource)];
  if (describer === undefined) describeAny(invocation, writer, object);
  else describer(invocation, writer, object as never);
  return writer.text;
}

/** `describe pod web` also finds `web-7d4b9-xk2lp` when there is no Pod `web`. */
function withPrefixMatches(invocation: Invocation, errors: readonly Error[], found: Found[]): Error[] {
  const { args } = invocation;
  const notFound = errors.filter((error) => isStatus(error, 'NotFound'));
  if (args.length !== 2 || notFound.length === 0 || found.length > 0) return [...errors];
  const [request] = parseResourceArgs(invocation.discovery, args);
  if (request === undefined) return [...errors];
  const { resource } = request;
  const scope = resource.namespaced ? { namespace: invocation.namespace } : {};
  const matching = invocation
    .list(resource, scope)
    .filter(({ metadata }: Unstructured) => metadata.name.startsWith(args[1]!));
  if (matching.length === 0) return [...errors];
  found.push(...matching.map((object) => foundObject(resource, object)));
  return errors.filter((error) => !notFound.includes(error));
}
