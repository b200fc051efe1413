import type { Container } from '../../api/kinds.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Found } from '../resource-finder.ts';
import { findTargets, SET_FLAGS, setInPodSpecs } from '../set-targets.ts';
import { fieldAt } from '../unstructured.ts';

const WORDS = { done: 'image updated', failed: 'failed to patch image update to pod template:' };

export const setImage: Command = {
  name: 'image',
  summary: 'Update the image of a pod template',
  usage:
    'set image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  examples: ['kubectl set image deployment/web nginx=nginx:1.29'],
  operand: 'resource',
  flags: SET_FLAGS,
  *run(invocation) {
    const { args } = invocation;
    const first = args.findIndex((arg) => arg.includes('='));
    const resources = first < 0 ? args : args.slice(0, first);
    const images = new Map((first < 0 ? [] : args.slice(first)).map(parseImage));
    if (images.size === 0) {
      // What is wrong with the objects is said first.
      yield* findTargets(invocation, resources);
      throw new CommandError('at least one image update is required');
    }
    return yield* setInPodSpecs(invocation, resources, WORDS, (found, path) => update(found, path, images));
  },
};

function parseImage(text: string): readonly [string, string] {
  const equals = text.indexOf('=');
  return [text.slice(0, equals), text.slice(equals + 1)];
}

/** The changes to a Pod spec; undefined when there are none, and then nothing is said either. */
function update({ object }: Found, path: readonly string[], images: ReadonlyMap<string, string>) {
  const spec = fieldAt(object, ...path);
  const changes = {
    containers: changesTo(fieldAt(spec, 'containers'), images),
    initContainers: changesTo(fieldAt(spec, 'initContainers'), images),
  };
  const known = [...containersOf(fieldAt(spec, 'containers')), ...containersOf(fieldAt(spec, 'initContainers'))];
  for (const container of images.keys()) {
    if (container !== '*' && !known.some((one) => one.name === container)) {
      throw new CommandError(`error: unable to find container named ${JSON.stringify(container)}`);
    }
  }
  const lists = Object.fromEntries(Object.entries(changes).filter(([, list]) => list.length > 0));
  return Object.keys(lists).length === 0 ? undefined : lists;
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
