import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { ContainerStatus, ImageStatus, PodSandboxStatus } from '../cri.ts';
import { CONTAINER_FILTERS, chooseContainers } from './container-list.ts';
import { cliFlags, type Line } from './flags.ts';
import { inspectedContainer, inspectedImage, inspectedSandbox } from './inspected.ts';
import { type Command, find, HELP, type Identified, requireShown } from './line.ts';
import { chooseSandboxes, SANDBOX_FILTERS } from './sandboxes.ts';

const OUTPUT = `
  output|o=string Output format, One of: json|yaml|go-template|table
  quiet|q Do not show verbose information
  template=string The template string is only used when output is go-template; The Template format is golang template`;

/**
 * @param choose what is shown where nothing is named
 * @param of what is shown of each
 */
function inspector<Status extends Identified>(
  [list, noun]: readonly [list: string, noun: string],
  choose: ((process: Process, line: Line) => Task<readonly Status[]>) | undefined,
  of: (status: Status) => Readonly<Record<string, unknown>>,
): Command['run'] {
  return function* (process, line) {
    const { flags, args } = line;
    const found: Status[] = [];
    for (const id of args) found.push(yield* find<Status>(process, list, id, noun));
    if (args.length === 0 && choose !== undefined) found.push(...(yield* choose(process, line)));
    if (found.length === 0) return HELP;
    const all = found.map((status) => {
      const { info, ...rest } = of(status);
      return flags.has('quiet') || info === undefined ? rest : { info, ...rest };
    });
    return requireShown(all.length === 1 ? all[0] : all, flags.get('output'));
  };
}

export const INSPECTORS: readonly Command[] = [
  {
    name: 'inspect',
    usage: 'Display the status of one or more containers',
    operands: 'CONTAINER-ID [CONTAINER-ID...]',
    flags: cliFlags(CONTAINER_FILTERS + OUTPUT),
    run: inspector<ContainerStatus>(['listContainers', 'container'], chooseContainers, inspectedContainer),
  },
  {
    name: 'inspecti',
    usage: 'Return the status of one or more images',
    operands: 'IMAGE-ID [IMAGE-ID...]',
    flags: cliFlags(OUTPUT),
    run: inspector<ImageStatus>(['listImages', 'image'], undefined, inspectedImage),
  },
  {
    name: 'inspectp',
    usage: 'Display the status of one or more pods',
    operands: 'POD-ID [POD-ID...]',
    flags: cliFlags(SANDBOX_FILTERS + OUTPUT),
    run: inspector<PodSandboxStatus>(['listPodSandboxes', 'pod sandbox'], chooseSandboxes, inspectedSandbox),
  },
];
