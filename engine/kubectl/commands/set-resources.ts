import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { givesFiles } from '../manifest-files.ts';
import { NOTHING_GIVEN } from '../resource-finder.ts';
import { CONTAINERS_FLAG, containersOf, SET_FLAGS, selectContainers, setInPodSpecs } from '../set-targets.ts';
import { fieldAt } from '../unstructured.ts';

const QUANTITY = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;

const WORDS = { done: 'resource requirements updated', failed: 'failed to patch resources update to pod template' };

export const setResources: Command = {
  name: 'resources',
  summary: 'Update resource requests/limits on objects with pod templates',
  usage: 'set resources (-f FILENAME | TYPE NAME) ([--limits=LIMITS & --requests=REQUESTS]',
  examples: ['kubectl set resources deployment web --limits=cpu=200m,memory=512Mi --requests=cpu=100m'],
  operand: 'resource',
  flags: [
    ...SET_FLAGS,
    CONTAINERS_FLAG,
    { name: 'limits', type: 'string', help: 'The most that each container may use' },
    { name: 'requests', type: 'string', help: 'What each container asks for' },
  ],
  *run(invocation) {
    const { flags, args } = invocation;
    if (args.length === 0 && !givesFiles(flags)) throw new CommandError(NOTHING_GIVEN);
    const [limits, requests] = [amountsOf(flags.string('limits')), amountsOf(flags.string('requests'))];
    if (limits === undefined && requests === undefined) {
      throw new CommandError('you must specify an update to requests or limits (in the form of --requests/--limits)');
    }
    const resources = { ...(limits === undefined ? {} : { limits }), ...(requests === undefined ? {} : { requests }) };
    return yield* setInPodSpecs(invocation, args, WORDS, (found) => {
      const pattern = flags.string('containers');
      const chosen = selectContainers(containersOf(found, 'containers'), pattern);
      if (chosen.length === 0) throw new CommandError(`unable to find container named ${pattern}`);
      const containers = chosen.filter((container) => !alreadyHas(container.resources, resources));
      return containers.length === 0 ? undefined : { containers: containers.map(({ name }) => ({ name, resources })) };
    });
  },
};

/** Whether every amount stands there already. */
function alreadyHas(current: unknown, wanted: Readonly<Record<string, Readonly<Record<string, string>>>>): boolean {
  return Object.entries(wanted).every(([kind, amounts]) =>
    Object.entries(amounts).every(([name, amount]) => fieldAt(current, kind, name) === amount),
  );
}

function amountsOf(text: string): Readonly<Record<string, string>> | undefined {
  if (text === '') return undefined;
  const amounts = text.split(',').map((statement) => {
    const parts = statement.split('=');
    if (parts.length !== 2) throw new CommandError(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    if (!QUANTITY.test(parts[1]!)) {
      throw new CommandError(`quantities must match the regular expression '${QUANTITY.source}'`);
    }
    return parts;
  });
  return Object.fromEntries(amounts);
}
