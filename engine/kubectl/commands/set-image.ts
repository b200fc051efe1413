import type { Container } from '../../api/kinds.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import {
  ALL_NAMESPACES_FLAG,
  DRY_RUN_FLAG,
  FILE_FLAGS,
  fieldManagerFlag,
  OUTPUT_FLAGS,
  SELECTOR_FLAG,
} from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { givesFiles } from '../manifest-files.ts';
import { Report } from '../output/report.ts';
import { collect, type Found, findObjects } from '../resource-finder.ts';
import { fieldAt } from '../unstructured.ts';

export const setImage: Command = {
  name: 'image',
  summary: 'Update the image of a pod template',
  usage:
    'set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  examples: ['kubectl set image deployment/web nginx=nginx:1.29'],
  operand: 'resource',
  flags: [
    ...FILE_FLAGS,
    ...OUTPUT_FLAGS,
    SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    DRY_RUN_FLAG,
    fieldManagerFlag('kubectl-set'),
    { name: 'all', type: 'bool', help: 'All objects of the type in the namespace' },
  ],
  *run(invocation) {
    const { args } = invocation;
    const first = args.findIndex((arg) => arg.includes('='));
    const resources = first < 0 ? args : args.slice(0, first);
    const images = new Map((first < 0 ? [] : args.slice(first)).map(parseImage));
    if (resources.length === 0 && !givesFiles(invocation.flags)) {
      throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
    }
    if (images.size === 0) throw new CommandError('at least one image update is required');
    const { found, errors: missing } = yield* findObjects(invocation, { args: resources });
    const report = new Report(invocation);
    const errors: Error[] = [...missing];
    for (const one of found) collect(errors, () => update(invocation, report, one, images));
    throwCollected(errors);
    return 0;
  },
};

function parseImage(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function update(invocation: Invocation, report: Report, found: Found, images: ReadonlyMap<string, string>): void {
  const { resource, name, namespace, object } = found;
  const path = resource.kind === 'Pod' ? ['spec'] : ['spec', 'template', 'spec'];
  const spec = fieldAt(object, ...path);
  const changes = {
    containers: changesTo(fieldAt(spec, 'containers'), images),
    initContainers: changesTo(fieldAt(spec, 'initContainers'), images),
  };
  const known = [...containersOf(fieldAt(spec, 'containers')), ...containersOf(fieldAt(spec, 'initContainers'))];
  for (const container of images.keys()) {
    if (container !== '*' && !known.some((one) => one.name === container)) {
      throw new CommandError(`unable to find container named ${JSON.stringify(container)}`);
    }
  }
  const lists = Object.fromEntries(Object.entries(changes).filter(([, list]) => list.length > 0));
  // Nothing is said when nothing changes.
  if (Object.keys(lists).length === 0) return;
  const patch = path.reduceRight<unknown>((inner, field) => ({ [field]: inner }), lists);
  const result =
    invocation.dryRun === 'client' ? object : invocation.patch(resource, name, namespace, 'strategic-merge', patch);
  report.done(result, 'image updated');
}

function containersOf(list: unknown): readonly Container[] {
  return Array.isArray(list) ? (list as readonly Container[]) : [];
}

function changesTo(list: unknown, images: ReadonlyMap<string, string>) {
  return containersOf(list).flatMap(({ name, image: old }) => {
    const wanted = images.get(name) ?? images.get('*');
    return wanted === undefined || wanted === old ? [] : [{ name, image: wanted }];
  });
}
