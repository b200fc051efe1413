import { print, printError } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { ContainerStatus, ImageStatus } from '../cri.ts';
import { CallError, callCri } from './cri-client.ts';
import { cliFlags, type Line } from './flags.ts';
import { listedImage } from './inspected.ts';
import { type Command, find, HELP, shownList } from './line.ts';
import { humanSize, shortId, table } from './table.ts';

function* list(process: Process, line: Line): Task<string | typeof HELP> {
  const { flags, args } = line;
  if (args.length > 1) return HELP;
  const chosen = (yield* callCri<ImageStatus[]>(process, 'listImages'))
    .filter(({ repoTags }) => args[0] === undefined || repoTags.some((tag) => isOf(tag, args[0]!)))
    .toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  if (flags.has('filter')) throw new CallError('--filter is not supported by this simulation');
  const output = shownList(line, chosen, { images: chosen.map(listedImage) });
  if (output !== undefined) return output;
  const id = (text: string) => (flags.has('no-trunc') ? text : shortId(text));
  const columns = (texts: { image: string; tag: string; digest: string; id: string; size: string; pinned: string }) => [
    texts.image,
    texts.tag,
    ...(flags.has('digests') ? [texts.digest] : []),
    texts.id,
    texts.size,
    ...(flags.has('pinned') ? [texts.pinned] : []),
  ];
  const rows = chosen.flatMap((each) => {
    const [repository, digest = '<none>'] = each.repoDigests[0]?.split('@') ?? [];
    const names =
      each.repoTags.length > 0 ? each.repoTags.map(splitTag) : [[repository ?? '<none>', '<none>'] as const];
    const texts = { digest: id(digest), id: id(each.id), size: humanSize(each.sizeBytes) };
    return names.map(([image, tag]) => columns({ image, tag, ...texts, pinned: String(each.pinned === true) }));
  });
  const heads = { image: 'IMAGE', tag: 'TAG', digest: 'DIGEST', id: 'IMAGE ID', size: 'SIZE', pinned: 'PINNED' };
  return table(columns(heads), rows);
}

function nameOf({ repoTags, repoDigests, id }: ImageStatus): string {
  return repoTags[0] ?? repoDigests[0] ?? id;
}

/** Whether a tag is of a repository that is named with or without a tag, in short or in full. */
function isOf(tag: string, name: string): boolean {
  return [tag, splitTag(tag)[0]].some((each) =>
    [name, `docker.io/${name}`, `docker.io/library/${name}`].includes(each),
  );
}

function splitTag(reference: string): readonly [image: string, tag: string] {
  const colon = reference.lastIndexOf(':');
  return [reference.slice(0, colon), reference.slice(colon + 1)];
}

export const IMAGES: Command = {
  name: 'images',
  aliases: ['image', 'img'],
  usage: 'List images',
  operands: '[REPOSITORY[:TAG]]',
  flags: cliFlags(`
    digests Show digests
    filter|f=list Filter output based on provided conditions.
    no-trunc Show output without truncating the ID
    output|o=string Output format, One of: json|yaml|table
    pinned Show whether the image is pinned or not
    quiet|q Only show image IDs
    verbose|v Show verbose info for images`),
  run: list,
};

/** What is wrong with one image does not keep the others. */
function* remove(process: Process, { flags, args }: Line): Task<string | number | typeof HELP> {
  const prune = flags.has('prune');
  const ids = prune || flags.has('all') ? yield* removable(process, prune) : args;
  if (ids.length === 0) return prune || flags.has('all') ? '' : HELP;
  let failed = false;
  for (const given of ids) {
    try {
      const { id, repoTags, repoDigests } = yield* find<ImageStatus>(process, 'listImages', given, 'image');
      yield* callCri(process, 'removeImage', id);
      for (const name of repoTags.length > 0 ? repoTags : repoDigests) yield* print(process, `Deleted: ${name}\n`);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      failed = true;
      const isNone = error.message.includes('code = NotFound');
      const problem = isNone ? `no such image ${given}` : `error of removing image "${given}": ${error.message}`;
      yield* printError(process, `ERRO[0000] ${problem}\n`);
    }
  }
  if (failed) throw new CallError('unable to remove the image(s)');
  return 0;
}

function* removable(process: Process, unusedOnly: boolean): Task<readonly string[]> {
  const images = yield* callCri<ImageStatus[]>(process, 'listImages');
  const containers = unusedOnly ? yield* callCri<ContainerStatus[]>(process, 'listContainers') : [];
  const isUsed = (id: string) => containers.some(({ imageRef }) => imageRef.endsWith(id));
  return images.filter(({ id, pinned }) => !unusedOnly || (pinned !== true && !isUsed(id))).map(({ id }) => id);
}

export const RMI: Command = {
  name: 'rmi',
  usage: 'Remove one or more images',
  operands: 'IMAGE-ID [IMAGE-ID...]',
  flags: cliFlags('all|a Remove all images\nprune|q Remove all unused images'),
  run: remove,
};

function* pull(process: Process, { args }: Line): Task<string | typeof HELP> {
  const [name] = args;
  if (name === undefined) throw new CallError('Image name cannot be empty');
  if (args.length > 1) return HELP;
  const reference = yield* callCri<string>(process, 'pullImage', name);
  return `Image is up to date for ${reference.slice(reference.indexOf('@') + 1)}\n`;
}

export const PULL: Command = {
  name: 'pull',
  usage: 'Pull an image from a registry',
  operands: 'NAME[:TAG|@DIGEST]',
  flags: cliFlags(`
    annotation|a=list Annotation to be set on the pulled image
    auth=string Use a base64 encoded 'USERNAME[:PASSWORD]' for accessing the registry
    creds=string Use USERNAME[:PASSWORD] for accessing the registry
    pod-config=string Use pod-config.[json|yaml] to override the pull context
    pull-timeout|pt=duration Maximum time to be used for pulling the image, disabled if set to 0s`),
  run: pull,
};
