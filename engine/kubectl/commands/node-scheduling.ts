import type { Node } from '../../api/kinds.ts';
import { nodes } from '../../api/resources.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { DRY_RUN_FLAG, SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';

export const cordon: Command = scheduling('cordon', 'Mark node as unschedulable', true);
export const uncordon: Command = scheduling('uncordon', 'Mark node as schedulable', false);

function scheduling(name: string, summary: string, unschedulable: boolean): Command {
  return {
    name,
    summary,
    section: 'Cluster Management Commands',
    usage: `${name} NODE`,
    operand: 'node',
    flags: [SELECTOR_FLAG, DRY_RUN_FLAG],
    *run(invocation) {
      for (const node of selectNodes(invocation, name))
        yield* invocation.patiently(() => markNode(invocation, node, unschedulable));
      return 0;
    },
  };
}

/** The nodes that are named, or that the selector selects. */
export function selectNodes(invocation: Invocation, verb: string): readonly Node[] {
  const { flags, args } = invocation;
  const labelSelector = flags.string('selector');
  if (labelSelector === '' && args.length === 0) throw invocation.usageError(`USAGE: ${verb} NODE [flags]`);
  if (labelSelector !== '' && args.length > 0)
    throw new CommandError('cannot specify both a node name and a --selector option');
  if (labelSelector !== '') return invocation.list(nodes, { labelSelector }) as unknown as readonly Node[];
  return args.map((argument) => {
    const name = argument.replace(/^(nodes?|no)\//, '');
    if (name === '') throw new CommandError('arguments in resource/name form must have a single resource and name');
    return invocation.get(nodes, name) as unknown as Node;
  });
}

/** Sets or clears `spec.unschedulable` and says so. */
export function markNode(invocation: Invocation, node: Node, unschedulable: boolean): void {
  const { name } = node.metadata;
  const done = unschedulable ? 'cordoned' : 'uncordoned';
  const already = (node.spec.unschedulable ?? false) === unschedulable;
  if (!already && invocation.dryRun !== 'client') {
    invocation.patch(nodes, name, undefined, 'strategic-merge', {
      spec: { unschedulable: unschedulable ? true : null },
    });
  }
  invocation.streams.out(`node/${name} ${already ? `already ${done}` : done}${invocation.dryRunSuffix}\n`);
}
